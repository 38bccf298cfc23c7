use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use mail_parser::MessageParser;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

/// An SMTP server (RFC 5321) that keeps what it is given, or refuses it for now.
#[derive(Clone)]
pub struct MailCatcher {
    address: SocketAddr,
    refusing: Arc<AtomicBool>,
    mailboxes: Arc<Mutex<HashMap<String, String>>>,
    caught: Arc<Mutex<Vec<Mail>>>,
}

/// A mail as its reader sees it.
#[derive(Clone, Debug)]
pub struct Mail {
    /// To whom the envelope went.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
    /// All headers and parts, as they came.
    pub raw: String,
}

impl Mail {
    /// The first link of the text part.
    ///
    /// # Panics
    /// Where there is none.
    #[expect(clippy::expect_used, reason = "a test's mistake")]
    pub fn link(&self) -> &str {
        let words = self.text.split_whitespace();
        words.into_iter().find(|word| word.starts_with("http")).expect("a link in the mail")
    }

    /// The token of that link.
    ///
    /// # Panics
    /// Where there is none.
    #[expect(clippy::expect_used, reason = "a test's mistake")]
    pub fn token(&self) -> &str {
        self.link().split_once("token=").expect("a token in the link").1
    }
}

impl MailCatcher {
    /// Starts the server on a port of its own, on a thread of its own.
    #[expect(clippy::missing_panics_doc, clippy::expect_used, reason = "else there is no test")]
    #[expect(clippy::disallowed_methods, reason = "it is another process, really")]
    pub fn start() -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.set_nonblocking(true).expect("a socket for tokio");
        let address = listener.local_addr().expect("an address");
        let catcher = Self {
            address,
            refusing: Arc::default(),
            mailboxes: Arc::default(),
            caught: Arc::default(),
        };
        let serving = catcher.clone();
        thread::spawn(move || {
            let runtime = actix_web::rt::Runtime::new().expect("a runtime");
            runtime.block_on(async move {
                let listener = TcpListener::from_std(listener).expect("a listener");
                while let Ok((stream, _)) = listener.accept().await {
                    let serving = serving.clone();
                    actix_web::rt::spawn(async move { serving.converse(stream).await });
                }
            });
        });
        catcher
    }

    /// Where it listens, as `MAIL_URL` names it.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// Whether it refuses every mail for now (451), as an overloaded server does.
    pub fn refuse(&self, refusing: bool) {
        self.refusing.store(refusing, Ordering::SeqCst);
    }

    /// What it answers to who wants to write to `address` from now on, such as `550 5.1.1 no such user`;
    /// `250 ok` takes mail again.
    pub fn answer(&self, address: &str, reply: &str) {
        let mut mailboxes = self.mailboxes.lock().unwrap_or_else(PoisonError::into_inner);
        mailboxes.insert(address.to_owned(), reply.to_owned());
    }

    /// Everything caught so far.
    pub fn mails(&self) -> Vec<Mail> {
        self.caught.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The last mail to `address`.
    ///
    /// # Panics
    /// Where there is none.
    #[track_caller]
    pub fn last(&self, address: &str) -> Mail {
        let found = self.mails().into_iter().rfind(|mail| mail.to == address);
        found.unwrap_or_else(|| panic!("no mail to {address}"))
    }

    /// Waits up to ten seconds for a mail to `address` that the server under test sends by itself.
    ///
    /// # Panics
    /// Where none comes.
    pub async fn wait_for(&self, address: &str) -> Mail {
        self.wait_for_mention(address, "").await
    }

    /// The same, for a mail that mentions `word`.
    ///
    /// # Panics
    /// Where none comes.
    pub async fn wait_for_mention(&self, address: &str, word: &str) -> Mail {
        let wanted = |mail: &Mail| mail.to == address && mail.text.contains(word);
        for _ in 0..500 {
            if let Some(mail) = self.mails().into_iter().rfind(wanted) {
                return mail;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("no mail to {address} about {word:?}")
    }

    async fn converse(&self, stream: TcpStream) -> Option<()> {
        let mut stream = BufReader::new(stream);
        let mut to = String::new();
        say(&mut stream, "220 catcher").await?;
        loop {
            let line = hear(&mut stream).await?;
            let command = line.to_ascii_uppercase();
            if command.starts_with("EHLO") || command.starts_with("HELO") {
                say(&mut stream, "250 catcher").await?;
            } else if self.refusing.load(Ordering::SeqCst) && command.starts_with("MAIL") {
                say(&mut stream, "451 not now").await?;
            } else if command.starts_with("RCPT") {
                let address = line.split(['<', '>']).nth(1).unwrap_or_default();
                address.clone_into(&mut to);
                say(&mut stream, &self.reply_to(address)).await?;
            } else if command == "DATA" {
                say(&mut stream, "354 go on").await?;
                let raw = data(&mut stream).await?;
                self.keep(&to, raw);
                say(&mut stream, "250 kept").await?;
            } else if command == "QUIT" {
                return say(&mut stream, "221 bye").await;
            } else {
                say(&mut stream, "250 ok").await?;
            }
        }
    }

    fn reply_to(&self, address: &str) -> String {
        let mailboxes = self.mailboxes.lock().unwrap_or_else(PoisonError::into_inner);
        mailboxes.get(address).map_or_else(|| "250 ok".to_owned(), String::clone)
    }

    fn keep(&self, to: &str, raw: String) {
        let parsed = MessageParser::default().parse(raw.as_bytes());
        let part = |text: Option<std::borrow::Cow<'_, str>>| text.unwrap_or_default().into_owned();
        let mail = Mail {
            to: to.to_owned(),
            subject: parsed.as_ref().and_then(|it| it.subject()).unwrap_or_default().to_owned(),
            text: part(parsed.as_ref().and_then(|it| it.body_text(0))),
            html: part(parsed.as_ref().and_then(|it| it.body_html(0))),
            raw,
        };
        self.caught.lock().unwrap_or_else(PoisonError::into_inner).push(mail);
    }
}

async fn say(stream: &mut BufReader<TcpStream>, line: &str) -> Option<()> {
    stream.get_mut().write_all(format!("{line}\r\n").as_bytes()).await.ok()
}

async fn hear(stream: &mut BufReader<TcpStream>) -> Option<String> {
    let mut line = String::new();
    let read = stream.read_line(&mut line).await.ok()?;
    (read > 0).then(|| line.trim_end().to_owned())
}

/// The lines up to the lonely dot, dots at their beginning taken off (RFC 5321, section 4.5.2).
async fn data(stream: &mut BufReader<TcpStream>) -> Option<String> {
    let mut all = String::new();
    loop {
        let line = hear(stream).await?;
        if line == "." {
            return Some(all);
        }
        all.push_str(line.strip_prefix('.').unwrap_or(&line));
        all.push_str("\r\n");
    }
}
