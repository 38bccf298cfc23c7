//! How long single answers take under load.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use tokio::{io::AsyncWriteExt, net::TcpStream, task::JoinSet};

use crate::load::read;

/// How long each answer took, shortest first, with so many connections asking.
pub fn latencies(
    address: SocketAddr,
    request: &str,
    connections: usize,
    length: Duration,
) -> Vec<Duration> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let end = Instant::now() + length;
        let mut clients = JoinSet::new();
        for _ in 0..connections {
            clients.spawn(ask(address, request.to_owned(), end));
        }
        let mut all: Vec<Duration> = clients.join_all().await.into_iter().flatten().collect();
        all.sort();
        all
    })
}

/// How many seconds half of the answers took at most, with one client asking.
pub fn middle(address: SocketAddr, request: &str, length: Duration) -> f64 {
    let all = latencies(address, request, 1, length);
    all[all.len() / 2].as_secs_f64()
}

async fn ask(address: SocketAddr, request: String, end: Instant) -> Vec<Duration> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let (mut took, mut buffer) = (Vec::new(), Vec::with_capacity(16 * 1024));
    while Instant::now() < end {
        let begun = Instant::now();
        stream.write_all(request.as_bytes()).await.unwrap();
        let answer = read(&mut stream, &mut buffer).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        took.push(begun.elapsed());
    }
    took
}
