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

mod latency;
mod load;
mod organizations;
mod process;
mod rows;
mod seed;
mod table;
mod twins;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

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
        /// Where the rows go as JSON.
        #[arg(long)]
        json: Option<PathBuf>,
    },
    /// Be one of the twins.
    Twin(twins::Twin),
}

fn main() {
    match Arguments::parse().command {
        Command::Run { server, postgres, quick, json } => {
            let length = if quick { load::QUICK } else { load::FULL };
            let mut rows = Vec::new();
            rows.extend(rows::sqlite(&server, length));
            if let Some(url) = &postgres {
                rows.extend(rows::postgres(&server, url, length));
                rows.extend(organizations::rows("PostgreSQL", &server, url, length));
            }
            let folder = tempfile::tempdir().unwrap();
            let url = format!("sqlite:{}", folder.path().join("bench.db").display());
            rows.extend(organizations::rows("SQLite", &server, &url, length));
            table::print(&rows);
            if let Some(file) = json {
                table::write(&rows, &file);
            }
        }
        Command::Twin(twin) => twins::serve(twin),
    }
}
