//! rusqlite: one connection that writes, on a thread of its own.

use std::{net::TcpListener, sync::mpsc, time::Duration};

use actix_web::{
    App, HttpRequest, HttpResponse, HttpServer,
    error::ErrorInternalServerError as Failed,
    post,
    web::{Data, Json, Path},
};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::oneshot;
use uuid::Uuid;

use crate::{
    product::{Product, ProductIn, ProductOut},
    seed,
    twins::authority::Authority,
};

/// A product that is to be added, and who waits for it.
struct Order {
    product: Product,
    done: oneshot::Sender<rusqlite::Result<Product>>,
}

#[post("/api/v1/organizations/{organization}/products")]
async fn create_product(
    request: HttpRequest,
    organization: Path<Uuid>,
    new: Json<ProductIn>,
    authority: Data<Authority>,
    writer: Data<mpsc::Sender<Order>>,
) -> Result<HttpResponse, actix_web::Error> {
    authority.member(&request, *organization)?;
    let product = Product::new(*organization, new.into_inner());
    let (done, answer) = oneshot::channel();
    writer.send(Order { product, done }).map_err(Failed)?;
    let product = answer.await.map_err(Failed)?.map_err(Failed)?;
    Ok(HttpResponse::Created().json(ProductOut::from(product)))
}

/// Serves until it is killed.
pub async fn serve(listener: TcpListener, authority: Authority, file: String) {
    let (orders, waiting) = mpsc::channel();
    std::thread::spawn(move || write(&file, waiting));
    let app = move || {
        App::new()
            .app_data(Data::new(authority.clone()))
            .app_data(Data::new(orders.clone()))
            .service(create_product)
    };
    HttpServer::new(app).listen(listener).unwrap().run().await.unwrap();
}

/// Does what is waiting, each in a transaction of its own, as safe as the server's.
fn write(file: &str, waiting: mpsc::Receiver<Order>) {
    let connection = Connection::open(file).unwrap();
    connection.busy_timeout(Duration::from_secs(5)).unwrap();
    connection.execute_batch("pragma journal_mode = wal; pragma synchronous = full").unwrap();
    for Order { product, done } in waiting {
        let added = add(&connection, &product).map(|()| product);
        let _ = done.send(added); // who left does not want to know
    }
}

fn add(connection: &Connection, product: &Product) -> rusqlite::Result<()> {
    let whole = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    seed::insert(&whole, product)?;
    whole.commit()
}
