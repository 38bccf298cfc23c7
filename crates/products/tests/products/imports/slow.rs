//! A client that takes its time.

use actix_web::{App as ActixApp, HttpServer, middleware::from_fn};
use kernel::http::edge;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{add, app, owner, product, rows};

/// R6, ASVS 15.2.2: while a file arrives, nobody waits for it – on SQLite there is one writer.
#[actix_web::test]
async fn a_file_that_arrives_slowly_is_in_nobodys_way() {
    let app = app().await;
    let acme = owner(&app);
    let ground = app.ground.clone();
    let server = HttpServer::new(move || {
        let ground = ground.clone();
        ActixApp::new().wrap(from_fn(edge)).configure(move |app| ground.configure(app))
    });
    let server = server.workers(1).disable_signals().bind(("127.0.0.1", 0)).unwrap();
    let address = server.addrs()[0];
    let (organization, user, half) = (acme.organization, acme.user(), "\n".repeat(300 * 1024));
    let head = format!(
        "POST /api/v1/organizations/{organization}/products/import HTTP/1.1\r\nHost: a\r\n\
         Connection: close\r\nAuthorization: Bearer {user}\r\n\
         Content-Type: application/x-ndjson\r\nContent-Length: {}\r\n\r\n{half}",
        2 * half.len()
    );
    let talk = async {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        let pieces = "select cast(count(*) as text) from product_import_pieces";
        while rows(&app, pieces).await != ["1"] {}
        for n in 0..10 {
            add(&acme, product(&format!("meanwhile-{n}"))).await;
        }
        let arriving = acme.get("/products/imports").await.ok();
        assert_eq!(arriving["items"][0]["state"], "receiving");
        stream.write_all(half.as_bytes()).await.unwrap();
        let mut heard = String::new();
        stream.read_to_string(&mut heard).await.unwrap();
        heard
    };
    let heard = tokio::select! {
        heard = talk => heard,
        ended = server.run() => unreachable!("{ended:?}"),
    };
    assert!(heard.starts_with("HTTP/1.1 202"), "{heard}");
}
