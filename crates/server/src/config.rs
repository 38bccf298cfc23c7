//! What an operator may set of the server itself.

use std::{path::Path, thread::available_parallelism};

use kernel::{Env, Keyring, db::DatabaseConfig, http::TrustedProxies, private_folder};

use crate::{secrets, telemetry::TraceConfig};

/// What an operator may set of the server itself.
#[derive(Debug)]
pub struct Config {
    /// Where it listens.
    pub listen: String,
    /// Where its metrics are read, if not on the main listener.
    pub metrics_listen: Option<String>,
    /// Which pages may call it from a browser.
    pub cors_origins: Vec<String>,
    /// Whose `X-Forwarded-For` it believes.
    pub trusted_proxies: TrustedProxies,
    /// Where its data is.
    pub database: DatabaseConfig,
    /// The same database as the role that owns its tables, where another one serves.
    pub owner: Option<String>,
    /// Its root secrets.
    pub keyring: Keyring,
    /// Where traces go, if anywhere.
    pub traces: Option<TraceConfig>,
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
        let owner = env.text("DATABASE_MIGRATION_URL").map(str::to_owned);
        if owner.iter().any(|owner| ![owner, &url].iter().all(|it| it.starts_with("postgres"))) {
            env.wrong("DATABASE_MIGRATION_URL", "is for postgres://… beside such a DATABASE_URL");
        }
        let cores = available_parallelism().map_or(1, std::num::NonZero::get);
        let each = if url.starts_with("sqlite:") { 8 } else { 12 };
        let pool = u32::try_from(cores * each).unwrap_or(u32::MAX).min(64);
        Self {
            listen: Self::listen(env),
            metrics_listen: env.text("METRICS_LISTEN").map(str::to_owned),
            cors_origins: env.cors_origins(),
            trusted_proxies: proxies(env),
            owner,
            database: database(env, url, env.within("DATABASE_POOL", pool, 2..=1000)),
            keyring: secrets::keyring(env),
            traces: TraceConfig::read(env),
        }
    }
}

/// A SQLite file's folder is made here, for its owner's eyes only.
fn database(env: &Env, url: String, pool: u32) -> DatabaseConfig {
    let database = DatabaseConfig { url, pool };
    let file = database.file();
    let folder = file.as_deref().and_then(Path::parent);
    if folder.is_some_and(|folder| private_folder(folder).is_err()) {
        env.wrong("DATABASE_URL", "names a folder that cannot be made");
    }
    database
}

fn proxies(env: &Env) -> TrustedProxies {
    let text = env.text("TRUSTED_PROXIES").unwrap_or_default();
    TrustedProxies::parse(text).unwrap_or_else(|| {
        env.wrong("TRUSTED_PROXIES", "must be addresses or networks, apart by commas");
        TrustedProxies::default()
    })
}
