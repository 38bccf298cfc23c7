//! Tokens that whoever holds them is known by: 256 random bits that are told once, in a mail or an
//! answer, and of which we keep the hash (ASVS 6.4.1, 7.2.3).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

use crate::id::random;

/// A new token, 43 characters of base64url.
pub fn make() -> String {
    URL_SAFE_NO_PAD.encode(random::<32>())
}

/// What is kept of a token: its SHA-256.
pub fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token).to_vec()
}
