//! tokio-postgres: connections that are kept, three round trips a product.

use std::{cell::RefCell, net::TcpListener};

use actix_web::{
    App, HttpRequest, HttpResponse, HttpServer,
    error::ErrorInternalServerError as Failed,
    post,
    web::{Data, Json, Path},
};
use tokio::sync::Semaphore;
use tokio_postgres::{Client, Error, NoTls, Statement};
use uuid::Uuid;

use crate::{
    product::{COLUMNS, Product, ProductIn, ProductOut},
    twins::authority::Authority,
};

/// How many connections a worker has.
const CONNECTIONS: usize = 4;

/// The connections of a worker.
struct Pool {
    idle: RefCell<Vec<Session>>,
    free: Semaphore,
}

struct Session {
    client: Client,
    insert: Statement,
}

#[post("/api/v1/organizations/{organization}/products")]
async fn create_product(
    request: HttpRequest,
    organization: Path<Uuid>,
    new: Json<ProductIn>,
    authority: Data<Authority>,
    pool: Data<Pool>,
) -> Result<HttpResponse, actix_web::Error> {
    authority.member(&request, *organization)?;
    let product = Product::new(*organization, new.into_inner());
    let _free = pool.free.acquire().await.map_err(Failed)?;
    let session = pool.idle.borrow_mut().pop().ok_or_else(|| Failed("no connection"))?;
    session.add(&product).await.map_err(Failed)?; // who has failed does not come back
    pool.idle.borrow_mut().push(session);
    Ok(HttpResponse::Created().json(ProductOut::from(product)))
}

impl Session {
    #[expect(clippy::disallowed_methods, reason = "the connection runs beside its requests")]
    async fn new(url: &str) -> Result<Self, Error> {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
        actix_web::rt::spawn(connection);
        let insert = format!(
            "insert into products ({COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8, \
             $9::text::jsonb, array_to_tsvector(string_to_array($10::text, ' ')), 1, $11, $11)"
        );
        let insert = client.prepare(&insert).await?;
        Ok(Self { client, insert })
    }

    async fn add(&self, product: &Product) -> Result<(), Error> {
        let Product { id, organization, content, created_at } = product;
        let (attributes, words) = (content.attributes.to_string(), product.words());
        self.client.batch_execute("begin").await?;
        self.client
            .execute(
                &self.insert,
                &[
                    id,
                    organization,
                    &content.sku,
                    &content.name,
                    &content.description,
                    &content.status,
                    &content.price.amount,
                    &content.price.currency,
                    &attributes,
                    &words,
                    created_at,
                ],
            )
            .await?;
        self.client.batch_execute("commit").await
    }
}

/// Serves until it is killed.
pub async fn serve(listener: TcpListener, authority: Authority, url: String) {
    let app = move || {
        let url = url.clone();
        App::new()
            .app_data(Data::new(authority.clone()))
            .data_factory(move || connect(url.clone()))
            .service(create_product)
    };
    HttpServer::new(app).listen(listener).unwrap().run().await.unwrap();
}

async fn connect(url: String) -> Result<Pool, Error> {
    let mut idle = Vec::new();
    for _ in 0..CONNECTIONS {
        idle.push(Session::new(&url).await?);
    }
    Ok(Pool { idle: RefCell::new(idle), free: Semaphore::new(CONNECTIONS) })
}
