//! Money over the wire.

use actix_web::http::Method;
use serde_json::json;

use crate::{add, app, faults, owner, product};

/// Issue 5: floats, exponents, negative and too large amounts are refused with a clear pointer.
#[actix_web::test]
async fn an_amount_is_a_whole_number_of_minor_units() {
    let app = app().await;
    let acme = owner(&app);
    let send = async |number: usize, amount: &str| {
        let price = format!(r#"{{"amount":{amount},"currency":"EUR"}}"#);
        let body = format!(r#"{{"sku":"A-{number}","name":"Anvil","price":{price}}}"#);
        acme.send(Method::POST, "/products", body).await
    };
    for (number, amount) in ["0", "1", "1999", "1000000000000000"].iter().enumerate() {
        let created = send(number, amount).await.created();
        assert_eq!(created["price"]["amount"].to_string(), *amount);
    }
    for (amount, code) in [
        ("-1", "range"),
        ("1000000000000001", "range"),
        ("9223372036854775808", "range"),
        ("18446744073709551616", "type"),
        ("19.0", "type"),
        ("19.99", "type"),
        ("1e3", "type"),
        ("1E0", "type"),
        ("-0.0", "type"),
        ("\"1999\"", "type"),
        ("null", "type"),
        ("[1]", "type"),
    ] {
        let refused = send(99, amount).await;
        assert!(!refused.text.contains(&format!("`{amount}`")), "{}", refused.text);
        assert_eq!(faults(refused), [("/price/amount".into(), code.into())], "{amount}");
    }
    let told = send(99, "19.99").await.problem(422, "validation_failed");
    let message = told["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("whole number of minor units"), "{message}");
}

#[actix_web::test]
async fn a_price_is_in_a_currency_that_one_can_pay_with() {
    let app = app().await;
    let acme = owner(&app);
    let path = add(&acme, product("A-1")).await;
    for currency in ["XXX", "XTS", "XAU", "eur", "EURO", "", "ZZZ"] {
        let patch = json!({ "price": { "currency": currency } });
        let refused = acme.patch(&path, patch).await;
        assert_eq!(faults(refused), [("/price/currency".into(), "currency".into())], "{currency}");
    }
    let yen = acme.patch(&path, json!({ "price": { "currency": "JPY" } })).await.ok();
    assert_eq!(yen["price"], json!({ "amount": 9900, "currency": "JPY" }));
}
