//! Bare tokio-postgres: one connection a worker, statements sent without waiting for one another.

use std::net::TcpListener;

use actix_web::{
    App, HttpRequest, HttpServer, Responder,
    error::ErrorInternalServerError as Failed,
    get,
    web::{Data, Json},
};
use tokio_postgres::{Client, NoTls, Statement};

use super::{
    authority::Authority,
    row::{SELECT, UserOut},
};

struct Worker {
    client: Client,
    select: Statement,
}

#[get("/api/v1/users/me")]
async fn read_me(
    request: HttpRequest,
    authority: Data<Authority>,
    worker: Data<Worker>,
) -> Result<impl Responder, actix_web::Error> {
    let id = authority.caller(&request)?;
    let row = worker.client.query_one(&worker.select, &[&id]).await.map_err(Failed)?;
    Ok(Json(UserOut {
        id: row.get(0),
        email: row.get(1),
        email_verified: row.get::<_, Option<chrono::DateTime<chrono::Utc>>>(2).is_some(),
        name: row.get(3),
        locale: row.get(4),
        time_zone: row.get(5),
        status: row.get(6),
        created_at: row.get(7),
        updated_at: row.get(8),
        version: row.get(9),
    }))
}

pub async fn serve(listener: TcpListener, authority: Authority, url: String) {
    let app = move || {
        let url = url.clone();
        App::new()
            .app_data(Data::new(authority.clone()))
            .data_factory(move || connect(url.clone()))
            .service(read_me)
    };
    HttpServer::new(app).listen(listener).unwrap().run().await.unwrap();
}

#[expect(clippy::disallowed_methods, reason = "the connection runs beside its requests")]
async fn connect(url: String) -> Result<Worker, tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(&url, NoTls).await?;
    actix_web::rt::spawn(connection);
    let select = client.prepare(SELECT).await?;
    Ok(Worker { client, select })
}
