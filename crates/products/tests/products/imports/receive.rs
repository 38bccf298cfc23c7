//! How a file arrives.

use futures_util::future::join_all;

use super::{CSV, NDJSON, counts, import, send};
use crate::{READ, app, owner, product, rows};

const TABLES: [&str; 3] = ["product_imports", "product_import_pieces", "product_import_faults"];

/// How many rows the tables of imports have.
async fn left(app: &kernel::testing::App) -> [String; 3] {
    let mut counts = Vec::new();
    for table in TABLES {
        let sql = format!("select cast(count(*) as text) from {table}");
        counts.extend(rows(app, &sql).await);
    }
    counts.try_into().unwrap()
}

#[actix_web::test]
async fn a_file_is_kept_before_the_answer_and_eaten_when_it_is_done() {
    let app = app().await;
    let acme = owner(&app);
    let line = format!("{}\n", product("A"));
    let file = line.repeat(600_000 / line.len());
    let sent = send(&acme, NDJSON, file.clone()).await;
    let place = sent.header("location").to_owned();
    let told = sent.of(202);
    assert!(place.ends_with(&format!("/products/imports/{}", told["id"].as_str().unwrap())));
    assert_eq!(
        (told["state"].as_str(), told["size"].as_u64()),
        (Some("queued"), u64::try_from(file.len()).ok())
    );
    assert_eq!(left(&app).await, ["1", "3", "0"], "pieces of 256 KiB");
    let cancelled = acme.post(&format!("{place}/cancel"), serde_json::json!({})).await.ok();
    assert_eq!(cancelled["state"], "cancelled");
    assert_eq!(left(&app).await, ["1", "0", "0"]);
}

/// ASVS 5.2.1, A16: nothing is left of what is refused.
#[actix_web::test]
async fn a_file_that_is_too_long_or_of_another_kind_is_refused() {
    let app = app().await;
    let acme = owner(&app);
    send(&acme, CSV, vec![b'x'; 64 * 1024 * 1024 + 1]).await.problem(413, "too_large");
    send(&acme, "application/json", "{}").await.problem(415, "unsupported_media_type");
    let folded = acme.with("content-encoding", "gzip");
    send(&folded, CSV, "sku\n").await.problem(415, "unsupported_media_type");
    assert_eq!(left(&app).await, ["0", "0", "0"]);
}

/// R13: a file that is sent twice is done once, and its second copy is not kept.
#[actix_web::test]
async fn a_file_that_is_sent_again_gets_the_answer_of_the_first() {
    let app = app().await;
    let acme = owner(&app).with("idempotency-key", "file-1");
    let first = send(&acme, NDJSON, product("A").to_string()).await;
    let again = send(&acme, NDJSON, product("A").to_string()).await;
    assert_eq!((again.status, again.header("idempotency-replayed")), (202, "true"));
    assert_eq!((&first.text, first.header("location")), (&again.text, again.header("location")));
    send(&acme, NDJSON, product("B").to_string()).await.problem(422, "idempotency_key_reused");
    assert_eq!(left(&app).await, ["1", "1", "0"]);
}

/// ASVS 8.2.1, A3: who may not write sends nothing, and what is sent is the organization's own.
#[actix_web::test]
async fn an_import_belongs_to_the_organization_and_takes_the_permission_to_write() {
    let app = app().await;
    let (acme, rival) = (owner(&app), owner(&app));
    let reader = app.member_of(acme.organization, &[READ]);
    send(&acme.stranger(), CSV, "sku\n").await.problem(401, "not_authenticated");
    send(&reader, CSV, "sku\n").await.problem(403, "permission_denied");
    send(&rival.at(acme.organization), CSV, "sku\n").await.problem(404, "not_found");

    let done = import(&app, &acme, NDJSON, product("A").to_string()).await;
    assert_eq!(counts(&done), [1, 1, 0, 0]);
    let path = format!("/products/imports/{}", done["id"].as_str().unwrap());
    for path in [path.clone(), format!("{path}/errors"), format!("{path}/events")] {
        reader.get(&path).await.of(200);
        rival.get(&path).await.problem(404, "not_found");
    }
    rival.post(&format!("{path}/cancel"), serde_json::json!({})).await.problem(404, "not_found");
    reader
        .post(&format!("{path}/cancel"), serde_json::json!({}))
        .await
        .problem(403, "permission_denied");
    assert_eq!(rival.get("/products/imports").await.ok()["items"], serde_json::json!([]));
}

/// ASVS 2.4.1: nobody fills the database with files that wait.
#[actix_web::test]
async fn as_many_files_wait_as_may() {
    let app = app().await;
    let acme = owner(&app);
    for _ in 0..20 {
        send(&acme, CSV, "sku\n").await.of(202);
    }
    send(&acme, CSV, "sku\n").await.problem(409, "import_limit_reached");
    send(&owner(&app), CSV, "sku\n").await.of(202);
    app.run_jobs().await;
    send(&acme, CSV, "sku\n").await.of(202);
}

/// CWE-367: many who come at once are counted one after the other.
#[actix_web::test]
async fn no_more_files_wait_when_many_come_at_once() {
    let app = app().await;
    let acme = owner(&app);
    let sent = join_all((0..30).map(|_| send(&acme, CSV, "sku\n"))).await;
    let kept = sent.iter().filter(|it| it.status == 202).count();
    let refused = sent.iter().filter(|it| it.status == 409).count();
    assert_eq!((kept, refused), (20, 10));
    assert_eq!(left(&app).await[0], "20");
}
