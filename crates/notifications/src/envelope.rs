//! A mail as it is handed to a mail server.

use lettre::{
    Message,
    message::{
        Mailbox, MultiPart, SinglePart,
        header::{ContentType, Header, HeaderName, HeaderValue},
    },
};
use uuid::Uuid;

use crate::{
    Error,
    template::Written,
    transport::{AutoSubmitted, Transport},
};

/// What is known of a mail beside its text.
#[derive(Clone, Copy)]
pub struct Envelope<'a> {
    /// What it is told apart by: its `Message-ID`, however often it is sent.
    pub id: Uuid,
    /// To whom.
    pub to: &'a str,
    /// Where its reader ends mails of its kind with one click (RFC 8058).
    pub unsubscribe: Option<&'a str>,
}

/// The mail, from the sender of this transport.
pub fn message(
    transport: &Transport,
    envelope: Envelope<'_>,
    written: Written,
) -> Result<Message, Error> {
    let to = envelope.to.parse().map_err(|_| Error::Address)?;
    let from = transport.from().clone();
    let mut message = Message::builder()
        .message_id(Some(format!("<{}@{}>", envelope.id.simple(), from.email.domain())))
        .from(from)
        .to(Mailbox::new(None, to))
        .subject(written.subject)
        .header(AutoSubmitted);
    if let Some(link) = envelope.unsubscribe {
        message = message.header(ListUnsubscribe(link.to_owned())).header(OneClick);
    }
    let parts = MultiPart::alternative()
        .singlepart(part(ContentType::TEXT_PLAIN, written.text))
        .singlepart(part(ContentType::TEXT_HTML, written.html));
    Ok(message.multipart(parts)?)
}

fn part(kind: ContentType, body: String) -> SinglePart {
    SinglePart::builder().header(kind).body(body)
}

/// `List-Unsubscribe: <https://…>` (RFC 2369); a link of our own making, which is ASCII and one word.
#[derive(Clone)]
struct ListUnsubscribe(String);

impl Header for ListUnsubscribe {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(text.trim_matches(['<', '>']).to_owned()))
    }

    fn display(&self) -> HeaderValue {
        let value = format!("<{}>", self.0);
        HeaderValue::dangerous_new_pre_encoded(Self::name(), value.clone(), value)
    }
}

/// `List-Unsubscribe-Post: List-Unsubscribe=One-Click` (RFC 8058).
#[derive(Clone)]
struct OneClick;

impl Header for OneClick {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe-Post")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "List-Unsubscribe=One-Click".to_owned())
    }
}
