//! Changing one's password (ASVS 6.2.2, 6.2.3, 6.3.7, 7.4.3).

use chrono::TimeDelta;
use kernel::testing::Answer;
use serde_json::json;

use crate::{ADA, House, PASSWORD, Tokens, house, me, refresh};

const NEW: &str = "staple battery horse correct";

async fn change(house: &House, tokens: &Tokens, current: &str, new: &str) -> Answer {
    let body = json!({ "current_password": current, "new_password": new });
    house.bearer(&tokens.access).post("/api/v1/auth/password/change", body).await
}

/// A13.
#[actix_web::test]
async fn the_new_one_counts_the_other_sessions_end_and_the_owner_is_told() {
    let house = house().await;
    let (own, other) =
        (house.signed_in(ADA).await, Tokens::of(&house.login(ADA, PASSWORD).await.ok()));
    house.stranger().post("/api/v1/auth/password/forgot", json!({ "email": ADA })).await.accepted();
    let link = house.mailed(ADA).await.token().to_owned();
    change(&house, &own, PASSWORD, NEW).await.no_content();

    me(&house, &own.access).await.ok();
    refresh(&house, &own.refresh).await.ok();
    me(&house, &other.access).await.problem(401, "invalid_token");
    refresh(&house, &other.refresh).await.problem(401, "invalid_token");
    house.login(ADA, PASSWORD).await.problem(401, "invalid_credentials");
    house.login(ADA, NEW).await.ok();
    let reset = json!({ "token": link, "new_password": PASSWORD });
    house.stranger().post("/api/v1/auth/password/reset", reset).await.problem(410, "link_expired");
    assert_eq!(house.mailed(ADA).await.subject, "Your password has been changed");
    assert_eq!(house.audited("password.changed").await.len(), 1);
}

/// ASVS 6.2.3: the current one is asked for, and guessing it is on record.
#[actix_web::test]
async fn it_takes_the_current_one() {
    let house = house().await;
    let tokens = house.signed_in(ADA).await;
    change(&house, &tokens, "not the password", NEW).await.problem(403, "wrong_password");
    house.login(ADA, PASSWORD).await.ok();
    assert_eq!(house.audited("session.refused").await.len(), 1);
    let body = json!({ "new_password": NEW });
    let path = "/api/v1/auth/password/change";
    house.bearer(&tokens.access).post(path, body).await.problem(422, "validation_failed");
    house.stranger().post(path, json!({})).await.problem(401, "not_authenticated");
}

/// ASVS 7.5.1.
#[actix_web::test]
async fn it_takes_a_recent_sign_in() {
    let house = house().await;
    let tokens = house.signed_in(ADA).await;
    house.database.clock.advance(TimeDelta::minutes(10) + TimeDelta::seconds(1));
    change(&house, &tokens, PASSWORD, NEW).await.problem(403, "reauthentication_required");
}

/// ASVS 6.2.1, 6.2.11, 6.2.12: the new one is held to the rules, at its own place.
#[actix_web::test]
async fn the_new_one_is_held_to_the_rules() {
    let house = house().await;
    let tokens = house.signed_in(ADA).await;
    for (new, code) in [
        ("too short", "length"),
        ("passwordpassword", "common"),
        ("ada@example.com", "own_name"),
        ("Groundwork-2026!", "context_word"),
    ] {
        let problem =
            change(&house, &tokens, PASSWORD, new).await.problem(422, "validation_failed");
        assert_eq!(problem["errors"][0]["pointer"], "/new_password", "{problem}");
        assert_eq!(problem["errors"][0]["code"], code, "{problem}");
    }
    house.login(ADA, PASSWORD).await.ok();
}
