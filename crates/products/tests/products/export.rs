//! The whole catalogue as a file, which can be imported again.

use std::pin::Pin;

use actix_web::{
    App as ActixApp,
    body::MessageBody,
    middleware::from_fn,
    test::{TestRequest, call_service, init_service},
};
use futures_util::future::poll_fn;
use kernel::{http::edge, testing::Actor};
use serde_json::{Value, json};

use crate::{READ, WRITE, add, app, at, imports, owner, product, product_with, rows};

const FORMATS: [(&str, &str); 2] = [("csv", "text/csv"), ("ndjson", "application/x-ndjson")];

/// Products whose texts are hard to write down.
async fn odd_catalogue(who: &Actor<'_>) {
    for (n, text) in [
        "plain",
        "=1+1",
        "'=1+1",
        "''=1",
        "' =1",
        "'",
        "''",
        "+1",
        "-1",
        "@a",
        " lead",
        "trail ",
        "a,b",
        "a;b",
        "\"quoted\"",
        "\"",
        "two\nlines",
        "\n",
        "\ttab",
        "tab\t",
        "＝1",
        "Zoë 北京 🦀",
        "null",
        "{}",
        "1e3",
        "\\",
        "a\\\"b",
    ]
    .iter()
    .enumerate()
    {
        let name = if text.trim().is_empty() { "blank" } else { text.trim() };
        let name = name.replace('\n', "_");
        let rest = json!({ "name": name, "description": text, "attributes": { "text": text, "n": [n, 1.5, null] } });
        add(who, product_with(&format!("{name}-{n}"), rest)).await;
    }
    add(who, product("=SUM(A1)")).await;
    add(
        who,
        product_with(
            "'=A",
            json!({ "status": "archived", "price": { "amount": 0, "currency": "JPY" } }),
        ),
    )
    .await;
}

async fn all(who: &Actor<'_>) -> Value {
    who.get("/products?limit=100&sort=created_at").await.ok()["items"].clone()
}

async fn export(who: &Actor<'_>, format: &str) -> String {
    let file = who.get(&format!("/products/export?format={format}")).await;
    assert_eq!(file.status, 200, "{}", file.text);
    file.text
}

#[actix_web::test]
async fn what_is_exported_and_imported_again_is_as_it_was() {
    let app = app().await;
    let (acme, heir) = (owner(&app), owner(&app));
    odd_catalogue(&acme).await;
    let before = all(&acme).await;
    let without_ids = |all: &Value| {
        let bare = all.as_array().unwrap().iter().map(|it| {
            ["sku", "name", "description", "status", "price", "attributes"]
                .map(|name| it[name].clone())
        });
        bare.collect::<Vec<_>>()
    };
    for (format, media_type) in FORMATS {
        let file = export(&acme, format).await;
        let done = imports::import(&app, &acme, media_type, file.clone()).await;
        let count = before.as_array().unwrap().len();
        assert_eq!(
            (&done["done"], &done["failed"], &done["updated"], &done["created"]),
            (&json!(count), &json!(0), &json!(0), &json!(0)),
            "{done}"
        );
        assert_eq!(all(&acme).await, before, "nothing has changed, nobody's version either");

        let done = imports::import(&app, &heir, media_type, file).await;
        assert_eq!(done["failed"], 0, "{done}");
        assert_eq!(without_ids(&all(&heir).await), without_ids(&before));
    }
}

#[actix_web::test]
async fn an_import_of_an_export_brings_back_what_was() {
    let app = app().await;
    let acme = owner(&app);
    odd_catalogue(&acme).await;
    for (format, media_type) in FORMATS {
        let file = export(&acme, format).await;
        let before = all(&acme).await;
        for product in before.as_array().unwrap() {
            let change = json!({ "sku": format!("x{}", product["id"]), "name": "Changed", "status": "draft",
                "description": "x", "price": { "amount": 7 }, "attributes": { "more": 1 } });
            acme.patch(&at(product), change).await.ok();
        }
        let done = imports::import(&app, &acme, media_type, file.clone()).await;
        assert_eq!(done["failed"], 0, "{done}");
        assert_eq!(export(&acme, format).await, file);
    }
}

