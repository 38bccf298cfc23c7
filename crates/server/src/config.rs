//! What an operator may set of the server itself.

use std::thread::available_parallelism;

use kernel::{Env, Keyring, db::DatabaseConfig};

use crate::secrets;

/// What an operator may set of the server itself.
#[derive(Debug)]
pub struct Config {
    /// Where it listens.
    pub listen: String,
    /// Where its metrics are read, if not on the main listener.
    pub metrics_listen: Option<String>,
    /// Where its data is.
    pub database: DatabaseConfig,
    /// Its root secrets.
    pub keyring: Keyring,
}

impl Config {
    /// Where it listens.
    pub fn listen(env: &Env) -> String {
        env.text("LISTEN").unwrap_or("127.0.0.1:8080").to_owned()
    }

    /// Reads it; problems are noted in `env`.
    pub fn read(env: &Env) -> Self {
        let url = env.text("DATABASE_URL").unwrap_or("sqlite:data/groundwork.db").to_owned();
        let known = ["sqlite:", "postgres://", "postgresql://"];
        if !known.iter().any(|scheme| url.starts_with(scheme)) {
            env.wrong("DATABASE_URL", "must be sqlite:FILE or postgres://…");
        } else if url.contains(":memory:") {
            env.wrong("DATABASE_URL", "must name a file: readers and the writer share it");
        }
        let cores = available_parallelism().map_or(1, std::num::NonZero::get);
        let pool = u32::try_from(cores * 8).unwrap_or(u32::MAX).min(64);
        Self {
            listen: Self::listen(env),
            metrics_listen: env.text("METRICS_LISTEN").map(str::to_owned),
            database: DatabaseConfig { url, pool: env.within("DATABASE_POOL", pool, 2..=1000) },
            keyring: secrets::keyring(env),
        }
    }
}
