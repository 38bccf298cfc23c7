//! Measuring sticks: what a careful engineer writes by hand on actix-web and a bare driver, beside
//! what the server does, in one run. None of this is the product.
//!
//! `scripts/bench` builds the server and this, and runs it; a figure counts as a ratio within one run
//! only, for the machine's own drift is larger than what is looked for.
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a tool at a terminal"
)]

mod accounts;
mod audit_log;
mod jobs;
mod latency;
mod load;
mod logins;
mod organizations;
mod process;
mod product;
mod products;
mod request;
mod rows;
mod seals;
mod seed;
mod sockets;
mod stock;
mod table;
mod twins;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use clap::{Parser, Subcommand, ValueEnum};
use table::Row;

#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Measure and print the table.
    Run {
        /// The server's binary, built for release.
        #[arg(long)]
        server: PathBuf,
        /// An empty PostgreSQL database; without it only SQLite is measured.
        #[arg(long)]
        postgres: Option<String>,
        /// Shorter runs.
        #[arg(long)]
        quick: bool,
        /// Measure only this.
        #[arg(long)]
        only: Option<Part>,
        /// Where the rows go as JSON.
        #[arg(long)]
        json: Option<PathBuf>,
    },
    /// Be one of the twins.
    Twin(twins::Twin),
}

/// What is measured together.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// The hot read, memory, and the start.
    Users,
    /// What organizations add to a request.
    Organizations,
    /// The catalogue.
    Products,
    /// What others feel of a crowd that signs in.
    Logins,
    /// The queue.
    Jobs,
    /// Thousands of WebSockets.
    Sockets,
    /// Sealing the audit log.
    Seals,
    /// Reading the audit log.
    AuditLog,
    /// A million accounts: the last, for the others would have them too.
    Accounts,
}

fn main() {
    match Arguments::parse().command {
        Command::Run { server, postgres, quick, only, json } => {
            let length = if quick { load::QUICK } else { load::FULL };
            let wanted = |part: &Part| only.is_none_or(|only| only == *part);
            let parts = Part::value_variants().iter().filter(|it| wanted(it));
            let measured = parts.flat_map(|part| part.rows(&server, postgres.as_deref(), length));
            let rows: Vec<Row> = measured.collect();
            table::print(&rows);
            if let Some(file) = json {
                table::write(&rows, &file);
            }
        }
        Command::Twin(twin) => twins::serve(twin),
    }
}

impl Part {
    fn rows(self, server: &Path, postgres: Option<&str>, length: Duration) -> Vec<Row> {
        let databases = [None].into_iter().chain(postgres.map(Some));
        let measured = databases.map(|url| match (self, url) {
            (Self::Users, None) => rows::sqlite(server, length),
            (Self::Users, Some(url)) => rows::postgres(server, url, length),
            (Self::Organizations, url) => organizations::rows(server, url, length),
            (Self::Products, url) => products::rows(server, url, length),
            (Self::Logins, url) => logins::rows(server, url, length),
            (Self::Jobs, url) => jobs::rows(url, length),
            (Self::Sockets, url) => sockets::rows(server, url),
            (Self::Seals, url) => seals::rows(server, url, length),
            (Self::AuditLog, url) => audit_log::rows(server, url, length),
            (Self::Accounts, url) => accounts::rows(server, url, length),
        });
        measured.flatten().collect()
    }
}
