//! The published keys verify our tokens without us (RFC 7517, RFC 8037).

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde_json::Value;

use crate::{ADA, house};

const JWKS: &str = "//.well-known/jwks.json";

#[actix_web::test]
async fn a_published_key_verifies_a_token() {
    let house = house().await;
    let tokens = house.signed_in(ADA).await;
    let answer = house.stranger().get(JWKS).await;
    assert_eq!(answer.header("cache-control"), "public, max-age=300");
    let keys = answer.ok();
    let kid = decode_header(&tokens.access).unwrap().kid.unwrap();
    let key = keys["keys"].as_array().unwrap().iter().find(|key| key["kid"] == kid).unwrap();
    for (name, value) in [("kty", "OKP"), ("crv", "Ed25519"), ("alg", "EdDSA"), ("use", "sig")] {
        assert_eq!(key[name], value, "{key}");
    }
    assert!(key.get("d").is_none(), "nothing secret is published");

    let mut rules = Validation::new(Algorithm::EdDSA);
    rules.set_audience(&[crate::PUBLIC]);
    rules.set_issuer(&[crate::PUBLIC]);
    rules.validate_exp = false; // the house's clock stands still
    let x = DecodingKey::from_ed_components(key["x"].as_str().unwrap()).unwrap();
    let claims = decode::<Value>(&tokens.access, &x, &rules).unwrap().claims;
    assert_eq!(claims["sub"], crate::me(&house, &tokens.access).await.ok()["id"]);
}

/// ASVS 11.6.1, 13.3.1: at rest the secret half is sealed.
#[actix_web::test]
async fn the_key_is_kept_sealed_and_is_the_same_after_a_restart() {
    let house = house().await;
    let tokens = house.signed_in(ADA).await;
    let forge = crate::forge::Forge::new(&house, &tokens).await;
    assert_eq!(forge.public().len(), 32);
    let restarted = house.beside().await;
    let (now, then) = (restarted.stranger().get(JWKS).await, house.stranger().get(JWKS).await);
    assert_eq!(now.ok(), then.ok());
}
