//! What others feel of a crowd that signs in.

use std::{
    hint::black_box,
    net::SocketAddr,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use tokio::{io::AsyncWriteExt, net::TcpStream, task::JoinSet, time::sleep};

use crate::{
    latency::latencies,
    load::read,
    process::{EMAIL, Listening, sign_in, sign_in_request},
    request::get,
    table::Row,
};

const ROUNDS: usize = 5;

/// How many sign in at once, again and again.
const CROWD: usize = 200;

/// How many read meanwhile.
const READERS: usize = 4;

/// On PostgreSQL, or without a URL on an SQLite file of its own.
pub fn rows(server: &Path, postgres: Option<&str>, length: Duration) -> Vec<Row> {
    let folder = tempfile::tempdir().unwrap();
    let database = if postgres.is_some() { "PostgreSQL" } else { "SQLite" };
    let file = format!("sqlite:{}", folder.path().join("bench.db").display());
    let ours = Listening::server(server, folder.path(), postgres.unwrap_or(&file));
    let (address, me) = (ours.address, get(&sign_in(&ours, EMAIL), "/api/v1/users/me"));
    let slowest = || {
        let all = latencies(address, &me, READERS, length);
        all[all.len() * 99 / 100].as_secs_f64() * 1000.0
    };
    let (mut crowded, mut busy) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        busy.push(beside(spin, slowest));
        crowded.push(beside(move |over| sign_in_all_the_time(address, over), slowest));
    }
    let times: Vec<f64> = crowded.iter().zip(&busy).map(|(ours, other)| ours / other).collect();
    let what = format!("GET /users/me, {database}, p99 beside {CROWD} sign-ins / a busy core");
    vec![Row::alone(&what, &times, 2.0)]
}

/// Measures while something else goes on.
fn beside(other: impl FnOnce(&AtomicBool) + Send + 'static, measure: impl Fn() -> f64) -> f64 {
    let over = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&over);
    let other = thread::spawn(move || other(&told));
    thread::sleep(Duration::from_millis(500));
    let measured = measure();
    over.store(true, Ordering::Relaxed);
    other.join().unwrap();
    measured
}

/// A core that has something else to do.
fn spin(over: &AtomicBool) {
    let mut number = 0_u64;
    while !over.load(Ordering::Relaxed) {
        number = black_box(number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1));
    }
}

/// The crowd; who is told to come again later does.
fn sign_in_all_the_time(address: SocketAddr, over: &AtomicBool) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let request = sign_in_request(EMAIL);
    runtime.block_on(async {
        let stop = Arc::new(AtomicBool::new(false));
        let mut crowd = JoinSet::new();
        for _ in 0..CROWD {
            crowd.spawn(sign_in_again(address, request.clone(), Arc::clone(&stop)));
        }
        while !over.load(Ordering::Relaxed) {
            sleep(Duration::from_millis(20)).await;
        }
        stop.store(true, Ordering::Relaxed);
        crowd.join_all().await;
    });
}

async fn sign_in_again(address: SocketAddr, request: String, stop: Arc<AtomicBool>) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let mut buffer = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        stream.write_all(request.as_bytes()).await.unwrap();
        let answer = read(&mut stream, &mut buffer).await;
        if answer.starts_with("HTTP/1.1 503") || answer.starts_with("HTTP/1.1 429") {
            assert!(answer.to_lowercase().contains("\r\nretry-after: "), "{answer}");
            sleep(Duration::from_secs(1)).await;
        } else {
            assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        }
    }
}
