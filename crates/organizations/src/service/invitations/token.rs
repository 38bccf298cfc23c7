//! Tokens of invitations: 256 random bits that are only in the mail (ASVS 6.4.1, A14).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

/// A new token.
pub fn make() -> String {
    URL_SAFE_NO_PAD.encode(kernel::random::<32>())
}

/// What is kept of a token.
pub fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token).to_vec()
}
