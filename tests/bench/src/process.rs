//! The server and its twins as processes, ended when they are dropped.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use crate::load::body;

/// Who is administrator from the start.
pub const EMAIL: &str = "root@groundwork.test";
const PASSWORD: &str = "correct horse battery staple";

/// A process that listens.
pub struct Listening {
    pub address: SocketAddr,
    child: Child,
    /// How long it took from its start until it listened.
    pub took: Duration,
}

impl Listening {
    /// Starts the server in `folder`.
    pub fn server(binary: &Path, folder: &Path, database: &str) -> Self {
        Self::serving(binary, folder, database, &[])
    }

    /// The same with these arguments.
    pub fn serving(binary: &Path, folder: &Path, database: &str, arguments: &[&str]) -> Self {
        let mut command = command(binary);
        command.args(arguments).current_dir(folder).env("DATABASE_URL", database);
        command.env("LISTEN", "127.0.0.1:0").env("PUBLIC_URL", "http://bench.test");
        command.env("ADMIN_EMAIL", EMAIL).env("ADMIN_PASSWORD", PASSWORD);
        Self::start(command, "Documentation")
    }

    /// Starts this binary as a twin.
    pub fn twin(arguments: &[&str]) -> Self {
        let mut command = command(&std::env::current_exe().unwrap());
        command.arg("twin").args(arguments);
        Self::start(command, "listening")
    }

    /// Resident memory, in MiB.
    pub fn memory(&self) -> f64 {
        self.status("VmRSS:")
    }

    /// The most resident memory since its start, in MiB.
    pub fn peak(&self) -> f64 {
        self.status("VmHWM:")
    }

    fn status(&self, field: &str) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(field)).unwrap();
        line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
    }

    fn start(mut command: Command, ready: &str) -> Self {
        let begun = Instant::now();
        let child = command.stdout(Stdio::piped()).env("RUST_LOG", "warn").spawn();
        let mut child = child.expect("it starts");
        let mut told = String::new();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        while !told.contains(ready) {
            assert!(lines.read_line(&mut told).unwrap() > 0, "it ended: {told}");
        }
        let took = begun.elapsed();
        let address = told.split("http://").nth(1).unwrap().split(['/', '\n']).next().unwrap();
        Self { address: address.parse().unwrap(), child, took }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Makes another administrator, whose password is everybody's.
pub fn add_administrator(binary: &Path, folder: &Path, database: &str, email: &str) {
    let mut command = command(binary);
    command.args(["admin", "create", "--email", email]).current_dir(folder);
    command.env("DATABASE_URL", database).stdin(Stdio::piped()).stdout(Stdio::null());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(PASSWORD.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success(), "{email} was not made");
}

/// The request that signs somebody in.
pub fn sign_in_request(email: &str) -> String {
    let login = format!(r#"{{"email":"{email}","password":"{PASSWORD}"}}"#);
    format!(
        "POST /api/v1/auth/login HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{login}",
        login.len()
    )
}

/// An access token of an administrator.
pub fn sign_in(server: &Listening, email: &str) -> String {
    let request = sign_in_request(email);
    let tokens: serde_json::Value = serde_json::from_str(&body(server.address, &request)).unwrap();
    tokens["access_token"].as_str().unwrap().to_owned()
}

/// The public key that its tokens are signed with, in base64url.
pub fn public_key(server: &Listening) -> String {
    let request = "GET /.well-known/jwks.json HTTP/1.1\r\nHost: bench\r\n\r\n";
    let keys: serde_json::Value = serde_json::from_str(&body(server.address, request)).unwrap();
    keys["keys"][0]["x"].as_str().unwrap().to_owned()
}

#[expect(clippy::disallowed_methods, reason = "it measures processes")]
fn command(binary: &Path) -> Command {
    Command::new(binary)
}
