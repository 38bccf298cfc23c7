//! A client over plain sockets: it knows what it was told in full, and what it was not.

use std::{
    io::{self, ErrorKind, Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

/// Who is administrator from the start.
pub const ADMINISTRATOR: &str = "root@example.com";

/// The administrator's password.
pub const PASSWORD: &str = "correct horse battery staple";

/// Longer than any answer may take; a client that waits longer has found something that hangs.
const PATIENCE: Duration = Duration::from_secs(30);

/// An answer that came in full.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub head: String,
    pub text: String,
    /// How long the answer took.
    pub took: Duration,
}

/// Somebody who asks the server at this address, each time over a connection of its own.
#[derive(Clone)]
pub struct Client {
    pub address: String,
    token: Option<String>,
}

impl Client {
    /// Nobody in particular.
    pub fn stranger(address: &str) -> Self {
        Self { address: address.to_owned(), token: None }
    }

    /// The administrator, signed in.
    pub fn administrator(address: &str) -> Self {
        let stranger = Self::stranger(address);
        let reply = stranger.post("/api/v1/auth/login", &login()).unwrap();
        assert_eq!(reply.status, 200, "{}", reply.text);
        Self { token: reply.body()["access_token"].as_str().map(str::to_owned), ..stranger }
    }

    /// The same person at another server.
    pub fn at(&self, address: &str) -> Self {
        Self { address: address.to_owned(), ..self.clone() }
    }

    pub fn get(&self, path: &str) -> io::Result<Reply> {
        self.send("GET", path, "")
    }

    pub fn delete(&self, path: &str) -> io::Result<Reply> {
        self.send("DELETE", path, "")
    }

    pub fn post(&self, path: &str, body: &Value) -> io::Result<Reply> {
        self.send("POST", path, &body.to_string())
    }

    /// Posts a file of this media type.
    pub fn send_file(&self, kind: &str, path: &str, file: &str) -> io::Result<Reply> {
        self.send_as(("POST", kind), path, file)
    }

    /// Gives the caller's own profile this name.
    pub fn rename(&self, name: &str) -> io::Result<Reply> {
        self.send("PATCH", "/api/v1/users/me", &json!({ "name": name }).to_string())
    }

    fn send(&self, method: &str, path: &str, body: &str) -> io::Result<Reply> {
        let kind = if method == "PATCH" { "merge-patch+json" } else { "json" };
        self.send_as((method, &format!("application/{kind}")), path, body)
    }

    fn send_as(&self, (method, kind): (&str, &str), path: &str, body: &str) -> io::Result<Reply> {
        let begun = Instant::now();
        let mut stream = connect(&self.address)?;
        let token = self.token.as_ref();
        let token = token.map(|it| format!("Authorization: Bearer {it}\r\n")).unwrap_or_default();
        let length = body.len();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{token}\
             Content-Type: {kind}\r\nContent-Length: {length}\r\n\r\n"
        );
        stream.write_all((head + body).as_bytes())?;
        let reply = read_reply(&mut stream)?;
        Ok(Reply { took: begun.elapsed(), ..reply })
    }
}

impl Reply {
    /// The body as JSON; `null` where it is none.
    pub fn body(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    /// A header, empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        header(&self.head, name).unwrap_or_default()
    }

    /// Whether it is the problem of this status and code.
    pub fn is_problem(&self, status: u16, code: &str) -> bool {
        self.status == status
            && self.body()["code"] == code
            && self.header("content-type") == "application/problem+json"
    }

    fn whole(bytes: &[u8]) -> Option<Self> {
        let end = bytes.windows(4).position(|it| it == b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let length = header(&head, "content-length").and_then(|it| it.parse().ok()).unwrap_or(0);
        let body = bytes.get(end + 4..end + 4 + length)?;
        Some(Self {
            status: head.split(' ').nth(1)?.parse().ok()?,
            text: String::from_utf8_lossy(body).into_owned(),
            head,
            took: Duration::ZERO,
        })
    }
}

/// What the administrator signs in with.
pub fn login() -> Value {
    json!({ "email": ADMINISTRATOR, "password": PASSWORD })
}

/// A connection that does not wait for ever.
pub fn connect(address: &str) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    Ok(stream)
}

/// Sends a request as it stands and reads its answer.
pub fn ask(address: &str, request: &str) -> io::Result<Reply> {
    let mut stream = connect(address)?;
    stream.write_all(request.as_bytes())?;
    read_reply(&mut stream)
}

/// Reads one answer; one that is cut short is none.
pub fn read_reply(stream: &mut impl Read) -> io::Result<Reply> {
    let (begun, mut bytes, mut piece) = (Instant::now(), Vec::new(), [0; 4096]);
    loop {
        if let Some(reply) = Reply::whole(&bytes) {
            return Ok(Reply { took: begun.elapsed(), ..reply });
        }
        match stream.read(&mut piece)? {
            0 => return Err(ErrorKind::UnexpectedEof.into()),
            read => bytes.extend_from_slice(&piece[..read]),
        }
    }
}

/// How long it takes until the other side closes the connection, whatever it says before.
pub fn closed(stream: &mut impl Read) -> Duration {
    let (begun, mut piece) = (Instant::now(), [0; 4096]);
    loop {
        match stream.read(&mut piece) {
            Ok(0) => return begun.elapsed(),
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => panic!("it stays open"),
            Err(_) => return begun.elapsed(),
        }
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let lines = head.lines().filter_map(|line| line.split_once(':'));
    lines.into_iter().find(|(it, _)| it.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}
