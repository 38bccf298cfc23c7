//! Where mail goes: into a folder, or to an SMTP server.

use std::{net::IpAddr, path::Path, time::Duration};

use kernel::{Env, private_folder};
use lettre::{
    AsyncFileTransport, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{
        Mailbox,
        header::{Header, HeaderName, HeaderValue},
    },
};

use crate::Error;

/// How long the server may take to answer (ASVS 13.1.3).
const DEADLINE: Duration = Duration::from_secs(10);

const FOLDER: &str = "file:data/mail";

/// Where mail goes, and from whom it comes.
pub struct Transport {
    from: Mailbox,
    way: Way,
}

enum Way {
    Folder(AsyncFileTransport<Tokio1Executor>),
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
}

impl Transport {
    /// Reads `MAIL_URL` and `MAIL_FROM`.
    pub fn read(env: &Env) -> Self {
        let sender = lettre::Address::new_dangerous("groundwork", "localhost");
        let sender = Mailbox::new(Some("Groundwork".to_owned()), sender);
        let from = env.parsed("MAIL_FROM", sender, "a mail address, such as Name <a@example.com>");
        if env.is_production() {
            for name in ["MAIL_URL", "MAIL_FROM"] {
                if env.text(name).is_none() {
                    env.wrong(name, "is missing: in production mail goes out in earnest");
                }
            }
        }
        let url = env.text("MAIL_URL").unwrap_or(FOLDER);
        let way = match url.strip_prefix("file:") {
            Some(folder) => Self::folder(env, folder),
            None => Self::smtp(env, url),
        };
        Self { from, way }
    }

    /// The sender.
    pub fn from(&self) -> &Mailbox {
        &self.from
    }

    /// Sends it. In a folder nobody reads it by chance, so the log tells the link.
    pub async fn send(&self, mail: Message, to: &str, link: Option<&str>) -> Result<(), Error> {
        match &self.way {
            Way::Folder(folder) => {
                let id = folder.send(mail).await?;
                tracing::info!(
                    to,
                    link,
                    file = format!("{id}.eml"),
                    "a mail was written to the folder"
                );
            }
            Way::Smtp(server) => {
                server.send(mail).await?;
            }
        }
        Ok(())
    }

    fn folder(env: &Env, folder: &str) -> Way {
        if env.is_production() {
            env.wrong("MAIL_URL", "must be smtp://… or smtps://… in production");
        } else if private_folder(Path::new(folder)).is_err() {
            env.wrong("MAIL_URL", "names a folder that cannot be made");
        }
        Way::Folder(AsyncFileTransport::new(folder))
    }

    /// Beyond this machine, mail travels encrypted or not at all (ASVS 12.3.1).
    fn smtp(env: &Env, url: &str) -> Way {
        if env.is_production() && !stays_here(url) && !travels_encrypted(url) {
            env.wrong("MAIL_URL", "must be smtps://… or end in ?tls=required");
        }
        let server = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).unwrap_or_else(|_| {
            env.wrong("MAIL_URL", "must be file:FOLDER, smtp://… or smtps://…");
            AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous("localhost")
        });
        Way::Smtp(server.timeout(Some(DEADLINE)).build())
    }
}

fn stays_here(url: &str) -> bool {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let ip: Option<IpAddr> = name.trim_matches(['[', ']']).parse().ok();
    name == "localhost" || host == "[::1]" || ip.is_some_and(|ip| ip.is_loopback())
}

fn travels_encrypted(url: &str) -> bool {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    url.starts_with("smtps://") || query.split('&').any(|pair| pair == "tls=required")
}

/// `Auto-Submitted: auto-generated` (RFC 3834): no person wrote it, so no absence note answers.
#[derive(Clone)]
pub struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ASVS 12.3.1: a host that only begins like this machine is another one.
    #[test]
    fn only_this_machine_is_here_and_only_tls_is_encrypted() {
        for here in
            ["localhost", "localhost:25", "127.0.0.1:25", "[::1]:25", "[::1]", "u:p@localhost"]
        {
            assert!(stays_here(&format!("smtp://{here}")), "{here}");
        }
        for away in [
            "localhost.evil.com",
            "127.evil.com",
            "mx.org/@localhost",
            "mx.org?@[::1]",
            "localhost@mx.org",
        ] {
            assert!(!stays_here(&format!("smtp://{away}")), "{away}");
        }
        assert!(
            travels_encrypted("smtps://mx.org") && travels_encrypted("smtp://mx.org?tls=required")
        );
        for plain in
            ["smtp://mx.org", "smtp://tls=required@mx.org", "smtp://mx.org?tls=opportunistic"]
        {
            assert!(!travels_encrypted(plain), "{plain}");
        }
    }
}
