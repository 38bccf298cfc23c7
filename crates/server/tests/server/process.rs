//! The binary as a process of its own, in a folder of its own.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use kernel::testing::TestPlace;
use tempfile::TempDir;

/// Where the binary is.
pub const SERVER: &str = env!("CARGO_BIN_EXE_server");

/// How many connections to the database a server has.
pub const POOL: i64 = 4;

/// A folder and a database for some processes.
pub struct Place {
    pub folder: TempDir,
    pub database: TestPlace,
    logs: AtomicUsize,
}

/// A server that has said it is ready.
pub struct Server {
    child: Child,
    pub address: String,
    pub told: String,
    log: PathBuf,
}

impl Place {
    pub async fn new() -> Self {
        let (folder, database) = (TempDir::new().unwrap(), TestPlace::new().await);
        Self { folder, database, logs: AtomicUsize::new(0) }
    }

    /// The binary with these arguments, and no variables but these.
    pub fn command(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Command {
        self.program(SERVER, arguments, variables)
    }

    /// The same for a program that ends up as the binary.
    #[expect(clippy::disallowed_methods, reason = "this is a test of the process")]
    pub fn program(
        &self,
        program: &str,
        arguments: &[&str],
        variables: &[(&str, &str)],
    ) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(&self.folder).env_clear();
        command.env("DATABASE_URL", &self.database.url).env("DATABASE_POOL", POOL.to_string());
        command.env("LISTEN", "127.0.0.1:0").envs(variables.iter().copied());
        command.stdin(Stdio::null());
        command
    }

    /// Runs it to its end.
    pub fn run(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
        self.command(arguments, variables).output().unwrap()
    }

    /// Runs it to its end with this on its standard input.
    pub fn feed(&self, arguments: &[&str], input: &str) -> Output {
        let mut command = self.command(arguments, &[]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    }

    /// Starts it and waits until it says that it is ready.
    pub fn serve(&self, variables: &[(&str, &str)]) -> Server {
        self.ready(self.command(&[], variables))
    }

    /// Starts this and waits until it says that it is ready.
    pub fn ready(&self, command: Command) -> Server {
        self.try_ready(command).unwrap_or_else(|(code, log)| panic!("it ended: {code:?} {log}"))
    }

    /// The same; answers how it ended and what it has logged if it is not to be.
    pub fn try_ready(&self, mut command: Command) -> Result<Server, (Option<i32>, String)> {
        let number = self.logs.fetch_add(1, Ordering::Relaxed);
        let log = self.folder.path().join(format!("server-{number}.log"));
        command.stdout(Stdio::piped()).stderr(fs::File::create(&log).unwrap());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.as_mut().unwrap());
        let mut told = String::new();
        while !told.contains("Documentation") {
            if lines.read_line(&mut told).unwrap() == 0 {
                return Err((child.wait().unwrap().code(), fs::read_to_string(&log).unwrap()));
            }
        }
        let address = told.split("http://").nth(1).and_then(|it| it.split('/').next());
        Ok(Server { address: address.unwrap_or_default().to_owned(), child, told, log })
    }
}

impl Server {
    /// GET, over a connection of its own.
    pub fn get(&self, path: &str) -> String {
        let mut stream = std::net::TcpStream::connect(&self.address).unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// What it has logged so far.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    /// Its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether that process is still there.
    pub fn lives(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Ends it in the middle of what it does (SIGKILL).
    pub fn kill(self) {
        drop(self);
    }

    /// Asks it to end, as an operator does.
    #[expect(clippy::disallowed_methods, reason = "there is no other way to send SIGTERM")]
    pub fn ask_to_end(&self) {
        let id = self.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    }

    /// Waits for its end, and answers how it ended and what it has logged.
    pub fn ended(mut self) -> (Option<i32>, String) {
        let code = self.child.wait().unwrap().code();
        (code, self.log())
    }

    /// Asks it to end, and answers how it did, what it has logged, and how long it took.
    pub fn end(self) -> (Option<i32>, String, Duration) {
        let begun = Instant::now();
        self.ask_to_end();
        let (code, log) = self.ended();
        (code, log, begun.elapsed())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
