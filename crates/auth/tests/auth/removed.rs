//! Accounts that administrators delete and restore, and that are erased in the end.

use chrono::TimeDelta;
use kernel::{Tx, UserId, testing::Answer};
use serde_json::json;

use crate::{
    ADA, House, PASSWORD, Tokens,
    disable::{administered, say},
    house, me, refresh,
};

async fn delete(house: &House, by: &Tokens, user: UserId) -> Answer {
    house.bearer(&by.access).delete(&format!("/api/v1/users/{user}")).await
}

/// ASVS 7.4.2, A13: hidden at once, everywhere; and back with the password it had, but with no session.
#[actix_web::test]
async fn who_is_deleted_by_an_administrator_is_out_at_once_and_back_when_restored() {
    let house = house().await;
    let other = house.beside().await;
    let (root, ada, tokens) = administered(&house).await;
    me(&other, &tokens.access).await.ok();
    delete(&house, &root, ada).await.no_content();
    other.database.poll_invalidations().await.unwrap();
    for app in [&house.app, &other] {
        me(app, &tokens.access).await.problem(401, "invalid_token");
        refresh(app, &tokens.refresh).await.problem(401, "invalid_token");
    }
    house.login(ADA, PASSWORD).await.problem(401, "invalid_credentials");
    house.run_jobs().await;
    assert_eq!(house.subjects(ADA).last().unwrap(), "Your account has been deleted");
    delete(&house, &root, ada).await.problem(404, "not_found");

    say(&house, &root, ada, "restore").await.ok();
    me(&house, &tokens.access).await.problem(401, "invalid_token");
    let again = Tokens::of(&house.login(ADA, PASSWORD).await.ok());
    me(&house, &again.access).await.ok();
}

/// ASVS 8.2.1: who may write accounts deletes neither their own nor one that may do more than they.
#[actix_web::test]
async fn nobody_deletes_an_account_that_may_do_more_or_the_last_administrators() {
    let house = house().await;
    let (root, ada, clerk) = administered(&house).await;
    let administrator: UserId =
        me(&house, &root.access).await.ok()["id"].as_str().unwrap().parse().unwrap();
    delete(&house, &root, administrator).await.problem(409, "own_account");
    delete(&house, &clerk, administrator).await.problem(403, "permission_denied");
    let role =
        json!({ "key": "clerk", "name": "Clerk", "permissions": ["users:read", "users:write"] });
    let made = house.bearer(&root.access).post("/api/v1/roles", role).await.created();
    let give = format!("/api/v1/users/{ada}/roles/{}", made["id"].as_str().unwrap());
    house.bearer(&root.access).send("PUT".parse().unwrap(), &give, "").await.no_content();
    assert_eq!(delete(&house, &clerk, administrator).await.status, 403);
    me(&house, &root.access).await.ok();

    let make = async |tx: &Tx| roles::make_administrator(tx, ada).await;
    house.database.system().run(make).await.unwrap();
    delete(&house, &clerk, administrator).await.no_content();
    house.bearer(&clerk.access).delete("/api/v1/users/me").await.problem(409, "last_administrator");
}

/// ASVS 14.2.7: thirty days later nothing is left of how they signed in, and their address is free.
#[actix_web::test]
async fn nothing_is_left_of_an_erased_account() {
    let house = house().await;
    let tokens = house.signed_in(ADA).await;
    house.bearer(&tokens.access).delete("/api/v1/users/me").await.no_content();
    assert_eq!(house.count("select count(*) from passwords").await, 1);
    house.database.clock.advance(TimeDelta::days(30));
    house.run_jobs().await;
    for table in ["users", "passwords", "sessions", "mailed_links", "recipients", "user_words"] {
        assert_eq!(house.count(&format!("select count(*) from {table}")).await, 0, "{table}");
    }
    assert_eq!(house.audited("user.erased").await.len(), 1);
    house.verified(ADA).await;
}

/// An account that was disabled until a time signs in from then on, before any job has noted it.
#[actix_web::test]
async fn who_is_disabled_until_a_time_signs_in_from_then_on() {
    let house = house().await;
    let (root, ada, _) = administered(&house).await;
    let until = house.database.system().view().now() + TimeDelta::minutes(5);
    let why = json!({ "reason": "A pause", "until": until });
    let path = format!("/api/v1/users/{ada}/disable");
    house.bearer(&root.access).post(&path, why).await.ok();
    house.login(ADA, PASSWORD).await.problem(403, "account_disabled");
    house.database.clock.advance(TimeDelta::minutes(5));
    house.login(ADA, PASSWORD).await.ok();
}
