//! What only a real connection shows.

use actix_web::{App as ActixApp, HttpServer, middleware::from_fn};
use kernel::{Ground, http::edge};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::demo::app;

/// Serves on a port of its own and answers what comes back on one connection.
pub async fn exchange(ground: &Ground, sent: &str) -> String {
    let ground = ground.clone();
    let server = HttpServer::new(move || {
        let ground = ground.clone();
        ActixApp::new().wrap(from_fn(edge)).configure(move |app| ground.configure(app))
    });
    let server = server.workers(1).disable_signals().bind(("127.0.0.1", 0)).unwrap();
    let address = server.addrs()[0];
    let talk = async {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(sent.as_bytes()).await.unwrap();
        let mut heard = String::new();
        stream.read_to_string(&mut heard).await.unwrap();
        heard
    };
    tokio::select! {
        heard = talk => heard,
        ended = server.run() => unreachable!("{ended:?}"),
    }
}

#[actix_web::test]
async fn head_is_get_without_the_body() {
    let app = app().await;
    let head = "HEAD /api/v1/nowhere HTTP/1.1\r\nHost: a\r\n\r\n";
    let get = "GET /api/v1/nowhere HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    let heard = exchange(&app.ground, &format!("{head}{get}")).await;

    let answers: Vec<_> = heard.split("HTTP/1.1 ").skip(1).collect();
    let [head, get] = answers.as_slice() else { panic!("{heard}") };
    let length = |it: &str| it.split("content-length: ").nth(1).unwrap()[..3].to_owned();
    assert!(head.starts_with("404") && head.ends_with("\r\n\r\n"), "{head}");
    assert!(get.starts_with("404") && get.contains("not_found"), "{get}");
    assert_eq!(length(head), length(get));
}

/// A25: a mistake costs one answer, and not the connection on which it happened.
#[actix_web::test]
async fn a_connection_outlives_a_handler_that_panics() {
    let app = app().await;
    let panic = "GET /api/v1/demo/panic HTTP/1.1\r\nHost: a\r\n\r\n";
    let open = "GET /api/v1/demo/open HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    let heard = exchange(&app.ground, &format!("{panic}{open}")).await;

    assert!(
        heard.contains("HTTP/1.1 500") && heard.contains("application/problem+json"),
        "{heard}"
    );
    assert!(heard.contains("HTTP/1.1 204"), "{heard}");
    assert_eq!(heard.matches("x-content-type-options: nosniff").count(), 2, "{heard}");
}

/// ASVS 4.2.1, A22: two lengths are no request.
#[actix_web::test]
async fn a_request_of_two_lengths_is_refused_and_the_connection_closed() {
    let app = app().await;
    let smuggling = "POST /api/v1/demo/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\
                     Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /api/v1/demo/open HTTP/1.1\r\nHost: a\r\n\r\n";
    let heard = exchange(&app.ground, smuggling).await;
    assert!(heard.starts_with("HTTP/1.1 400"), "{heard}");
    assert_eq!(heard.matches("HTTP/1.1").count(), 1, "{heard}");
}

/// ASVS 5.2.1: a length that is too long is refused before a byte of the body has come.
#[actix_web::test]
async fn a_body_is_refused_by_its_announced_length() {
    let app = app().await;
    let announcing = "POST /api/v1/demo/echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n\
                      Content-Length: 1073741824\r\n\r\n{";
    let heard = exchange(&app.ground, announcing).await;
    assert!(heard.starts_with("HTTP/1.1 413"), "{heard}");
}
