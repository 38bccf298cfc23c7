//! Many changes at once.

use serde_json::{Value, json};

use crate::{add, app, each, faults, owner, product, rows, statements};

fn create(sku: &str) -> Value {
    json!({ "op": "create", "data": product(sku) })
}

fn id(path: &str) -> &str {
    path.rsplit_once('/').unwrap().1
}

fn told(results: &Value, member: &str) -> Vec<Value> {
    let results = results["results"].as_array().unwrap();
    results.iter().map(|it| it[member].clone()).collect()
}

fn statuses(results: &Value) -> Vec<Value> {
    told(results, "status")
}

#[actix_web::test]
async fn a_batch_adds_changes_and_removes_in_its_order() {
    let app = app().await;
    let acme = owner(&app);
    let [one, two] = [add(&acme, product("A-1")).await, add(&acme, product("A-2")).await];
    let body = json!({ "operations": [
        { "op": "update", "id": id(&one), "if_match": 1, "data": { "sku": "B-1", "name": "B" } },
        create("A-1"),
        { "op": "update", "id": id(&one), "if_match": 2, "data": { "description": "again" } },
        { "op": "delete", "id": id(&two) },
        create("A-2"),
        create("A-3"),
    ]});
    let results = acme.post("/products/batch", body).await.ok();
    assert_eq!(statuses(&results), [200, 201, 200, 204, 201, 201]);
    let ids = told(&results, "id");
    assert_eq!((ids[0].as_str(), ids[3].as_str()), (Some(id(&one)), Some(id(&two))));
    let read = acme.get(&one).await.ok();
    assert_eq!((&read["sku"], &read["version"]), (&json!("B-1"), &json!(3)));
    acme.get(&two).await.problem(404, "not_found");
    let list = acme.get("/products?sort=created_at").await.ok();
    assert_eq!(each(&list, "sku"), ["B-1", "A-1", "A-2", "A-3"]);
    let actions = rows(&app, "select action from audit_log order by action").await;
    assert_eq!(actions.len(), 8, "one entry a change");
}

#[actix_web::test]
async fn with_abort_nothing_is_done_where_something_cannot_be() {
    let app = app().await;
    let acme = owner(&app);
    let one = add(&acme, product("A-1")).await;
    let mut wrong = create("A-5");
    wrong["data"]["price"]["amount"] = json!(1.5);
    let body = json!({ "operations": [
        create("A-2"),
        create("A-2"),
        { "op": "update", "id": id(&one), "if_match": 7, "data": { "name": "B" } },
        { "op": "update", "id": id(&one), "data": { "price": { "currency": "XXX" } } },
        { "op": "update", "id": id(&one), "data": { "sku": "A-2" } },
        { "op": "delete", "id": "01900000-0000-7000-8000-000000000000" },
        wrong,
    ]});
    let refused = faults(acme.post("/products/batch", body).await);
    let refused: Vec<_> = refused.iter().map(|it| (it.0.as_str(), it.1.as_str())).collect();
    assert_eq!(
        refused,
        [
            ("/operations/1", "sku_taken"),
            ("/operations/2", "stale_version"),
            ("/operations/3/data/price/currency", "currency"),
            ("/operations/4", "sku_taken"),
            ("/operations/5", "not_found"),
            ("/operations/6/data/price/amount", "type"),
        ]
    );
    assert_eq!(rows(&app, "select sku from products").await, ["A-1"]);
    assert_eq!(rows(&app, "select action from audit_log").await, ["product.created"]);
}

/// On PostgreSQL a statement that fails undoes the whole, unless it stands in a savepoint.
#[actix_web::test]
async fn with_continue_each_is_told_and_the_others_are_done() {
    let app = app().await;
    let acme = owner(&app);
    let one = add(&acme, product("A-1")).await;
    let mut wrong = create("A-4");
    wrong["data"]["name"] = json!("");
    let body = json!({ "on_error": "continue", "operations": [
        create("A-2"),
        create("A-1"),
        wrong,
        { "op": "update", "id": id(&one), "data": { "sku": "A-2" } },
        { "op": "update", "id": id(&one), "data": { "name": "Big anvil" } },
        { "op": "delete", "id": id(&one), "if_match": 1 },
        create("A-3"),
        create("A-3"),
    ]});
    let results = acme.post("/products/batch", body).await.ok();
    assert_eq!(statuses(&results), [201, 409, 422, 409, 200, 412, 201, 409]);
    assert_eq!(results["results"][1]["problem"]["code"], "sku_taken");
    assert_eq!(results["results"][2]["problem"]["errors"][0]["pointer"], "/data/name");
    assert_eq!(acme.get(&one).await.ok()["name"], "Big anvil");
    let list = acme.get("/products?sort=created_at").await.ok();
    assert_eq!(each(&list, "sku"), ["A-1", "A-2", "A-3"]);
    let actions = rows(&app, "select action from audit_log order by action").await;
    let created = "product.created";
    assert_eq!(actions, [created, created, created, "product.updated"]);
}

