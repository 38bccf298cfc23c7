//! One mail on its way.

use kernel::{Job, JobContext, Problem, UserId, View};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    Error, Mail,
    envelope::{Envelope, message},
    mailing::bounce::{self, Verdict, verdict},
    models,
    service::Notifications,
    template,
};

/// Sends one mail. Should it run twice, both copies bear the same `Message-ID`.
#[derive(Serialize, Deserialize)]
pub struct SendMail {
    pub id: Uuid,
    pub to: Reader,
    pub mail: String,
    pub values: Value,
}

/// Who is written to. An account is its bare id, as in every mail that was queued before there were
/// others.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub enum Reader {
    /// Somebody with an account, wherever they can be written to by then.
    Account(UserId),
    /// Whoever reads this mailbox.
    Mailbox { address: String, locale: String },
}

impl Reader {
    fn account(&self) -> Option<UserId> {
        match self {
            Self::Account(user) => Some(*user),
            Self::Mailbox { .. } => None,
        }
    }
}

impl Job for SendMail {
    const KIND: &'static str = "notifications.send_mail";
    /// Twenty hours of them: a mail server may be away for a night.
    const ATTEMPTS: u16 = 30;

    async fn run(self, context: &JobContext) -> Result<(), Problem> {
        Ok(send(self, context).await?)
    }
}

async fn send(mail: SendMail, context: &JobContext) -> Result<(), Error> {
    let door = context.door();
    let view = door.view();
    let account = mail.to.account();
    let Some((address, locale)) = place(view, mail.to).await? else { return Ok(()) };
    let declared = view.declared::<Mail>();
    let known = declared.iter().find(|it| it.kind == mail.mail);
    let known = known.ok_or_else(|| Error::UnknownMail(mail.mail.clone()))?;
    let written = template::write(known, &locale, &mail.values)?;

    let transport = &view.of::<Notifications>().transport;
    let envelope = Envelope { id: mail.id, to: &address, unsubscribe: None };
    let link = mail.values.get("link").and_then(Value::as_str);
    let sent = match message(transport, envelope, written) {
        Ok(message) => transport.send(message, &address, link).await,
        Err(error) => Err(error),
    };
    let Err(error) = sent else { return Ok(()) };
    let verdict = verdict(&error);
    if verdict != Verdict::Later {
        context.give_up();
    }
    if let (Verdict::NoMailbox, Some(user)) = (verdict, account) {
        let told = error.to_string();
        door.run(async |tx| bounce::mark(tx, user, &address, &told).await).await?;
    }
    Err(error)
}

/// The address and the language of who is written to; `None` where they are gone.
async fn place(view: &View, reader: Reader) -> Result<Option<(String, String)>, Error> {
    Ok(match reader {
        Reader::Account(user) => {
            let recipient = models::by_user(view, user).await?;
            recipient.map(|it| (it.address, it.locale))
        }
        Reader::Mailbox { address, locale } => Some((address, locale)),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_mail_that_an_older_release_has_queued_is_still_read() {
        let (id, user) = (Uuid::from_u128(1), UserId(Uuid::from_u128(2)));
        let queued = json!({ "id": id, "to": user, "mail": "auth.verify_email", "values": {} });
        let mail: SendMail = serde_json::from_value(queued.clone()).unwrap();
        assert!(matches!(mail.to, Reader::Account(to) if to == user));
        assert_eq!(serde_json::to_value(mail).unwrap(), queued, "an older release reads it too");
    }
}
