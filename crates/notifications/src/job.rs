//! One mail on its way.

use kernel::{Job, JobContext, Problem, UserId};
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
    pub to: UserId,
    pub mail: String,
    pub values: Value,
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
    let Some(recipient) = models::by_user(view, mail.to).await? else { return Ok(()) };
    let declared = view.declared::<Mail>();
    let known = declared.iter().find(|it| it.kind == mail.mail);
    let known = known.ok_or_else(|| Error::UnknownMail(mail.mail.clone()))?;
    let written = template::write(known, &recipient.locale, &mail.values)?;

    let transport = &view.of::<Notifications>().transport;
    let to = recipient.address.parse().map_err(|_| Error::Address)?;
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
    transport.send(message, &recipient.address, link).await
}

fn part(kind: ContentType, body: String) -> SinglePart {
    SinglePart::builder().header(kind).body(body)
}
