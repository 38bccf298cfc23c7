//! Logs: for people in development, as JSON for machines (ASVS 16.2.4).

use std::io::{IsTerminal, stderr};

use kernel::Env;
use tracing_subscriber::EnvFilter;

/// A log line as a machine or a person reads it.
#[derive(Clone, Copy)]
enum Format {
    Pretty,
    Json,
}

/// What is logged unless `RUST_LOG` says otherwise: what libraries say of every step is left out.
const QUIET: &str = "info,actix_server=warn,sea_orm_migration=warn,sqlx=warn";

/// Begins to log, as `LOG_FORMAT` and `RUST_LOG` say.
pub fn begin(env: &Env) {
    let mut words = [("pretty", Format::Pretty), ("json", Format::Json)];
    if env.is_production() {
        words.reverse();
    }
    let format = env.choice("LOG_FORMAT", &words);
    let filter = env.text("RUST_LOG").unwrap_or(QUIET);
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| {
        env.wrong("RUST_LOG", "must be a filter such as info or kernel=debug");
        EnvFilter::new(QUIET)
    });
    let subscriber =
        tracing_subscriber::fmt().with_env_filter(filter).with_ansi(stderr().is_terminal());
    let subscriber = subscriber.with_writer(stderr); // standard output is for what a command says
    // Fails where the program has a log already, as in tests.
    let _ = match format {
        Format::Pretty => subscriber.compact().try_init(),
        Format::Json => subscriber.json().flatten_event(true).with_current_span(true).try_init(),
    };
}
