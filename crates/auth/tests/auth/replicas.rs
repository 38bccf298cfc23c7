//! Two processes on one database: what ends on one ends on the other.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use kernel::testing::App;
use uuid::Uuid;

use crate::{ADA, Tokens, hex, house, logout, me, refresh};

async fn poll(app: &App) {
    app.database.poll_invalidations().await.unwrap();
}

/// ASVS 7.4.1, A13.
#[actix_web::test]
async fn a_session_ended_on_one_replica_is_over_on_the_other_with_its_next_poll() {
    let house = house().await;
    let other = house.beside().await;
    let tokens = house.signed_in(ADA).await;
    poll(&other).await;
    me(&other, &tokens.access).await.ok();

    logout(&house, &tokens.access).await.no_content();
    poll(&other).await;
    me(&other, &tokens.access).await.problem(401, "invalid_token");
    refresh(&other, &tokens.refresh).await.problem(401, "invalid_token");
}

#[actix_web::test]
async fn a_session_refreshed_on_one_replica_goes_on_on_the_other() {
    let house = house().await;
    let other = house.beside().await;
    let first = house.signed_in(ADA).await;
    me(&other, &first.access).await.ok();
    let second = Tokens::of(&refresh(&other, &first.refresh).await.ok());
    let third = Tokens::of(&refresh(&house, &second.refresh).await.ok());
    me(&other, &third.access).await.ok();
}

/// ASVS 11.1.1: a key that is newer than this replica's start is looked for.
#[actix_web::test]
async fn a_token_signed_with_a_key_that_is_newer_than_this_replica_is_good_here() {
    let house = house().await;
    let old = house.signed_in(ADA).await;
    let (id, pair) = (Uuid::max(), Ed25519KeyPair::generate().unwrap());
    let secret = pair.to_pkcs8v1().unwrap();
    let sealed = house.database.keyring.seal("auth.signing_key", id.as_bytes(), secret.as_ref());
    let blob = |bytes: &[u8]| match house.database.config.file() {
        Some(_) => format!("X'{}'", hex(bytes)),
        None => format!("'\\x{}'", hex(bytes)),
    };
    let id = if house.database.config.file().is_some() {
        blob(id.as_bytes())
    } else {
        format!("'{id}'")
    };
    let (sealed, public) = (blob(&sealed), blob(pair.public_key().as_ref()));
    let columns = "id, secret, public, created_at";
    house.sql(&format!("insert into signing_keys ({columns}) select {id}, {sealed}, {public}, created_at from signing_keys")).await;

    let newer = house.beside().await;
    let new = Tokens::of(&refresh(&newer, &old.refresh).await.ok());
    let kid = |token: &str| jsonwebtoken::decode_header(token).unwrap().kid.unwrap();
    assert_eq!(kid(&new.access), Uuid::max().to_string());
    for app in [&newer, &house.app] {
        me(app, &new.access).await.ok();
        me(app, &old.access).await.ok();
    }
}
