//! What many have chosen is nobody's password here (ASVS 6.2.4, 6.2.12).

use serde_json::json;

use crate::{House, house, house_with};

/// The three thousand most common of eight characters or more, and of fifteen or more, as
/// `scripts/common-passwords` wrote them.
const SHORT: &str = include_str!("common/short.txt");
const LONG: &str = include_str!("common/long.txt");

async fn refuses_all(house: &House, corpus: &str) {
    let mut tried = 0;
    for password in corpus.lines() {
        let body = json!({ "email": "new@example.com", "password": password, "name": "New" });
        let problem = house.stranger().post("/api/v1/auth/register", body).await;
        let problem = problem.problem(422, "validation_failed");
        assert_eq!(problem["errors"][0]["code"], "common", "{password}: {problem}");
        tried += 1;
    }
    assert_eq!(tried, 3000);
}

#[actix_web::test]
async fn the_three_thousand_most_common_passwords_are_refused() {
    refuses_all(&house().await, LONG).await;
}

#[actix_web::test]
async fn so_are_those_that_only_a_lower_minimum_lets_through() {
    refuses_all(&house_with(&[("AUTH_PASSWORD_MIN_LENGTH", "8")]).await, SHORT).await;
}

/// ASVS 6.1.2, 6.2.11: an operator's own words.
#[actix_web::test]
async fn an_operator_adds_words_that_make_no_password() {
    let house = house().await;
    let root = house.administrator().await;
    let words = json!({ "auth.password_words": ["Analytical Engines", "Lovelace"] });
    house.bearer(&root.access).patch("/api/v1/settings", words).await.ok();
    let code = async |password: &str| {
        let body = json!({ "email": "new@example.com", "password": password, "name": "New" });
        house.stranger().post("/api/v1/auth/register", body).await
    };
    let refused = code("analytical engines 1").await.problem(422, "validation_failed");
    assert_eq!(refused["errors"][0]["code"], "context_word");
    code("Groundwork-2026!").await.accepted();
    code("lovelace met babbage in 1833").await.accepted();
}
