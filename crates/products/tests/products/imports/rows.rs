//! What the rows of a file do.

use serde_json::json;

use super::{CSV, NDJSON, by_sku, counts, failed, import};
use crate::{add, app, owner, product, product_with};

#[actix_web::test]
async fn a_table_is_taken_into_the_catalogue() {
    let app = app().await;
    let acme = owner(&app);
    let file = "\u{feff}sku,name,description,status,price_amount,price_currency,attributes\r\n\
        A-1,Anvil,\"Heavy, \"\"black\"\"\nand loud\",active,9900,EUR,\"{\"\"kg\"\":50}\"\r\n\
        \r\n\
        '=A-2,'=cmd|' /C calc'!A0,,,0,JPY,\r\n";
    let done = import(&app, &acme, CSV, file).await;
    assert_eq!((counts(&done), &done["state"]), ([2, 2, 0, 0], &json!("done")), "{done}");
    assert_eq!((&done["total"], &done["position"]), (&done["done"], &json!(file.len())));

    let anvil = by_sku(&acme, "A-1").await;
    let told = ["name", "description", "status", "price", "attributes", "version"];
    let expected = json!(["Anvil", "Heavy, \"black\"\nand loud", "active",
        { "amount": 9900, "currency": "EUR" }, { "kg": 50 }, 1]);
    assert_eq!(json!(told.map(|it| &anvil[it])), expected);
    let odd = by_sku(&acme, "=A-2").await;
    let expected =
        json!(["=cmd|' /C calc'!A0", "", "draft", { "amount": 0, "currency": "JPY" }, {}, 1]);
    assert_eq!(json!(told.map(|it| &odd[it])), expected);
    let found = acme.get("/products?q=heavy").await.ok();
    assert_eq!(found["items"][0]["sku"], "A-1", "it is found by its words");
}

#[actix_web::test]
async fn a_product_a_line_is_taken_into_the_catalogue() {
    let app = app().await;
    let acme = owner(&app);
    let (one, two) = (product("A"), product_with("Zoe\u{308}", json!({ "status": "active" })));
    let done = import(&app, &acme, NDJSON, format!("{one}\r\n\n  \n{two}")).await;
    assert_eq!(counts(&done), [2, 2, 0, 0]);
    assert_eq!(by_sku(&acme, "Zo%C3%AB").await["status"], "active", "text is normalized");
    assert_eq!(counts(&import(&app, &acme, NDJSON, "").await), [0; 4]);
}

/// ASVS 2.2.1: the rules of a product hold for rows too, and a bad row does no harm to the others.
#[actix_web::test]
async fn rows_that_fail_are_told_by_their_lines() {
    let app = app().await;
    let acme = owner(&app);
    let file = b"sku,name,price_amount,price_currency,attributes\n\
        A,\"two\nlines\",1,EUR,\n\
        B,Fine,1,EUR,\n\
        C,Fine,19.99,EUR,\n\
        D,Fine,-1,EUR,\n\
        E,Fine,1,eur,\n\
        F,Fine,1,EUR,[1]\n\
        G,Fine,1,EUR,\"{\"\"a\"\":1,\"\"a\"\":2}\"\n\
        H,Fine,1,EUR\n\
        ,Fine,1,EUR,\n\
        I,\xff,1,EUR,\n\
        J,\"nul \0\",1,EUR,\n\
        K,Fine,,,\n\
        L,Fine,1,EUR,{}\n";
    let done = import(&app, &acme, CSV, file.as_slice()).await;
    assert_eq!(counts(&done), [13, 2, 0, 11]);
    let told = |line, pointer: &str, code: &str| (line, pointer.to_owned(), code.to_owned());
    let expected = [
        told(2, "/name", "name"),
        told(5, "/price/amount", "type"),
        told(6, "/price/amount", "range"),
        told(7, "/price/currency", "currency"),
        told(8, "/attributes", "type"),
        told(9, "/attributes", "malformed"),
        told(10, "", "columns"),
        told(11, "/sku", "required"),
        told(12, "", "encoding"),
        told(13, "/name", "control_character"),
        told(14, "/price", "required"),
    ];
    assert_eq!(failed(&done), expected);

    let file = b"[]\n{\n\n{\"sku\":\"A\",\"colour\":1}\n{\"id\":7}\n\xff\n{\"sku\":\"A\",\"sku\":\"B\"}\n\"x\"";
    let done = import(&app, &acme, NDJSON, file.as_slice()).await;
    let expected = [
        told(1, "", "type"),
        told(2, "", "malformed_body"),
        told(4, "/colour", "unknown_field"),
        told(5, "/id", "type"),
        told(6, "", "encoding"),
        told(7, "", "malformed_body"),
        told(8, "", "type"),
    ];
    assert_eq!(failed(&done), expected);
}

