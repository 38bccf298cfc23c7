//! The twins: actix-web and a driver, written by hand for one route.

mod authority;
mod pipelined;
mod plain;
mod row;
mod sqlite;

use std::net::TcpListener;

use clap::{Args, ValueEnum};

/// Which twin, and what it stands on.
#[derive(Args)]
pub struct Twin {
    /// The driver.
    driver: Driver,
    /// The server's own database.
    #[arg(long)]
    database: String,
    /// The key that tokens are signed with, in base64url.
    #[arg(long)]
    public_key: String,
}

#[derive(Clone, Copy, ValueEnum)]
enum Driver {
    Rusqlite,
    SeaOrm,
    TokioPostgres,
}

/// Serves until it is killed.
pub fn serve(twin: Twin) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let authority = authority::Authority::new(&twin.public_key);
    actix_web::rt::System::new().block_on(async {
        println!("listening on http://{address}");
        match twin.driver {
            Driver::Rusqlite => sqlite::serve(listener, authority, twin.database).await,
            Driver::SeaOrm => plain::serve(listener, authority, twin.database).await,
            Driver::TokioPostgres => pipelined::serve(listener, authority, twin.database).await,
        }
    });
}
