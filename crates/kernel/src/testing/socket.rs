use std::{collections::VecDeque, io, net::SocketAddr, time::Duration};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// Longer than this nothing takes that is going to come.
const PATIENCE: Duration = Duration::from_secs(20);

/// The other end of a WebSocket, byte by byte: it can also do what no library lets one do.
pub struct Socket {
    stream: TcpStream,
    come: VecDeque<u8>,
}

/// What a server says over a WebSocket.
#[derive(Clone, Debug, PartialEq)]
pub enum Said {
    /// A message.
    Message(Value),
    /// It asks whether one is there.
    Ping,
    /// It says that it is there.
    Pong(Vec<u8>),
    /// It ends, with this code and for this reason.
    Close(u16, String),
    /// The connection is gone.
    Gone,
}

impl Socket {
    /// Opens a WebSocket at this path, with these headers too.
    ///
    /// # Errors
    /// The answer as it came, where it is not 101.
    pub async fn open(
        address: SocketAddr,
        path: &str,
        headers: &[(&str, &str)],
    ) -> Result<Self, String> {
        let mut socket = Self::connect(address).await.map_err(|error| error.to_string())?;
        let more: Vec<_> =
            headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let head = format!(
            "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{}\r\n",
            more.concat()
        );
        socket.send(head.as_bytes()).await.map_err(|error| error.to_string())?;
        let answer = socket.head().await;
        if !answer.starts_with("HTTP/1.1 101") {
            let rest: Vec<u8> = socket.come.drain(..).collect();
            return Err(answer + &String::from_utf8_lossy(&rest));
        }
        // RFC 6455, section 1.3: the answer to that key.
        if !answer.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") {
            return Err(format!("a wrong Sec-WebSocket-Accept: {answer}"));
        }
        Ok(socket)
    }

    /// A message.
    pub async fn say(&mut self, text: &str) -> io::Result<()> {
        self.frame(0x81, text.as_bytes()).await
    }

    /// A frame of this first byte (RFC 6455, section 5.2).
    pub async fn frame(&mut self, first: u8, payload: &[u8]) -> io::Result<()> {
        let mut frame = vec![first];
        match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
            (Ok(length), _) if length < 126 => frame.push(0x80 | length),
            (_, Ok(length)) => {
                frame.push(0x80 | 0x7e);
                frame.extend(length.to_be_bytes());
            }
            _ => {
                frame.push(0x80 | 0x7f);
                frame.extend(u64::try_from(payload.len()).unwrap_or(u64::MAX).to_be_bytes());
            }
        }
        frame.extend([0; 4]); // a mask that changes nothing
        frame.extend(payload);
        self.send(&frame).await
    }

    /// Any bytes.
    pub async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await
    }

    /// What the server says next.
    ///
    /// # Panics
    /// Where it says nothing for twenty seconds.
    #[expect(clippy::expect_used, reason = "else there is no test")]
    pub async fn hear(&mut self) -> Said {
        timeout(PATIENCE, self.next()).await.expect("something to hear").unwrap_or(Said::Gone)
    }

    /// What it says next that is no ping.
    pub async fn event(&mut self) -> Said {
        loop {
            match self.hear().await {
                Said::Ping => {}
                said => return said,
            }
        }
    }

    async fn connect(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, come: VecDeque::new() })
    }

    async fn next(&mut self) -> io::Result<Said> {
        let [first, second] = [self.byte().await?, self.byte().await?];
        let length = match second & 0x7f {
            126 => usize::from(u16::from_be_bytes([self.byte().await?, self.byte().await?])),
            127 => return Err(io::Error::other("longer than anything we say")),
            short => usize::from(short),
        };
        let mut payload = Vec::with_capacity(length);
        for _ in 0..length {
            payload.push(self.byte().await?);
        }
        Ok(match first & 0x0f {
            1 => Said::Message(serde_json::from_slice(&payload)?),
            8 => {
                let reason = payload.split_off(payload.len().min(2));
                let code = payload.try_into().map_or(1005, u16::from_be_bytes);
                Said::Close(code, String::from_utf8_lossy(&reason).into_owned())
            }
            9 => Said::Ping,
            _ => Said::Pong(payload),
        })
    }

    async fn head(&mut self) -> String {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            match timeout(PATIENCE, self.byte()).await {
                Ok(Ok(byte)) => head.push(byte),
                _ => break,
            }
        }
        String::from_utf8_lossy(&head).into_owned()
    }

    async fn byte(&mut self) -> io::Result<u8> {
        if let Some(byte) = self.come.pop_front() {
            return Ok(byte);
        }
        let mut bytes = [0; 4096];
        let read = self.stream.read(&mut bytes).await?;
        self.come.extend(bytes.get(..read).unwrap_or_default());
        self.come.pop_front().ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}
