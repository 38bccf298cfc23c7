//! Access tokens: nothing but what we have signed, for here, for now (A7, ASVS 9).

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::{
    ADA, House, Tokens,
    forge::{Forge, merged, unsigned},
    house, me,
};

async fn forge() -> (House, Tokens, Forge) {
    let house = house().await;
    let tokens = house.signed_in(ADA).await;
    let forge = Forge::new(&house, &tokens).await;
    (house, tokens, forge)
}

async fn refused(house: &House, token: &str) {
    let refusal = me(house, token).await;
    assert!(refusal.header("www-authenticate").starts_with("Bearer"), "{}", refusal.text);
    refusal.problem(401, "invalid_token");
}

/// ASVS 9.2, RFC 9068: what a good token says.
#[actix_web::test]
async fn a_token_says_what_it_is_for_and_from_when_to_when() {
    let (house, tokens, forge) = forge().await;
    me(&house, &tokens.access).await.ok();
    assert_eq!((&forge.header["typ"], &forge.header["alg"]), (&"at+jwt".into(), &"EdDSA".into()));
    let claims = &forge.claims;
    for (name, value) in [("iss", crate::PUBLIC), ("aud", crate::PUBLIC)] {
        assert_eq!(claims[name], value, "{claims}");
    }
    for name in ["sub", "client_id", "sid", "jti", "iat", "auth_time"] {
        assert!(!claims[name].is_null(), "{name} in {claims}");
    }
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 900);
    // What the forge signs is as good as the original: what is refused below is not its fault.
    me(&house, &forge.claiming(&json!({}))).await.ok();
    me(&house, &forge.headed(&json!({ "typ": "AT+JWT" }))).await.ok();
}

/// ASVS 9.1.1, 9.1.2 (A7).
#[actix_web::test]
async fn no_other_algorithm_is_taken() {
    let (house, _, forge) = forge().await;
    for alg in ["none", "None", "NONE", "nOnE", "", "HS256", "RS256", "ES256", "eddsa"] {
        let header = merged(&forge.header, &json!({ "alg": alg }));
        let text = unsigned(&header, &forge.claims);
        refused(&house, &format!("{text}.")).await;
        refused(&house, &text).await;
        refused(&house, &forge.signed(&header, &forge.claims)).await;
    }
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{:?}\n", forge.public());
    for key in [forge.public(), b"", pem.as_bytes(), b"secret"] {
        refused(&house, &forge.hmac(key)).await;
    }
}

/// ASVS 9.1.3 (A7): and nobody is asked for a key, wherever the token says it is.
#[actix_web::test]
async fn no_token_names_its_own_key() {
    let (house, _, forge) = forge().await;
    let canary = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    canary.set_nonblocking(true).unwrap();
    let elsewhere = format!("http://{}/jwks.json", canary.local_addr().unwrap());
    let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" });
    for patch in [
        json!({}),
        json!({ "jwk": jwk }),
        json!({ "jku": elsewhere }),
        json!({ "x5u": elsewhere }),
        json!({ "kid": elsewhere, "jku": elsewhere, "x5u": elsewhere }),
        json!({ "crit": ["exp"], "exp": 1 }),
        json!({ "x5c": ["MIIB"] }),
        json!({ "kid": null, "jwk": jwk }),
    ] {
        refused(&house, &forge.foreign(&patch)).await;
    }
    let unknown = uuid::Uuid::nil().to_string();
    for kid in ["", "0", "../../dev/null", "' or 1=1 --", "\u{0}", unknown.as_str()] {
        refused(&house, &forge.headed(&json!({ "kid": kid }))).await;
    }
    for kid in [json!(null), json!(1), json!([]), json!({})] {
        refused(&house, &forge.headed(&json!({ "kid": kid }))).await;
    }
    let nobody = canary.accept().map(drop).map_err(|it| it.kind());
    assert_eq!(nobody, Err(std::io::ErrorKind::WouldBlock));
}

/// ASVS 9.2.2–9.2.4, 10.3.1 (A7, A8).
#[actix_web::test]
async fn a_token_of_another_kind_or_for_another_place_is_refused() {
    let (house, _, forge) = forge().await;
    for typ in [json!(null), json!("JWT"), json!(""), json!("application/at+jwt"), json!(1)] {
        refused(&house, &forge.headed(&json!({ "typ": typ }))).await;
    }
    let here = crate::PUBLIC;
    for place in
        [json!(null), json!(""), json!("https://evil.test"), json!(format!("{here}/")), json!(1)]
    {
        refused(&house, &forge.claiming(&json!({ "aud": place }))).await;
        refused(&house, &forge.claiming(&json!({ "iss": place }))).await;
    }
    refused(&house, &forge.claiming(&json!({ "aud": [here, "https://evil.test"] }))).await;
    refused(&house, &forge.claiming(&json!({ "sub": uuid::Uuid::nil() }))).await;
    refused(&house, &forge.claiming(&json!({ "sid": uuid::Uuid::nil() }))).await;
    for name in ["sub", "sid", "jti", "client_id", "auth_time", "iat"] {
        refused(&house, &forge.claiming(&json!({ name: null }))).await;
    }
}

