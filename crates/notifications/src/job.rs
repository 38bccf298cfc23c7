//! One mail on its way.

use kernel::{Job, JobContext, Problem, UserId, View};
use lettre::{
    Message,
    message::{Mailbox, MultiPart, SinglePart, header::ContentType},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::{Error, Mail, models, service::Notifications, template, transport::AutoSubmitted};

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
    let Some((address, locale)) = place(view, mail.to).await? else { return Ok(()) };
    let declared = view.declared::<Mail>();
    let known = declared.iter().find(|it| it.kind == mail.mail);
    let known = known.ok_or_else(|| Error::UnknownMail(mail.mail.clone()))?;
    let written = template::write(known, &locale, &mail.values)?;

    let transport = &view.of::<Notifications>().transport;
    let to = address.parse().map_err(|_| Error::Address)?;
    let from = transport.from().clone();
    let message = Message::builder()
        .message_id(Some(format!("<{}@{}>", mail.id.simple(), from.email.domain())))
        .from(from)
        .to(Mailbox::new(None, to))
        .subject(written.subject)
        .header(AutoSubmitted)
        .multipart(
            MultiPart::alternative()
                .singlepart(part(ContentType::TEXT_PLAIN, written.text))
                .singlepart(part(ContentType::TEXT_HTML, written.html)),
        )?;
    let link = mail.values.get("link").and_then(Value::as_str);
    transport.send(message, &address, link).await
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

fn part(kind: ContentType, body: String) -> SinglePart {
    SinglePart::builder().header(kind).body(body)
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
