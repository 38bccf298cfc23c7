//! New signing keys in place of old ones.

use auth::Begins;
use chrono::TimeDelta;
use jsonwebtoken::decode_header;
use kernel::testing::App;

use crate::{ADA, House, PASSWORD, Tokens, house, me};

const JWKS: &str = "//.well-known/jwks.json";

async fn rotate(house: &House, begins: Begins) {
    auth::rotate(&house.database.system(), begins).await.unwrap();
}

/// The ids of the published keys.
async fn published(app: &App) -> Vec<String> {
    let keys = app.stranger().get(JWKS).await.ok();
    let ids = keys["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap());
    ids.map(str::to_owned).collect()
}

/// New tokens, and the key that has signed the access token.
async fn signed(house: &House) -> (Tokens, String) {
    let tokens = Tokens::of(&house.login(ADA, PASSWORD).await.ok());
    let kid = decode_header(&tokens.access).unwrap().kid.unwrap();
    (tokens, kid)
}

/// ASVS 11.2.2, 13.3.4: two keys live during a rotation, and no token becomes bad by it.
#[actix_web::test]
async fn a_token_signed_before_a_rotation_is_good_until_it_expires() {
    let house = house().await;
    house.verified(ADA).await;
    let (old, first) = signed(&house).await;
    rotate(&house, Begins::AtOnce).await;
    let (new, second) = signed(&house).await;
    assert_ne!(first, second);
    assert_eq!(published(&house).await, [second.as_str(), first.as_str()]);
    for tokens in [&old, &new] {
        me(&house, &tokens.access).await.ok();
    }
    house.database.clock.advance(TimeDelta::seconds(900 + 60));
    me(&house, &old.access).await.problem(401, "invalid_token");
    assert_eq!(house.audited("signing_key.created").await.len(), 1);
}

/// ASVS 11.1.1: after ninety days, and a day before that it is known to everybody who verifies.
#[actix_web::test]
async fn a_key_is_published_before_it_signs_and_after_it_has_stopped() {
    let house = house().await;
    house.verified(ADA).await;
    let (_, first) = signed(&house).await;
    let pass = async |time: TimeDelta| {
        house.database.clock.advance(time);
        house.run_jobs().await;
    };
    pass(TimeDelta::days(89) - TimeDelta::seconds(1)).await;
    assert_eq!(published(&house).await, [first.as_str()]);
    pass(TimeDelta::hours(1)).await;
    let both = published(&house).await;
    assert_eq!((both.len(), &both[1]), (2, &first));
    assert_eq!(signed(&house).await.1, first, "it is only announced");

    pass(TimeDelta::hours(24)).await;
    let (token, second) = signed(&house).await;
    assert_eq!((&second, published(&house).await), (&both[0], both.clone()));
    pass(TimeDelta::hours(3)).await;
    assert_eq!(published(&house).await, [second.as_str()]);
    me(&house, &token.access).await.problem(401, "invalid_token");
    assert_eq!(signed(&house).await.1, second);
    assert_eq!(house.audited("signing_key.removed").await.len(), 1);
}

/// ASVS 13.3.4: replicas learn of a key with their next poll, long before it signs.
#[actix_web::test]
async fn another_replica_knows_a_new_key_before_it_signs() {
    let house = house().await;
    house.verified(ADA).await;
    let other = house.beside().await;
    assert_eq!(published(&other).await.len(), 1);
    rotate(&house, Begins::Announced).await;
    other.database.poll_invalidations().await.unwrap();
    let known = published(&other).await;
    assert_eq!(known.len(), 2);
    house.database.clock.advance(TimeDelta::hours(24));
    let (tokens, kid) = signed(&house).await;
    assert_eq!(kid, known[0]);
    me(&other, &tokens.access).await.ok();
}

/// A7: a key that somebody else may have is worth nothing, also where a token of it is remembered.
#[actix_web::test]
async fn no_token_of_a_revoked_key_is_good_on_any_replica() {
    let house = house().await;
    house.verified(ADA).await;
    let other = house.beside().await;
    let (tokens, kid) = signed(&house).await;
    for app in [&house.app, &other] {
        me(app, &tokens.access).await.ok();
    }
    let door = house.database.system();
    assert!(auth::revoke(&door, &kid).await.unwrap());
    assert!(!auth::revoke(&door, &kid).await.unwrap(), "once");
    assert!(!auth::revoke(&door, "no key").await.unwrap());
    other.database.poll_invalidations().await.unwrap();
    for app in [&house.app, &other] {
        me(app, &tokens.access).await.problem(401, "invalid_token");
    }
    let (fresh, next) = signed(&house).await;
    assert_ne!(kid, next);
    me(&house, &fresh.access).await.ok();
    let told = auth::keys(door.view()).await.unwrap();
    assert_eq!(told.iter().map(|it| it.does).collect::<Vec<_>>(), ["signing"]);
}
