//! An account that an administrator disables.

use kernel::{Tx, UserId};
use serde_json::json;

use crate::{ADA, House, PASSWORD, Tokens, house, me, refresh};

/// An administrator's tokens, and the id of Ada's account, who is signed in with these.
pub async fn administered(house: &House) -> (Tokens, UserId, Tokens) {
    let (root, ada) = (house.signed_in("root@example.com").await, house.signed_in(ADA).await);
    let id = async |tokens: &Tokens| -> UserId {
        me(house, &tokens.access).await.ok()["id"].as_str().unwrap().parse().unwrap()
    };
    let (administrator, user) = (id(&root).await, id(&ada).await);
    let make = async |tx: &Tx| roles::make_administrator(tx, administrator).await;
    house.database.system().run(make).await.unwrap();
    (root, user, ada)
}

pub async fn say(house: &House, by: &Tokens, user: UserId, what: &str) -> kernel::testing::Answer {
    let body = if what == "disable" { json!({ "reason": "Left the company" }) } else { json!({}) };
    house.bearer(&by.access).post(&format!("/api/v1/users/{user}/{what}"), body).await
}

/// ASVS 7.4.2, 7.4.5: every session ends at once, and no new one begins.
#[actix_web::test]
async fn a_disabled_account_is_signed_out_everywhere_until_it_is_enabled() {
    let house = house().await;
    let (root, ada, phone) = administered(&house).await;
    let laptop = Tokens::of(&house.login(ADA, PASSWORD).await.ok());
    me(&house, &laptop.access).await.ok();
    say(&house, &root, ada, "disable").await.ok();
    for tokens in [&phone, &laptop] {
        me(&house, &tokens.access).await.problem(401, "invalid_token");
        refresh(&house, &tokens.refresh).await.problem(401, "invalid_token");
    }
    house.login(ADA, PASSWORD).await.problem(403, "account_disabled");
    let ended = house.audited("session.ended").await;
    assert_eq!(ended.len(), 2);
    assert!(ended.iter().all(|it| it.1 == "user" && it.2["reason"] == "account_disabled"));

    say(&house, &root, ada, "enable").await.ok();
    house.login(ADA, PASSWORD).await.ok();
    me(&house, &phone.access).await.problem(401, "invalid_token");
}

/// ASVS 7.4.1, A13.
#[actix_web::test]
async fn a_disabled_accounts_tokens_are_over_on_the_other_replica_with_its_next_poll() {
    let house = house().await;
    let other = house.beside().await;
    let (root, ada, tokens) = administered(&house).await;
    other.database.poll_invalidations().await.unwrap();
    me(&other, &tokens.access).await.ok();
    say(&house, &root, ada, "disable").await.ok();
    other.database.poll_invalidations().await.unwrap();
    me(&other, &tokens.access).await.problem(401, "invalid_token");
}

/// Whoever signs in while they are disabled is signed out, or never in.
#[actix_web::test]
async fn a_sign_in_that_races_the_disabling_leaves_no_live_token() {
    let house = house().await;
    let (root, ada, _) = administered(&house).await;
    for _ in 0..4 {
        let (login, disabled) =
            tokio::join!(house.login(ADA, PASSWORD), say(&house, &root, ada, "disable"));
        disabled.ok();
        if login.status == 200 {
            let tokens = Tokens::of(&login.body);
            me(&house, &tokens.access).await.problem(401, "invalid_token");
        } else {
            login.problem(403, "account_disabled");
        }
        say(&house, &root, ada, "enable").await.ok();
    }
}
