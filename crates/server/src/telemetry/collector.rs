//! Speaking to the collector: one POST at a time, on the thread that sends. A client from elsewhere
//! would bring more crates than it has work to do here.

use std::{
    fmt,
    io::{Error, ErrorKind, Read, Result, Write},
    net::{TcpStream, ToSocketAddrs},
    sync::Arc,
    time::{Duration, Instant},
};

use actix_web::http::{
    Uri,
    header::{HeaderName, HeaderValue},
};
use kernel::Env;
use percent_encoding::percent_decode_str;
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};

/// How long connecting, and then each step of a POST, may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// The longest head of an answer that is read.
const LONGEST_HEAD: usize = 16 * 1024;

/// Where traces go.
#[derive(Clone)]
pub struct Collector {
    host: String,
    port: u16,
    /// The head of each POST, but for the length of its body.
    head: String,
    tls: Option<Arc<ClientConfig>>,
}

impl Collector {
    /// Reads it; `None` where none is named, or one that cannot be.
    pub fn read(env: &Env) -> Option<Self> {
        let headers = headers(env);
        let roots = roots(env);
        let endpoint = env.text("OTEL_EXPORTER_OTLP_ENDPOINT")?;
        let uri = endpoint.parse::<Uri>().ok().filter(|uri| {
            let plain = uri.authority().is_some_and(|it| !it.as_str().contains('@'));
            plain && uri.query().is_none() && matches!(uri.scheme_str(), Some("http" | "https"))
        });
        let Some(uri) = uri else {
            env.wrong(
                "OTEL_EXPORTER_OTLP_ENDPOINT",
                "must be http://host:port or https://host:port",
            );
            return None;
        };
        let secure = uri.scheme_str() == Some("https");
        let host = uri.host().unwrap_or_default();
        let port = uri.port_u16().unwrap_or(if secure { 443 } else { 80 });
        let path = uri.path().trim_end_matches('/');
        let head = format!(
            "POST {path}/v1/traces HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\
             Content-Type: application/x-protobuf\r\nUser-Agent: groundwork/{}\r\n{headers}",
            env!("CARGO_PKG_VERSION"),
        );
        let host = host.trim_matches(['[', ']']).to_owned();
        let config = || ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        Some(Self { host, port, head, tls: secure.then(|| Arc::new(config())) })
    }

    /// Sends a request's body; an error unless the collector takes it.
    pub fn post(&self, body: &[u8]) -> Result<()> {
        let stream = self.connect()?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let Some(tls) = &self.tls else { return self.exchange(stream, body) };
        let name = ServerName::try_from(self.host.clone()).map_err(Error::other)?;
        let session = ClientConnection::new(Arc::clone(tls), name).map_err(Error::other)?;
        self.exchange(StreamOwned::new(session, stream), body)
    }

    fn connect(&self) -> Result<TcpStream> {
        let mut last = Error::from(ErrorKind::NotFound);
        for address in (self.host.as_str(), self.port).to_socket_addrs()? {
            match TcpStream::connect_timeout(&address, PATIENCE) {
                Ok(stream) => return Ok(stream),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    fn exchange(&self, mut stream: impl Read + Write, body: &[u8]) -> Result<()> {
        let head = format!("{}Content-Length: {}\r\n\r\n", self.head, body.len());
        stream.write_all(head.as_bytes())?;
        stream.write_all(body)?;
        stream.flush()?;
        let (begun, mut answer, mut piece) = (Instant::now(), Vec::new(), [0; 1024]);
        while !answer.windows(4).any(|it| it == b"\r\n\r\n") {
            if answer.len() > LONGEST_HEAD || begun.elapsed() > PATIENCE {
                return Err(ErrorKind::InvalidData.into());
            }
            match stream.read(&mut piece)? {
                0 => return Err(ErrorKind::UnexpectedEof.into()),
                read => answer.extend_from_slice(piece.get(..read).unwrap_or_default()),
            }
        }
        let answer = String::from_utf8_lossy(&answer);
        let status = answer.split(' ').nth(1).unwrap_or_default();
        let taken = answer.starts_with("HTTP/1.") && status.starts_with('2');
        if taken { Ok(()) } else { Err(Error::other(format!("the collector answers {status}"))) }
    }
}

/// They may hold a key.
impl fmt::Debug for Collector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Collector").finish_non_exhaustive()
    }
}

/// Lines for what OpenTelemetry writes as `name=value,name=value`, percent-encoded.
fn headers(env: &Env) -> String {
    let text = env.text("OTEL_EXPORTER_OTLP_HEADERS").unwrap_or_default();
    let line = |pair: &str| {
        let (name, value) = pair.split_once('=')?;
        let name: HeaderName = name.trim().parse().ok()?;
        let value = percent_decode_str(value.trim()).decode_utf8().ok()?;
        let value = HeaderValue::from_str(&value).ok()?;
        Some(format!("{name}: {}\r\n", value.to_str().ok()?))
    };
    let pairs = text.split(',').filter(|it| !it.trim().is_empty());
    pairs.map(line).collect::<Option<String>>().unwrap_or_else(|| {
        env.wrong("OTEL_EXPORTER_OTLP_HEADERS", "must be name=value, apart by commas");
        String::new()
    })
}

/// Whose certificates are believed: those of the file, else the public authorities'.
fn roots(env: &Env) -> RootCertStore {
    let mut roots = RootCertStore::empty();
    let Some(file) = env.text("OTEL_EXPORTER_OTLP_CERTIFICATE") else {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        return roots;
    };
    let certificates = CertificateDer::pem_file_iter(file).into_iter().flatten();
    if roots.add_parsable_certificates(certificates.flatten()).0 == 0 {
        env.wrong("OTEL_EXPORTER_OTLP_CERTIFICATE", "must name a file with certificates in PEM");
    }
    roots
}
