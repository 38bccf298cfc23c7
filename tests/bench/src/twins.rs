//! The twins: actix-web and a driver, written by hand for a route or two.

mod authority;
mod pipelined;
mod plain;
mod products;
mod row;
mod sqlite;
mod writers;

use std::net::TcpListener;

use clap::{Args, ValueEnum};

/// Which twin, and what it stands on.
#[derive(Args)]
pub struct Twin {
    /// The driver.
    driver: Driver,
    /// The server's own database; for rusqlite a file.
    #[arg(long)]
    database: String,
    /// The key that tokens are signed with, in base64url.
    #[arg(long)]
    public_key: String,
}

#[derive(Clone, Copy, ValueEnum)]
enum Driver {
    Rusqlite,
    RusqliteWriter,
    SeaOrm,
    TokioPostgres,
    TokioPostgresWriter,
}

/// Serves until it is killed.
pub fn serve(twin: Twin) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let authority = authority::Authority::new(&twin.public_key);
    actix_web::rt::System::new().block_on(async {
        println!("listening on http://{address}");
        let database = twin.database;
        match twin.driver {
            Driver::Rusqlite => sqlite::serve(listener, authority, database).await,
            Driver::RusqliteWriter => writers::sqlite::serve(listener, authority, database).await,
            Driver::SeaOrm => plain::serve(listener, authority, database).await,
            Driver::TokioPostgres => pipelined::serve(listener, authority, database).await,
            Driver::TokioPostgresWriter => {
                writers::postgres::serve(listener, authority, database).await;
            }
        }
    });
}
