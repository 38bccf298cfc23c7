//! Tokens as an attacker makes them, and as we make them: header, claims and signature apart.

use aws_lc_rs::{
    hmac,
    signature::{Ed25519KeyPair, KeyPair},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{House, Tokens};

/// Our own signing key, which no attacker has, and a good token's parts.
pub struct Forge {
    pub header: Value,
    pub claims: Value,
    pair: Ed25519KeyPair,
}

impl Forge {
    pub async fn new(house: &House, tokens: &Tokens) -> Self {
        let rows = house.rows("select id, secret from signing_keys").await;
        let id: Uuid = rows[0].try_get_by_index(0).unwrap();
        let sealed: Vec<u8> = rows[0].try_get_by_index(1).unwrap();
        let keyring = &house.database.keyring;
        let secret = keyring.open("auth.signing_key", id.as_bytes(), &sealed).unwrap();
        let mut parts = tokens.access.split('.').map(part);
        let (header, claims) = (parts.next().unwrap(), parts.next().unwrap());
        Self { header, claims, pair: Ed25519KeyPair::from_pkcs8(&secret).unwrap() }
    }

    pub fn public(&self) -> &[u8] {
        self.pair.public_key().as_ref()
    }

    /// Signed with our own key, whatever it says.
    pub fn signed(&self, header: &Value, claims: &Value) -> String {
        let text = unsigned(header, claims);
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(self.pair.sign(text.as_bytes())))
    }

    /// The good token with other claims: `null` takes one away.
    pub fn claiming(&self, patch: &Value) -> String {
        self.signed(&self.header, &merged(&self.claims, patch))
    }

    /// The good token with other headers, signed with our own key.
    pub fn headed(&self, patch: &Value) -> String {
        self.signed(&merged(&self.header, patch), &self.claims)
    }

    /// The good claims, authenticated with HMAC under `key`.
    pub fn hmac(&self, key: &[u8]) -> String {
        let text = unsigned(&merged(&self.header, &json!({ "alg": "HS256" })), &self.claims);
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes());
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(tag))
    }

    /// Signed with a key of the attacker's own.
    pub fn foreign(&self, patch: &Value) -> String {
        let pair = Ed25519KeyPair::generate().unwrap();
        let text = unsigned(&merged(&self.header, patch), &self.claims);
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(pair.sign(text.as_bytes())))
    }
}

pub fn unsigned(header: &Value, claims: &Value) -> String {
    let part = |it: &Value| URL_SAFE_NO_PAD.encode(it.to_string());
    format!("{}.{}", part(header), part(claims))
}

pub fn merged(value: &Value, patch: &Value) -> Value {
    let mut merged = value.as_object().unwrap().clone();
    for (name, value) in patch.as_object().unwrap().clone() {
        if value.is_null() {
            merged.remove(&name);
        } else {
            merged.insert(name, value);
        }
    }
    Value::Object(merged)
}

fn part(text: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).unwrap_or_default()).unwrap_or_default()
}
