//! rusqlite: one connection a worker, called inline.

use std::net::TcpListener;

use actix_web::{
    App, HttpRequest, HttpServer, Responder,
    error::ErrorInternalServerError as Failed,
    get,
    web::{Data, Json},
};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, OpenFlags, Row};

use super::{
    authority::Authority,
    row::{SELECT, UserOut},
};

#[get("/api/v1/users/me")]
async fn read_me(
    request: HttpRequest,
    authority: Data<Authority>,
    connection: Data<Connection>,
) -> Result<impl Responder, actix_web::Error> {
    let id = authority.caller(&request)?;
    let mut select = connection.prepare_cached(SELECT).map_err(Failed)?;
    Ok(Json(select.query_row([id.as_bytes().as_slice()], user).map_err(Failed)?))
}

fn user(row: &Row<'_>) -> rusqlite::Result<UserOut> {
    let time = |at: usize| {
        let text: String = row.get(at)?;
        let time = DateTime::parse_from_rfc3339(&text);
        Ok::<DateTime<Utc>, rusqlite::Error>(time.unwrap_or_default().to_utc())
    };
    let id: [u8; 16] = row.get(0)?;
    Ok(UserOut {
        id: uuid::Uuid::from_bytes(id),
        email: row.get(1)?,
        email_verified: row.get::<_, Option<String>>(2)?.is_some(),
        name: row.get(3)?,
        locale: row.get(4)?,
        time_zone: row.get(5)?,
        status: row.get(6)?,
        created_at: time(7)?,
        updated_at: time(8)?,
        version: row.get(9)?,
    })
}

pub async fn serve(listener: TcpListener, authority: Authority, file: String) {
    let app = move || {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        App::new()
            .app_data(Data::new(authority.clone()))
            .app_data(Data::new(Connection::open_with_flags(&file, flags).unwrap()))
            .service(read_me)
    };
    HttpServer::new(app).listen(listener).unwrap().run().await.unwrap();
}