/// A16: a row without end is one row.
#[actix_web::test]
async fn a_row_that_is_too_long_fails_alone() {
    let app = app().await;
    let acme = owner(&app);
    let long = "x".repeat(700_000);
    let row = |sku: &str| format!("{}\n", product(sku));
    let done = import(&app, &acme, NDJSON, format!("{}{long}\n{}", row("A"), row("B"))).await;
    assert_eq!((counts(&done), failed(&done)[0].0), ([3, 2, 0, 1], 2));
    let file =
        format!("sku,name,price_amount,price_currency\nC,\"{long}\n\",1,EUR\nD,Fine,1,EUR\n");
    let done = import(&app, &acme, CSV, file).await;
    assert_eq!(failed(&done), [(2, String::new(), "too_long".to_owned())]);
    assert_eq!(by_sku(&acme, "D").await["name"], "Fine");
}

#[actix_web::test]
async fn a_row_replaces_what_it_names_and_nothing_else() {
    let app = app().await;
    let acme = owner(&app);
    let rest =
        json!({ "description": "Heavy", "attributes": { "a": 1, "b": 2 }, "status": "active" });
    let path = add(&acme, product_with("A", rest)).await;
    add(&acme, product("B")).await;

    let file = "sku,price_amount,attributes,name\nA,5,\"{\"\"c\"\":3}\",\nB,9900,{},Anvil\n";
    let done = import(&app, &acme, CSV, file).await;
    assert_eq!(counts(&done), [2, 0, 1, 0], "the second row says nothing new");
    let after = acme.get(&path).await.ok();
    let told = ["name", "description", "status", "price", "attributes", "version"];
    let expected =
        json!(["Anvil", "Heavy", "active", { "amount": 5, "currency": "EUR" }, { "c": 3 }, 2]);
    assert_eq!(json!(told.map(|it| &after[it])), expected);

    let done = import(&app, &acme, CSV, "sku,description\nA,\n").await;
    assert_eq!(counts(&done), [1, 0, 1, 0], "an empty description is one");
    let words = acme.get("/products?q=heavy").await.ok();
    assert_eq!(words["items"], json!([]), "it is not found by what it was");
    assert_eq!(
        counts(&import(&app, &acme, NDJSON, "{\"sku\":\"A\",\"name\":null}").await),
        [1, 0, 0, 1]
    );
}

#[actix_web::test]
async fn a_row_is_about_its_id_else_about_its_sku() {
    let app = app().await;
    let (acme, rival) = (owner(&app), owner(&app));
    let [a, b] = [add(&acme, product("A")).await, add(&acme, product("B")).await];
    let (theirs, gone) = (add(&rival, product("T")).await, add(&acme, product("gone")).await);
    acme.delete(&gone).await.no_content();
    let id = |path: &str| path.rsplit_once('/').unwrap().1.to_owned();

    let rows = [
        json!({ "id": id(&a), "sku": "A2" }),
        json!({ "id": id(&b), "sku": "A2", "name": "Taken" }),
        json!({ "id": id(&b), "name": "Renamed" }),
        product_with("T", json!({ "id": id(&theirs), "name": "Ours" })),
        product_with("gone", json!({ "id": id(&gone), "name": "New" })),
        json!({ "id": "01900000-0000-7000-8000-000000000000", "sku": "A2", "name": "By its SKU" }),
        product("A"),
    ];
    let done = import(&app, &acme, NDJSON, rows.map(|it| it.to_string()).join("\n")).await;
    assert_eq!(counts(&done), [7, 3, 3, 1]);
    assert_eq!(failed(&done), [(2, "/sku".to_owned(), "sku_taken".to_owned())]);
    assert_eq!(acme.get(&a).await.ok()["name"], "By its SKU");
    assert_eq!(acme.get(&b).await.ok()["name"], "Renamed");
    assert_eq!(rival.get(&theirs).await.ok()["name"], "Anvil", "A3: another's stays another's");
    assert_ne!(by_sku(&acme, "T").await["id"], id(&theirs));
    assert_ne!(by_sku(&acme, "gone").await["id"], id(&gone));
    assert_ne!(by_sku(&acme, "A").await["id"], id(&a), "the SKU was free by then");
}

