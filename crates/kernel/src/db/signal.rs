//! How replicas wake one another: a hint that costs a second where it is lost, never more. On SQLite
//! there is nobody to wake.

use std::{future::pending, time::Duration};

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};
use sqlx::postgres::{PgListener, PgPoolOptions};
use tokio::{runtime::Handle, time::sleep};

use super::View;

/// After a broken connection.
const PAUSE: Duration = Duration::from_secs(1);

/// What other replicas wake this one with.
pub struct Signals {
    name: &'static str,
    options: Option<sqlx::postgres::PgConnectOptions>,
    listener: Option<PgListener>,
}

impl View {
    /// Wakes who waits for [`Signals`] of this name on other replicas. It is called after COMMIT, for in a
    /// transaction it would have all who commit wait for one another.
    pub async fn signal(&self, name: &'static str) -> Result<(), DbErr> {
        if self.is_transaction() {
            return Err(DbErr::Custom("a signal is sent after COMMIT".into()));
        }
        if self.backend() == DbBackend::Postgres {
            let sql = "select pg_notify($1, '')";
            let notify = Statement::from_sql_and_values(DbBackend::Postgres, sql, [name.into()]);
            self.query_one_raw(notify).await?;
        }
        Ok(())
    }
}

impl Signals {
    /// Those of this name; nothing is opened before they are waited for.
    pub fn of(view: &View, name: &'static str) -> Self {
        let options = (view.backend() == DbBackend::Postgres).then(|| {
            let pool = view.db().lane.readers.get_postgres_connection_pool();
            (*pool.connect_options()).clone()
        });
        Self { name, options, listener: None }
    }

    /// Waits for one; some may be lost. It may be dropped before its end and begun again.
    pub async fn heard(&mut self) {
        let Some(options) = &self.options else { return pending().await };
        if self.listener.is_none() {
            match listen(options.clone(), self.name).await {
                Ok(listener) => self.listener = Some(listener),
                Err(error) => {
                    tracing::warn!(%error, "other replicas cannot be listened to");
                    return sleep(PAUSE).await;
                }
            }
        }
        let Some(listener) = &mut self.listener else { return };
        if let Err(error) = listener.recv().await {
            tracing::warn!(%error, "other replicas cannot be listened to");
            self.listener = None;
            sleep(PAUSE).await;
        }
    }
}

impl Drop for Signals {
    /// A thread that ends drops what went on beside its requests when its runtime has gone already, and
    /// without one the driver cannot close a connection; PostgreSQL sees that it is gone.
    fn drop(&mut self) {
        if Handle::try_current().is_err() {
            std::mem::forget(self.listener.take());
        }
    }
}

/// A connection of its own: it is busy for as long as it listens.
async fn listen(
    options: sqlx::postgres::PgConnectOptions,
    name: &str,
) -> Result<PgListener, sqlx::Error> {
    let pool = PgPoolOptions::new().max_connections(1).connect_with(options).await?;
    let mut listener = PgListener::connect_with(&pool).await?;
    listener.listen(name).await?;
    Ok(listener)
}