/// What is no change at all is told beside the others too.
#[actix_web::test]
async fn with_continue_what_cannot_be_read_is_told_by_itself() {
    let app = app().await;
    let acme = owner(&app);
    let one = add(&acme, product("A-1")).await;
    let mut unclean = create("A-4");
    unclean["data"]["name"] = json!("An\u{0}vil");
    let operations = json!([
        create("A-2"),
        { "op": "upsert", "data": {} },
        { "op": "update", "id": "A-1", "data": {} },
        { "op": "delete" },
        { "op": "delete", "id": id(&one), "if_match": "1" },
        unclean,
        "create",
        null,
        { "op": "create", "data": product("A-5"), "colour": "red" },
        { "op": "update", "id": id(&one), "data": { "name": "Zoe\u{308}" } },
    ]);
    let body = |on_error: &str| json!({ "on_error": on_error, "operations": operations });
    let results = acme.post("/products/batch", body("continue")).await.ok();
    assert_eq!(statuses(&results), [201, 422, 422, 422, 422, 422, 422, 422, 422, 200]);
    let first = |it: &Value| {
        let fault = &it["problem"]["errors"][0];
        format!("{} {}", fault["pointer"].as_str().unwrap(), fault["code"].as_str().unwrap())
    };
    let told: Vec<_> = results["results"].as_array().unwrap()[1..9].iter().map(first).collect();
    let expected = [
        "/op unknown_value",
        "/id type",
        "/id required",
        "/if_match type",
        "/data/name control_character",
        " type",
        " type",
        "/colour unknown_field",
    ];
    assert_eq!(told, expected);
    assert_eq!(acme.get(&one).await.ok()["name"], "Zo\u{eb}", "text is normalized");

    let refused = faults(acme.post("/products/batch", body("abort")).await);
    let places: Vec<_> = refused.iter().map(|it| it.0.as_str()).collect();
    assert_eq!(places[..3], ["/operations/0", "/operations/1/op", "/operations/2/id"]);
}

/// ASVS 8.2.2: another organization's product is none.
#[actix_web::test]
async fn a_batch_reaches_the_organizations_own_products_only() {
    let app = app().await;
    let (acme, rival) = (owner(&app), owner(&app));
    let theirs = add(&rival, product("A-1")).await;
    let body = json!({ "on_error": "continue", "operations": [
        { "op": "update", "id": id(&theirs), "data": { "name": "Mine" } },
        { "op": "delete", "id": id(&theirs) },
    ]});
    let results = acme.post("/products/batch", body).await.ok();
    assert_eq!(statuses(&results), [404, 404]);
    assert_eq!(rival.get(&theirs).await.ok()["version"], 1);
}

#[actix_web::test]
async fn a_batch_has_at_most_500_changes_and_a_mebibyte() {
    let app = app().await;
    let acme = owner(&app);
    let post = async |operations: Vec<Value>| {
        acme.post("/products/batch", json!({ "operations": operations })).await
    };
    let all: Vec<Value> = (0..501).map(|number| create(&format!("A-{number}"))).collect();
    let (answer, taken) = statements(&app, post(all[..500].to_vec())).await;
    assert_eq!(answer.ok()["results"].as_array().unwrap().len(), 500);
    assert_eq!(taken, 4, "rows and entries are written in one statement each");
    post(all).await.problem(422, "validation_failed");
    post(vec![]).await.problem(422, "validation_failed");
    let long = "x".repeat(9000);
    let large = |number: usize| {
        let mut create = create(&format!("B-{number}"));
        create["data"]["description"] = json!(long);
        create
    };
    post((0..100).map(large).collect()).await.ok();
    post((0..120).map(large).collect()).await.problem(413, "too_large");
    let odd = json!({ "op": "upsert", "data": {} });
    let refused = faults(post(vec![create("C-1"), odd]).await);
    assert_eq!(refused, [("/operations/1/op".into(), "unknown_value".into())]);
}

#[actix_web::test]
async fn a_batch_that_is_sent_twice_is_made_once() {
    let app = app().await;
    let acme = owner(&app).with("idempotency-key", "batch-1");
    let body = json!({ "operations": [create("A-1"), create("A-2")] });
    let first = acme.post("/products/batch", body.clone()).await.ok();
    let again = acme.post("/products/batch", body).await;
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(again.ok(), first);
    assert_eq!(rows(&app, "select sku from products order by sku").await, ["A-1", "A-2"]);
}