#[actix_web::test]
async fn of_two_rows_of_one_product_the_later_is_right() {
    let app = app().await;
    let acme = owner(&app);
    let rows = ["First", "Second", "Third"].map(|name| product_with("A", json!({ "name": name })));
    let done = import(&app, &acme, NDJSON, rows.map(|it| it.to_string()).join("\n")).await;
    assert_eq!(counts(&done), [3, 1, 2, 0]);
    let after = by_sku(&acme, "A").await;
    assert_eq!((&after["name"], &after["version"]), (&json!("Third"), &json!(3)));
}

#[actix_web::test]
async fn a_row_finds_what_the_rows_before_it_have_done() {
    let app = app().await;
    let acme = owner(&app);
    let [a, b] = [add(&acme, product("A")).await, add(&acme, product("B")).await];
    let id = |path: &str| path.rsplit_once('/').unwrap().1.to_owned();
    let rows = [
        json!({ "id": id(&a), "sku": "C" }),
        json!({ "id": id(&b), "sku": "A" }),
        product("B"),
        json!({ "sku": "B", "name": "Only renamed" }),
        json!({ "sku": "C", "description": "Once A" }),
    ];
    let done = import(&app, &acme, NDJSON, rows.map(|it| it.to_string()).join("\n")).await;
    assert_eq!(counts(&done), [5, 1, 4, 0], "{done}");
    assert_eq!(acme.get(&a).await.ok()["description"], "Once A");
    assert_eq!(acme.get(&b).await.ok()["sku"], "A");
    assert_eq!(by_sku(&acme, "B").await["name"], "Only renamed");
}

#[actix_web::test]
async fn a_table_without_known_columns_fails_as_a_whole() {
    let app = app().await;
    let acme = owner(&app);
    for file in
        ["", "\n", "name\nAnvil\n", "sku,colour\nA,red\n", "sku;name\nA;B\n", "sku,sku\nA,A\n"]
    {
        let failed = import(&app, &acme, CSV, file).await;
        let told = (&failed["state"], &failed["failure"], counts(&failed));
        assert_eq!(told, (&json!("failed"), &json!("wrong_header"), [0; 4]), "{file}");
    }
}

/// ASVS 16.2.1: each change has its entry, by who sent the file.
#[actix_web::test]
async fn each_row_that_changes_something_is_recorded_once() {
    let app = app().await;
    let acme = owner(&app);
    let path = add(&acme, product("A")).await;
    let file = "sku,name,price_amount,price_currency\nA,New,9900,EUR\nB,Second,1,EUR\nC,,,\n";
    import(&app, &acme, CSV, file).await;
    let history = acme.get(&format!("{path}/history")).await.ok();
    let last =
        history["items"].as_array().unwrap().iter().find(|it| it["action"] == "product.updated");
    let last = last.unwrap();
    assert_eq!(last["actor"], json!({ "type": "user", "id": acme.user() }));
    let changes = json!([{ "field": "name", "before": "Anvil", "after": "New" }]);
    assert_eq!(last["changes"], changes);
    let actions = crate::rows(&app, "select action from audit_log order by id").await;
    let expected =
        ["product.created", "product_import.created", "product.updated", "product.created"];
    assert_eq!(actions, expected);
}
