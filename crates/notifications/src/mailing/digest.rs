//! One mail about notifications on its way.

use kernel::{Job, JobContext, Problem, View};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    bounce::{self, Verdict, verdict},
    item::{self, DigestId},
    unsubscribe,
};
use crate::{
    Channel, Error, Language, Mail, Recipient, Topic,
    envelope::{Envelope, message},
    letters::{self, Content},
    models,
    models::notification,
    preferences,
    service::Notifications,
    template,
};

/// The frame of such mails; the letter in it is the topic's, or an organization's own.
pub const FRAME: Mail = Mail {
    kind: "notifications.letter",
    english: include_str!("../templates/letter.en.txt"),
    german: include_str!("../templates/letter.de.txt"),
};

/// Sends one mail, about all that its items say. Should it run twice, both copies bear the same
/// `Message-ID`.
#[derive(Serialize, Deserialize)]
pub struct SendDigest {
    pub digest: DigestId,
}

impl Job for SendDigest {
    const KIND: &'static str = "notifications.send_digest";
    /// Twenty hours of them: a mail server may be away for a night.
    const ATTEMPTS: u16 = 30;

    async fn run(self, context: &JobContext) -> Result<(), Problem> {
        let door = context.door();
        let Some(ready) = ready(door.view(), self.digest).await.map_err(Error::from)? else {
            return Ok(());
        };
        Ok(send(&ready, self.digest, context).await?)
    }
}

/// What there is to send, and to whom.
struct Ready {
    topic: Topic,
    to: Recipient,
    rows: Vec<notification::Model>,
}

/// What is still to be sent: nothing to who is gone, wants no more of it, has no mailbox or has read it
/// meanwhile.
async fn ready(view: &View, digest: DigestId) -> Result<Option<Ready>, sea_orm::DbErr> {
    let mut rows = item::of(view, digest).await?;
    let Some(first) = rows.first() else { return Ok(None) };
    let Some(topic) = Topic::named(view, &first.topic) else { return Ok(None) };
    let Some(to) = models::by_user(view, first.user_id).await? else { return Ok(None) };
    let wanted = preferences::of(view, to.user_id).await?.mails(&topic).is_some();
    if topic.email != Channel::Required {
        rows.retain(|row| row.read_at.is_none() && row.archived_at.is_none());
    }
    if !wanted || rows.is_empty() || bounce::is_marked(view, &to).await? {
        return Ok(None);
    }
    Ok(Some(Ready { topic, to, rows }))
}

async fn send(ready: &Ready, digest: DigestId, context: &JobContext) -> Result<(), Error> {
    let Ready { topic, to, rows } = ready;
    let door = context.door();
    let view = door.view();
    let told = Content::of(topic, rows, to);
    let own = match context.inside() {
        Some(inside) => letters::own(inside.view(), topic, Language::of(&to.locale)).await?,
        None => None,
    };
    let letter = letters::write(own.as_ref(), topic, Language::of(&to.locale), &told)?;
    let away = (topic.email != Channel::Required).then(|| unsubscribe::link(view, to, topic));
    let about = topic.wording(Language::of(&to.locale)).about;
    let values = json!({
        "subject": letter.subject, "text": letter.text, "about": about, "unsubscribe": away,
    });
    let written = template::write(&FRAME, &to.locale, &values)?;
    let transport = &view.of::<Notifications>().transport;
    let envelope = Envelope { id: digest.0, to: &to.address, unsubscribe: away.as_deref() };
    let sent = match message(transport, envelope, written) {
        Ok(message) => transport.send(message, &to.address, None).await,
        Err(error) => Err(error),
    };
    let Err(error) = sent else { return Ok(()) };
    match verdict(&error) {
        Verdict::Later => return Err(error),
        Verdict::Never => context.give_up(),
        Verdict::NoMailbox => {
            let status = error.to_string();
            door.run(async |tx| bounce::mark(tx, to.user_id, &to.address, &status).await).await?;
            tracing::warn!(user = %to.user_id, status, "a mailbox takes no mail; it is left alone");
            return Ok(());
        }
    }
    Err(error)
}
