//! The load: connections that are kept and ask again as soon as they are answered.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
};

/// How long one run is measured, in a hurry and in earnest.
pub const QUICK: Duration = Duration::from_secs(2);
/// See [`QUICK`].
pub const FULL: Duration = Duration::from_secs(6);

const WARM_UP: Duration = Duration::from_millis(500);

/// What is asked next.
pub type Requests = Arc<dyn Fn() -> String + Send + Sync>;

/// These requests again and again, so that not all connections want the same row.
pub fn turns(requests: &[String]) -> Requests {
    let (requests, asked) = (requests.to_vec(), AtomicUsize::new(0));
    Arc::new(move || requests[asked.fetch_add(1, Ordering::Relaxed) % requests.len()].clone())
}

/// Requests a second that `connections` connections get answered with 200 or 201.
pub fn rate(address: SocketAddr, requests: &Requests, connections: usize, length: Duration) -> f64 {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let begin = Instant::now() + WARM_UP;
        let end = begin + length;
        let mut clients = JoinSet::new();
        for _ in 0..connections {
            clients.spawn(ask(address, Arc::clone(requests), begin, end));
        }
        let answered: u32 = clients.join_all().await.into_iter().sum();
        f64::from(answered) / length.as_secs_f64()
    })
}

/// The body of one answer.
pub fn body(address: SocketAddr, request: &str) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let answer = read(&mut stream, &mut Vec::new()).await;
        answer.split_once("\r\n\r\n").unwrap().1.to_owned()
    })
}

/// Goes through so many pages of a list, and answers the place behind the last. `page` is asked for
/// each with the place behind the one before, at first with none.
pub fn walk(address: SocketAddr, pages: u32, page: impl Fn(&str) -> String) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let (mut cursor, mut buffer) = (String::new(), Vec::new());
        for _ in 0..pages {
            stream.write_all(page(&cursor).as_bytes()).await.unwrap();
            let answer = read(&mut stream, &mut buffer).await;
            let place = answer.split_once(r#""next_cursor":""#);
            let (_, place) = place.unwrap_or_else(|| panic!("there is no next page: {answer}"));
            place.split('"').next().unwrap().clone_into(&mut cursor);
        }
        cursor
    })
}

async fn ask(address: SocketAddr, requests: Requests, begin: Instant, end: Instant) -> u32 {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let (mut answered, mut buffer) = (0, Vec::with_capacity(4096));
    loop {
        stream.write_all(requests().as_bytes()).await.unwrap();
        let answer = read(&mut stream, &mut buffer).await;
        assert!(answer.starts_with("HTTP/1.1 20"), "{answer}");
        let now = Instant::now();
        if now >= end {
            return answered;
        }
        if now >= begin {
            answered += 1;
        }
    }
}

/// One whole answer, which says how long it is.
pub async fn read(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> String {
    buffer.clear();
    loop {
        assert!(stream.read_buf(buffer).await.unwrap() > 0, "the server closed the connection");
        let text = std::str::from_utf8(buffer).unwrap();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.split("\r\n").find_map(|line| line.strip_prefix("content-length: "));
        if body.len() >= length.unwrap().parse::<usize>().unwrap() {
            return text.to_owned();
        }
    }
}