/// ASVS 9.2.1 (A7): no time that is not a time (CVE-2026-25537).
#[actix_web::test]
async fn a_token_without_a_sound_expiry_is_refused() {
    let (house, _, forge) = forge().await;
    let now = forge.claims["iat"].as_i64().unwrap();
    let odd = [
        json!(null),
        json!("4102444800"),
        json!(-1),
        json!(0),
        json!(1e20),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(true),
        json!([now + 900]),
        json!({}),
        json!(4_102_444_800.5),
    ];
    for exp in odd {
        refused(&house, &forge.claiming(&json!({ "exp": exp }))).await;
    }
    for iat in [json!(now + 61), json!(i64::MAX), json!("0"), json!(1e20)] {
        refused(&house, &forge.claiming(&json!({ "iat": iat }))).await;
    }
    me(&house, &forge.claiming(&json!({ "iat": now + 60 }))).await.ok();
}

/// ASVS 9.2.1, RFC 8725: a minute's leeway and no more; being remembered makes no token last longer.
#[actix_web::test]
async fn a_token_expires_also_where_it_is_remembered() {
    let (house, tokens, forge) = forge().await;
    me(&house, &tokens.access).await.ok();
    house.database.clock.advance(TimeDelta::seconds(900 + 59));
    me(&house, &tokens.access).await.ok();
    house.database.clock.advance(TimeDelta::seconds(1));
    refused(&house, &tokens.access).await;
    refused(&house, &forge.claiming(&json!({ "jti": uuid::Uuid::nil() }))).await;
    crate::refresh(&house, &tokens.refresh).await.ok();
}

/// ASVS 7.2.1, 9.1.1.
#[actix_web::test]
async fn a_token_with_one_other_character_is_refused() {
    let (house, tokens, _) = forge().await;
    let token = tokens.access.as_str();
    for at in 0..token.len() {
        let other = if &token[at..=at] == "A" { "B" } else { "A" };
        refused(&house, &format!("{}{other}{}", &token[..at], &token[at + 1..])).await;
    }
    refused(&house, &format!("{token}.")).await;
    refused(&house, &format!("{token}A")).await;
    me(&house, token).await.ok();
}

/// A25: whatever stands where a token should.
#[actix_web::test]
async fn what_is_no_token_at_all_is_refused_in_the_same_words() {
    let (house, tokens, forge) = forge().await;
    let million = "a".repeat(1 << 20);
    let deep = format!("{}.e30.AA", base64_of(&"[".repeat(5000)));
    let padded = forge.claiming(&json!({ "padding": "a".repeat(4000) }));
    let dots = format!("{million}.{million}.{million}");
    for token in [
        "",
        " ",
        ".",
        "..",
        "...",
        "a.b.c",
        "e30.e30.e30",
        "Bearer",
        &million,
        &dots,
        &deep,
        &padded,
    ] {
        refused(&house, token).await;
    }
    for header in ["", "Bearer", "Basic YTpi", "Bearer\t", "bearer a b", tokens.access.as_str()] {
        let asks = house.stranger().with("authorization", header);
        asks.get("/api/v1/users/me").await.problem(401, "invalid_token");
    }
    let good = format!("Bearer {}", tokens.access);
    let twice = house.stranger().with("authorization", &good).with("authorization", &good);
    twice.get("/api/v1/users/me").await.problem(401, "invalid_token");
    me(&house, &tokens.access).await.ok();
}

/// Made-up key ids are no way to keep the database busy.
#[actix_web::test]
async fn unknown_keys_are_looked_for_once_in_a_while() {
    let (house, _, forge) = forge().await;
    let before = house.database.statements();
    for n in 0..50 {
        refused(&house, &forge.headed(&json!({ "kid": format!("made up {n}") }))).await;
    }
    let cost = house.database.statements() - before;
    // Ten refusals of strangers are recorded in a minute, each in a transaction.
    assert!(cost <= 2 + 10 * 3, "{cost}");
}

/// A bad token is refused also where nobody need be signed in: it is somebody's mistake.
#[actix_web::test]
async fn a_bad_token_is_refused_also_where_none_is_needed() {
    let (house, _, _) = forge().await;
    let body: Value = json!({ "email": ADA, "password": "x" });
    house.bearer("x").post("/api/v1/auth/login", body).await.problem(401, "invalid_token");
}

fn base64_of(text: &str) -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text)
}
