use std::{env, fs, ops::Deref, sync::Arc, thread};

use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr, Statement,
};
use tempfile::TempDir;
use tokio::sync::OnceCell;

use super::StoppedClock;
use crate::{
    Clock, Db, Keyring,
    db::{DatabaseConfig, Registry},
    id,
};

/// A database of one test, copied from a migrated template and gone with the test: an SQLite file,
/// or a PostgreSQL database where `TEST_DATABASE_URL` names a server.
pub struct TestDatabase {
    db: Db,
    /// Where it is.
    pub config: DatabaseConfig,
    /// The database's clock.
    pub clock: StoppedClock,
    /// Its root secrets.
    pub keyring: Keyring,
    place: Arc<TestPlace>,
}

/// Where a test's database is; it is gone when this is dropped.
pub struct TestPlace {
    /// The URL.
    pub url: String,
    _remains: Remains,
}

enum Remains {
    File { _directory: TempDir },
    Database { server: String, name: String },
}

impl TestPlace {
    /// A new, migrated, empty database that nobody has opened yet.
    #[expect(clippy::missing_panics_doc, clippy::expect_used, reason = "else there is no test")]
    pub async fn new() -> Self {
        let made = match env::var("TEST_DATABASE_URL") {
            Ok(server) => postgres(server).await,
            Err(_) => sqlite().await,
        };
        let (url, remains) = made.expect("a test database");
        Self { url, _remains: remains }
    }
}

impl TestDatabase {
    /// A new, migrated, empty database.
    pub async fn new() -> Self {
        Self::with(Registry::default()).await
    }

    /// The same, with what features hold.
    #[expect(clippy::missing_panics_doc, clippy::expect_used, reason = "else there is no test")]
    pub async fn with(registry: Registry) -> Self {
        let place = Arc::new(TestPlace::new().await);
        let config = DatabaseConfig { url: place.url.clone(), pool: 4 };
        let clock = StoppedClock::default();
        let keyring = Keyring::parse(&Keyring::generate()).expect("a keyring");
        let ticking: Arc<dyn Clock> = Arc::new(clock.clone());
        let db = Db::open(&config, ticking, keyring.clone(), registry).await;
        Self { db: db.expect("an open database"), config, clock, keyring, place }
    }

    /// The same database again, as another process would open it.
    #[expect(clippy::missing_panics_doc, clippy::expect_used, reason = "else there is no test")]
    pub async fn again(&self, registry: Registry) -> Db {
        let clock: Arc<dyn Clock> = Arc::new(self.clock.clone());
        Db::open(&self.config, clock, self.keyring.clone(), registry).await.expect("open again")
    }

    /// The same, as a database of its own to a test.
    pub(super) async fn beside(&self, registry: Registry) -> Self {
        Self {
            db: self.again(registry).await,
            config: self.config.clone(),
            clock: self.clock.clone(),
            keyring: self.keyring.clone(),
            place: Arc::clone(&self.place),
        }
    }
}

impl Deref for TestDatabase {
    type Target = Db;

    fn deref(&self) -> &Db {
        &self.db
    }
}

async fn sqlite() -> Result<(String, Remains), DbErr> {
    static TEMPLATE: OnceCell<Vec<u8>> = OnceCell::const_new();
    let template = TEMPLATE.get_or_try_init(async || {
        let directory = TempDir::new().map_err(io)?;
        let file = directory.path().join("template.db");
        migration::up(&format!("sqlite:{}", file.display())).await?;
        fs::read(file).map_err(io)
    });
    let template = template.await?;

    let directory = TempDir::new().map_err(io)?;
    let file = directory.path().join("test.db");
    fs::write(&file, template).map_err(io)?;
    Ok((format!("sqlite:{}", file.display()), Remains::File { _directory: directory }))
}

async fn postgres(server: String) -> Result<(String, Remains), DbErr> {
    static TEMPLATE: OnceCell<String> = OnceCell::const_new();
    let template = TEMPLATE.get_or_try_init(async || postgres_template(&server).await).await?;

    let name = format!("test_{}", id::next().simple());
    let admin = one_connection(&server).await?;
    admin.execute_unprepared(&format!("create database {name} template {template}")).await?;
    admin.close().await?;
    Ok((named(&server, &name), Remains::Database { server, name }))
}

/// Made once a set of migrations, by whichever test process comes first.
#[expect(clippy::disallowed_methods, reason = "a name of our own making")]
async fn postgres_template(server: &str) -> Result<String, DbErr> {
    let name = format!("template_{}", migration::FINGERPRINT);
    let admin = one_connection(server).await?;
    admin.execute_unprepared("select pg_advisory_lock(20261120)").await?;
    let known = format!("select 1 from pg_database where datname = '{name}'");
    let known = Statement::from_string(DbBackend::Postgres, known);
    if admin.query_one_raw(known).await?.is_none() {
        let draft = format!("{name}_draft");
        admin.execute_unprepared(&format!("drop database if exists {draft}")).await?;
        admin.execute_unprepared(&format!("create database {draft}")).await?;
        migration::up(&named(server, &draft)).await?;
        admin.execute_unprepared(&format!("alter database {draft} rename to {name}")).await?;
    }
    admin.close().await?;
    Ok(name)
}

async fn one_connection(url: &str) -> Result<DatabaseConnection, DbErr> {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    Database::connect(options).await
}

fn named(server: &str, database: &str) -> String {
    let (before, query) = server.split_once('?').map_or((server, None), |(b, q)| (b, Some(q)));
    let host = before.rsplit_once('/').map_or(before, |(host, _)| host);
    query.map_or_else(|| format!("{host}/{database}"), |q| format!("{host}/{database}?{q}"))
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn io(error: std::io::Error) -> DbErr {
    DbErr::Custom(error.to_string())
}

impl Drop for Remains {
    fn drop(&mut self) {
        let Self::Database { server, name } = self else { return };
        let (server, sql) = (server.clone(), format!("drop database {name} with (force)"));
        let dropping = thread::spawn(move || {
            let runtime = actix_web::rt::Runtime::new().map_err(io)?;
            runtime.block_on(async {
                let admin = one_connection(&server).await?;
                admin.execute_unprepared(&sql).await?;
                admin.close().await
            })
        });
        if !matches!(dropping.join(), Ok(Ok(()))) {
            tracing::warn!("a test database stays behind");
        }
    }
}
