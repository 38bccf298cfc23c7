//! What the database itself says, past the server.

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, Statement};

/// A connection beside the server's.
pub struct Books(DatabaseConnection);

impl Books {
    pub async fn open(url: &str) -> Self {
        let mut options = ConnectOptions::new(url);
        options.max_connections(1).sqlx_logging(false);
        Self(Database::connect(options).await.unwrap())
    }

    /// The one number that this asks for.
    pub async fn number(&self, sql: &str) -> i64 {
        let row = self.0.query_one_raw(self.statement(sql)).await.unwrap().unwrap();
        row.try_get_by_index(0).unwrap()
    }

    /// Waits until the one number that this asks for is `wanted`.
    pub async fn wait_for(&self, sql: &str, wanted: i64) {
        for _ in 0..6000 {
            if self.number(sql).await == wanted {
                return;
            }
            actix_web::rt::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("it is never {wanted}: {sql}");
    }

    /// The words of the one column that this asks for.
    pub async fn words(&self, sql: &str) -> Vec<String> {
        let rows = self.0.query_all_raw(self.statement(sql)).await.unwrap();
        rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
    }

    /// Does this; BEGIN and COMMIT are statements like others, for the connection is one.
    pub async fn execute(&self, sql: &str) {
        self.0.execute_unprepared(sql).await.unwrap();
    }

    /// Everything is where it belongs: a whole SQLite file.
    pub async fn are_sound(&self) {
        if self.0.get_database_backend() == sea_orm::DbBackend::Sqlite {
            assert_eq!(self.words("pragma integrity_check").await, ["ok"]);
        }
    }

    /// Waits until no server is connected: PostgreSQL ends what a killed one has begun.
    pub async fn are_left_alone(&self) {
        self.are_left_to(0).await;
    }

    /// Waits until the servers have no more than so many connections.
    pub async fn are_left_to(&self, connections: i64) {
        if self.0.get_database_backend() == sea_orm::DbBackend::Sqlite {
            return;
        }
        let servers = "select count(*) from pg_stat_activity \
                       where datname = current_database() and application_name = 'groundwork'";
        for _ in 0..500 {
            if self.number(servers).await <= connections {
                return;
            }
            actix_web::rt::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("what a killed server has begun goes on");
    }

    /// The connection itself.
    pub fn connection(&self) -> &DatabaseConnection {
        &self.0
    }

    pub async fn close(self) {
        self.0.close().await.unwrap();
    }

    fn statement(&self, sql: &str) -> Statement {
        Statement::from_sql_and_values(self.0.get_database_backend(), sql, [])
    }
}
