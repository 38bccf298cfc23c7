//! What nobody can reach any more is removed.

use chrono::TimeDelta;
use organizations::Erased;

use crate::{add, app, owner, product, rows};

#[actix_web::test]
async fn products_that_were_deleted_long_ago_are_removed() {
    let app = app().await;
    let acme = owner(&app);
    let [old, new] = [add(&acme, product("A-1")).await, add(&acme, product("A-2")).await];
    add(&acme, product("A-3")).await;
    acme.delete(&old).await.no_content();
    app.database.clock.advance(TimeDelta::days(1));
    acme.delete(&new).await.no_content();
    app.database.clock.advance(TimeDelta::days(29));
    app.run_jobs().await;
    assert_eq!(rows(&app, "select sku from products order by sku").await, ["A-2", "A-3"]);
}

#[actix_web::test]
async fn products_go_with_their_organization() {
    let app = app().await;
    let (acme, rival) = (owner(&app), owner(&app));
    for number in 0..3 {
        add(&acme, product(&format!("A-{number}"))).await;
    }
    add(&rival, product("R-1")).await;
    let erased = Erased { organization: acme.organization };
    let tell = async |tx: &kernel::Tx| tx.tell(&erased).await;
    app.database.system().run(tell).await.unwrap();
    app.run_jobs().await;
    assert_eq!(rows(&app, "select sku from products").await, ["R-1"]);
    assert!(acme.get("/products?q=anvil").await.ok()["items"].as_array().unwrap().is_empty());
}
