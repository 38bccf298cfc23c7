//! Who may not change the catalogue any more changes it by no import either.

use serde_json::json;

use super::{NDJSON, send};
use crate::{READ, app, owner, product, rows};

/// ASVS 8.3.2: what somebody has begun does not outlive their right to do it.
#[actix_web::test]
async fn an_import_ends_when_who_began_it_loses_the_permission() {
    let app = app().await;
    let acme = owner(&app);
    let reader = app.member_of(acme.organization, &[READ]);
    let place = send(&acme, NDJSON, product("A").to_string()).await.header("location").to_owned();
    app.dismiss(&acme);
    app.run_jobs().await;
    let ended = reader.get(&place).await.ok();
    assert_eq!(
        json!([ended["state"], ended["failure"], ended["done"]]),
        json!(["failed", "permission_denied", 0])
    );
    assert_eq!(reader.get("/products").await.ok()["items"], json!([]));
    let pieces = "select cast(count(*) as text) from product_import_pieces";
    assert_eq!(rows(&app, pieces).await, ["0"], "nothing of the file is left");
}
