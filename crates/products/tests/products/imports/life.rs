//! An import from its file to its purge.

use chrono::TimeDelta;
use futures_util::future::join;
use organizations::Erased;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::json;

use super::{CSV, NDJSON, counts, import, rows_of, send};
use crate::{app, each, owner, pages, product, product_with, rows};

#[actix_web::test]
async fn imports_are_listed_and_told_with_what_failed() {
    let app = app().await;
    let acme = owner(&app);
    let file = rows_of(25, |n| format!("bad {n}"));
    let first = import(&app, &acme, NDJSON, file).await;
    let second = import(&app, &acme, NDJSON, product("A").to_string()).await;
    let listed = acme.get("/products/imports").await.ok();
    let ids = [&second, &first].map(|it| it["id"].as_str().unwrap().to_owned());
    assert_eq!(each(&listed, "id"), ids);
    assert_eq!((counts(&first), first["errors"].as_array().unwrap().len()), ([25, 0, 0, 25], 20));

    let path = format!("/products/imports/{}/errors?limit=10", ids[1]);
    let pages = pages(&acme, &path).await;
    let lines = pages.iter().flat_map(|page| page["items"].as_array().unwrap());
    let lines: Vec<_> = lines.map(|it| it["line"].as_i64().unwrap()).collect();
    assert!(lines.into_iter().eq(1..=25));
    acme.get("/products/imports/01900000-0000-7000-8000-000000000000")
        .await
        .problem(404, "not_found");
}

#[actix_web::test]
async fn of_many_rows_that_fail_the_first_thousand_are_kept() {
    let app = app().await;
    let acme = owner(&app);
    let done = import(&app, &acme, NDJSON, "x\n".repeat(2_300)).await;
    assert_eq!((counts(&done), &done["state"]), ([2_300, 0, 0, 2_300], &json!("done")));
    let kept = "select cast(count(*) as text) from product_import_faults";
    assert_eq!(rows(&app, kept).await, ["1000"]);
}

#[actix_web::test]
async fn an_import_that_is_cancelled_does_nothing_more() {
    let app = app().await;
    let acme = owner(&app);
    let place = send(&acme, NDJSON, product("A").to_string()).await.header("location").to_owned();
    acme.post(&format!("{place}/cancel"), json!({})).await.ok();
    app.run_jobs().await;
    assert_eq!(acme.get(&place).await.ok()["state"], "cancelled");
    assert_eq!(acme.get("/products").await.ok()["items"], json!([]));
    acme.post(&format!("{place}/cancel"), json!({})).await.problem(409, "import_over");
}

#[actix_web::test]
async fn an_import_is_kept_for_thirty_days_after_its_end() {
    let app = app().await;
    let acme = owner(&app);
    import(&app, &acme, NDJSON, "bad").await;
    app.database.clock.advance(TimeDelta::days(30) - TimeDelta::hours(1));
    app.run_jobs().await;
    assert_eq!(each(&acme.get("/products/imports").await.ok(), "id").len(), 1);
    app.database.clock.advance(TimeDelta::hours(2));
    app.run_jobs().await;
    assert_eq!(acme.get("/products/imports").await.ok()["items"], json!([]));
    let kept = "select cast(count(*) as text) from product_import_faults";
    assert_eq!(rows(&app, kept).await, ["0"]);
}

/// R6: what a client has left behind is no file, and an import whose workers all died has failed.
#[actix_web::test]
async fn what_nobody_goes_on_with_does_not_stay() {
    let app = app().await;
    let acme = owner(&app);
    let place = send(&acme, NDJSON, product("A").to_string()).await.header("location").to_owned();
    let left = send(&acme, NDJSON, product("B").to_string()).await.header("location").to_owned();
    let receiving = "update product_imports set state = 'receiving' where position = 0 and id = \
                     (select import_id from product_import_pieces order by import_id desc limit 1)";
    let door = app.database.system();
    let backend = door.view().get_database_backend();
    let forget = |sql| Statement::from_sql_and_values(backend, sql, []);
    let done = door.run(async |tx| {
        tx.execute_raw(forget("delete from jobs where kind = 'products.import_slice'")).await?;
        tx.execute_raw(forget(receiving)).await
    });
    done.await.unwrap();

    app.database.clock.advance(TimeDelta::minutes(10));
    app.run_jobs().await;
    acme.get(&left).await.problem(404, "not_found");
    assert_eq!(acme.get(&place).await.ok()["state"], "queued");
    app.database.clock.advance(TimeDelta::days(1));
    app.run_jobs().await;
    let failed = acme.get(&place).await.ok();
    assert_eq!((&failed["state"], &failed["failure"]), (&json!("failed"), &json!("internal")));
    assert_eq!(rows(&app, "select cast(count(*) as text) from product_import_pieces").await, ["0"]);
}

#[actix_web::test]
async fn the_imports_of_an_organization_that_is_erased_go_with_it() {
    let app = app().await;
    let (acme, rival) = (owner(&app), owner(&app));
    for who in [&acme, &rival] {
        import(&app, who, NDJSON, "bad").await;
        send(who, CSV, "sku\nA\n").await.of(202);
    }
    let door = app.database.system();
    let erased = Erased { organization: acme.organization };
    door.run(async |tx| tx.tell(&erased).await).await.unwrap();
    assert_eq!(acme.get("/products/imports").await.ok()["items"], json!([]));
    assert_eq!(each(&rival.get("/products/imports").await.ok(), "id").len(), 2);
    for (table, count) in [("product_import_pieces", "1"), ("product_import_faults", "1")] {
        let sql = format!("select cast(count(*) as text) from {table}");
        assert_eq!(rows(&app, &sql).await, [count], "{table}");
    }
    app.run_jobs().await;
}

/// Two files with the same new products, at once: each product is made once.
#[actix_web::test]
async fn two_imports_of_one_catalogue_do_not_disturb_one_another() {
    let app = app().await;
    let other = app.replica(crate::features()).await;
    let acme = owner(&app);
    let names = |name: &str| {
        let row = |n| product_with(&format!("S-{n}"), json!({ "name": name })).to_string();
        rows_of(1_200, row)
    };
    let [one, two] =
        [send(&acme, NDJSON, names("One")).await, send(&acme, NDJSON, names("Two")).await];
    let places = [one.header("location").to_owned(), two.header("location").to_owned()];
    join(app.run_jobs(), other.run_jobs()).await;
    app.database.clock.advance(TimeDelta::minutes(1)); // one may have had to wait
    app.run_jobs().await;
    let (mut created, mut updated) = (0, 0);
    for place in places {
        let done = acme.get(&place).await.ok();
        assert_eq!(done["state"], "done", "{done}");
        let [_, new, changed, failed] = counts(&done);
        (created, updated) = (created + new, updated + changed);
        assert_eq!(failed, 0);
    }
    assert_eq!((created, updated), (1_200, 1_200));
}
