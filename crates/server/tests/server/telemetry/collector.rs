//! A collector of the test's own: it takes what the server sends and reads it with OpenTelemetry's
//! own definitions.

use std::{
    collections::HashMap,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread::{self, sleep},
    time::{Duration, Instant},
};

use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{KeyValue, any_value::Value},
    trace::v1::Span,
};
use prost::Message;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// A span as a test reads it.
#[derive(Clone, Debug)]
pub struct Seen {
    pub name: String,
    pub kind: i32,
    pub failed: bool,
    pub trace: String,
    pub span: String,
    pub parent: String,
    pub state: String,
    pub attributes: HashMap<String, String>,
    /// What is said of the server.
    pub resource: HashMap<String, String>,
}

/// What has come in so far.
#[derive(Clone, Default)]
struct Taken {
    heads: Arc<Mutex<Vec<String>>>,
    spans: Arc<Mutex<Vec<Seen>>>,
}

/// A running collector.
pub struct Collector {
    pub address: String,
    taken: Taken,
}

impl Collector {
    /// One that is spoken to in plain HTTP.
    pub fn start() -> Self {
        Self::listen(|stream, taken| taken.take(stream))
    }

    /// One that speaks TLS.
    pub fn start_secure(config: ServerConfig) -> Self {
        let config = Arc::new(config);
        Self::listen(move |stream, taken| {
            let session = ServerConnection::new(Arc::clone(&config)).unwrap();
            taken.take(StreamOwned::new(session, stream))
        })
    }

    fn listen(take: impl Fn(TcpStream, &Taken) -> Option<()> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let taken = Taken::default();
        let kept = taken.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let stream = stream.unwrap();
                stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
                take(stream, &kept);
            }
        });
        Self { address, taken }
    }

    /// Waits for spans of this name, at least so many, and answers them all.
    pub fn spans(&self, name: &str, least: usize) -> Vec<Seen> {
        let begun = Instant::now();
        loop {
            let spans: Vec<_> = self.all().into_iter().filter(|it| it.name == name).collect();
            if spans.len() >= least {
                return spans;
            }
            let there: Vec<_> = self.all().into_iter().map(|it| it.name).collect();
            assert!(begun.elapsed() < Duration::from_secs(20), "no {name} among {there:?}");
            sleep(Duration::from_millis(20));
        }
    }

    /// The one span of this name.
    pub fn span(&self, name: &str) -> Seen {
        let mut spans = self.spans(name, 1);
        assert_eq!(spans.len(), 1, "{spans:?}");
        spans.remove(0)
    }

    /// Everything so far.
    pub fn all(&self) -> Vec<Seen> {
        self.taken.spans.lock().unwrap().clone()
    }

    /// The heads of the requests so far.
    pub fn heads(&self) -> Vec<String> {
        self.taken.heads.lock().unwrap().clone()
    }
}

impl Taken {
    fn take(&self, mut stream: impl Read + Write) -> Option<()> {
        let (mut bytes, mut piece) = (Vec::new(), [0; 16 * 1024]);
        let end = loop {
            if let Some(end) = bytes.windows(4).position(|it| it == b"\r\n\r\n") {
                break end + 4;
            }
            let read = stream.read(&mut piece).ok().filter(|read| *read > 0)?;
            bytes.extend_from_slice(&piece[..read]);
        };
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let lines = head.lines().filter_map(|line| line.split_once(": "));
        let length = lines.into_iter().find(|(name, _)| *name == "Content-Length").unwrap().1;
        let length: usize = length.parse().unwrap();
        while bytes.len() < end + length {
            let read = stream.read(&mut piece).ok().filter(|read| *read > 0)?;
            bytes.extend_from_slice(&piece[..read]);
        }
        let sent = ExportTraceServiceRequest::decode(&bytes[end..]).unwrap();
        self.heads.lock().unwrap().push(head);
        self.spans.lock().unwrap().extend(read_all(sent));
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").ok()
    }
}

fn read_all(sent: ExportTraceServiceRequest) -> Vec<Seen> {
    let mut all = Vec::new();
    for of_resource in sent.resource_spans {
        let resource = words(of_resource.resource.unwrap().attributes);
        let spans = of_resource.scope_spans.into_iter().flat_map(|it| it.spans);
        all.extend(spans.map(|span| seen(span, resource.clone())));
    }
    all
}

fn seen(span: Span, resource: HashMap<String, String>) -> Seen {
    let hex =
        |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    assert!(span.start_time_unix_nano > 0 && span.end_time_unix_nano >= span.start_time_unix_nano);
    Seen {
        name: span.name,
        kind: span.kind,
        failed: span.status.is_some_and(|it| it.code == 2),
        trace: hex(&span.trace_id),
        span: hex(&span.span_id),
        parent: hex(&span.parent_span_id),
        state: span.trace_state,
        attributes: words(span.attributes),
        resource,
    }
}

fn words(attributes: Vec<KeyValue>) -> HashMap<String, String> {
    let word = |value: Value| match value {
        Value::StringValue(text) => text,
        Value::IntValue(number) => number.to_string(),
        other => format!("{other:?}"),
    };
    let attributes = attributes.into_iter();
    attributes.map(|it| (it.key, word(it.value.unwrap().value.unwrap()))).collect()
}
