//! A PostgreSQL of one test's own, which it may stop and kill.
#![expect(clippy::disallowed_methods, reason = "a test starts programs")]

use std::{
    fs,
    io::Write,
    net::TcpListener,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use tempfile::TempDir;

/// No socket file: its path may be too long. What was acknowledged outlives the processes, not the
/// machine.
const SETTINGS: &str = "
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
fsync = off
";

/// The cluster; it is gone with the test.
pub struct Cluster {
    binaries: PathBuf,
    folder: TempDir,
    port: u16,
}

/// Ways to go away.
#[derive(Clone, Copy, Debug)]
pub enum Away {
    /// Sessions are cut and the server shuts down.
    Stop,
    /// It leaves everything as it is.
    Immediately,
    /// Every process is killed.
    Kill,
}

impl Cluster {
    /// Makes and starts one; `None` where the tests run on SQLite or no PostgreSQL is installed.
    pub fn start() -> Option<Self> {
        if std::env::var_os("TEST_DATABASE_URL").is_none() {
            println!("Left out: it needs PostgreSQL, and TEST_DATABASE_URL is not set.");
            return None;
        }
        let Some(binaries) = binaries() else {
            println!(
                "LEFT OUT: no PostgreSQL is installed here of which a test could start its own."
            );
            return None;
        };
        let folder = TempDir::new().unwrap();
        if is_root() {
            let given = Command::new("chown").arg("postgres").arg(folder.path()).status().unwrap();
            assert!(given.success());
        }
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let cluster = Self { binaries, folder, port };
        let mut making = cluster.program("initdb");
        making.args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale"]);
        making.arg("--no-sync").arg("--pgdata").arg(cluster.data());
        assert!(making.status().unwrap().success());
        let configuration = cluster.data().join("postgresql.conf");
        let mut configuration = fs::OpenOptions::new().append(true).open(configuration).unwrap();
        configuration.write_all(SETTINGS.as_bytes()).unwrap();
        cluster.up();
        Some(cluster)
    }

    /// Its first database.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Starts it and returns when it answers; processes that were killed may take a moment to be gone.
    pub fn up(&self) {
        let options = format!("-p {}", self.port);
        let begun = Instant::now();
        while !self.control(&["start", "--wait", "--options", &options]) {
            assert!(begun.elapsed() < Duration::from_secs(20), "PostgreSQL does not start");
            sleep(Duration::from_millis(100));
        }
    }

    /// Has it go away and returns when it is gone.
    pub fn go(&self, away: Away) {
        match away {
            Away::Stop => assert!(self.control(&["stop", "--wait", "--mode=fast"])),
            Away::Immediately => assert!(self.control(&["stop", "--wait", "--mode=immediate"])),
            Away::Kill => {
                let all = processes(self.postmaster().expect("a running PostgreSQL"));
                let ids: Vec<_> = all.iter().map(u32::to_string).collect();
                // Some end by themselves once the first is gone.
                let _ = Command::new("kill").arg("-KILL").args(ids).stderr(Stdio::null()).status();
                while all.iter().any(|id| Path::new(&format!("/proc/{id}")).exists()) {
                    sleep(Duration::from_millis(5));
                }
            }
        }
    }

    fn postmaster(&self) -> Option<u32> {
        let file = fs::read_to_string(self.data().join("postmaster.pid")).ok()?;
        file.lines().next()?.parse().ok()
    }

    fn control(&self, arguments: &[&str]) -> bool {
        let log = self.folder.path().join("log");
        let mut command = self.program("pg_ctl");
        command.args(arguments).arg("--silent").arg("--pgdata").arg(self.data());
        command.arg("--log").arg(log).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().unwrap().success()
    }

    /// PostgreSQL refuses root, and its programs want a folder to stand in that their user may read.
    fn program(&self, name: &str) -> Command {
        let program = self.binaries.join(name);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.current_dir("/").stdin(Stdio::null()).stdout(Stdio::null());
        command
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.control(&["stop", "--wait", "--mode=immediate"]);
    }
}

/// A process and, where the system tells, its children.
fn processes(parent: u32) -> Vec<u32> {
    let children = fs::read_to_string(format!("/proc/{parent}/task/{parent}/children"));
    let children = children.unwrap_or_default();
    let children = children.split_whitespace().map(|id| id.parse().unwrap());
    std::iter::once(parent).chain(children).collect()
}

/// Where a whole PostgreSQL is installed, as `scripts/lib/postgres` looks for it.
fn binaries() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    for parent in ["/usr/lib/postgresql", "/opt/homebrew/opt"] {
        let versions = fs::read_dir(parent).into_iter().flatten().flatten();
        folders.extend(versions.map(|version| version.path().join("bin")));
    }
    let whole = |folder: &PathBuf| {
        ["initdb", "pg_ctl", "postgres"].iter().all(|name| folder.join(name).exists())
    };
    folders.into_iter().find(whole)
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}