/// ASVS 1.2.10, A21: no cell of a table is calculated by who opens it.
#[actix_web::test]
async fn no_cell_is_a_formula() {
    let app = app().await;
    let acme = owner(&app);
    odd_catalogue(&acme).await;
    let file = export(&acme, "csv").await;
    assert!(
        file.starts_with(
            "id,sku,name,description,status,price_amount,price_currency,attributes\r\n"
        )
    );
    for product in all(&acme).await.as_array().unwrap() {
        for member in ["sku", "name", "description"] {
            let text = product[member].as_str().unwrap();
            let cell = text.replace('"', "\"\"");
            let bare = text.trim_start_matches('\'').trim_start();
            let neutral =
                bare.starts_with(['=', '+', '-', '@', '＝']) || text.starts_with(['\t', '\n']);
            let mark = if neutral { "'" } else { "" };
            let found = [format!(",{mark}{cell},"), format!(",\"{mark}{cell}\",")];
            assert!(found.iter().any(|it| file.contains(it)), "{text:?}");
        }
    }
}

#[actix_web::test]
async fn an_export_holds_the_organizations_live_products_and_is_recorded_once() {
    let app = app().await;
    let (acme, rival) = (owner(&app), owner(&app));
    let kept = add(&acme, product("A")).await;
    let gone = add(&acme, product("B")).await;
    acme.delete(&gone).await.no_content();
    add(&rival, product("C")).await;

    let file = acme.get("/products/export?format=ndjson").await;
    let disposition = "attachment; filename=\"products.ndjson\"";
    assert_eq!(
        (file.header("content-disposition"), file.header("content-type")),
        (disposition, "application/x-ndjson")
    );
    assert_eq!(file.header("cache-control"), "no-store");
    let line: Value = serde_json::from_str(&file.text).unwrap();
    assert_eq!(at(&line), kept);
    let entries = "select action from audit_log where action = 'products.exported'";
    assert_eq!(rows(&app, entries).await.len(), 1);

    let nobody = app.member(&[READ]);
    assert_eq!(export(&nobody, "ndjson").await, "");
    assert_eq!(export(&nobody, "csv").await.lines().count(), 1, "an empty table");
}

#[actix_web::test]
async fn an_export_takes_the_permission_to_read_and_a_known_format() {
    let app = app().await;
    let acme = owner(&app);
    let writer = app.member_of(acme.organization, &[WRITE]);
    writer.get("/products/export?format=csv").await.problem(403, "permission_denied");
    owner(&app)
        .at(acme.organization)
        .get("/products/export?format=csv")
        .await
        .problem(404, "not_found");
    for query in ["", "?format=xlsx", "?format=csv&colour=1", "?format=csv&limit=5"] {
        acme.get(&format!("/products/export{query}")).await.problem(422, "validation_failed");
    }
}

/// R6: the next page is read when the client has taken the one before.
#[actix_web::test]
async fn an_export_reads_a_page_at_a_time() {
    let app = app().await;
    let acme = owner(&app);
    let long = "x".repeat(9_000);
    let file: String = (0..120)
        .map(|n| product_with(&format!("S-{n}"), json!({ "description": long })).to_string() + "\n")
        .collect();
    imports::import(&app, &acme, "application/x-ndjson", file).await;

    let ground = app.ground.clone();
    let service = ActixApp::new().wrap(from_fn(edge)).configure(|app| ground.configure(app));
    let service = init_service(service).await;
    let uri = format!("/api/v1/organizations/{}/products/export?format=ndjson", acme.organization);
    let bearer = ("authorization", format!("Bearer {}", acme.user()));
    let request = TestRequest::with_uri(&uri).insert_header(bearer).to_request();
    let mut body = Box::pin(call_service(&service, request).await.into_body());

    let mut pages = Vec::new();
    let mut before = app.database.statements();
    while let Some(page) = poll_fn(|context| Pin::new(&mut body).poll_next(context)).await {
        let statements = app.database.statements();
        pages.push((page.unwrap().len() / 9_000, statements - before));
        before = statements;
    }
    let products: usize = pages.iter().map(|(products, _)| products).sum();
    assert_eq!(products, 120);
    assert!(pages.len() > 5 && pages.iter().all(|(_, statements)| *statements == 1), "{pages:?}");
    assert!(pages[1..].iter().all(|(products, _)| *products <= 15), "of 128 KiB: {pages:?}");
}
