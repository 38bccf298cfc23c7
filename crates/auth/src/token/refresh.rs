//! Refresh tokens: nothing of them is stored. One is session, generation and a MAC over both with
//! the session's nonce, so each generation has one token that can be made again (A2).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use kernel::{Keyring, SessionId};
use uuid::Uuid;

use crate::models::session::Session;

const PURPOSE: &str = "auth.refresh_token";

/// A refresh token as it came: what it claims, and the MAC that may prove it.
pub struct Claimed {
    /// The session it claims to be of.
    pub session: SessionId,
    /// Its generation.
    pub generation: i64,
    mac: [u8; 32],
}

/// The one token of a session's generation.
pub fn write(keyring: &Keyring, session: &Session, generation: i64) -> String {
    let mac = keyring.mac(PURPOSE, &parts(session, &generation.to_be_bytes()));
    let id = session.id.0.as_bytes().as_slice();
    URL_SAFE_NO_PAD.encode([id, &generation.to_be_bytes(), &mac].concat())
}

impl Claimed {
    /// Reads a token's shape, which proves nothing yet.
    pub fn read(token: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (id, rest) = bytes.split_first_chunk::<16>()?;
        let (generation, mac) = rest.split_first_chunk::<8>()?;
        Some(Self {
            session: Uuid::from_bytes(*id).into(),
            generation: i64::from_be_bytes(*generation),
            mac: mac.try_into().ok()?,
        })
    }

    /// Whether we have made it, for this session.
    pub fn is_of(&self, keyring: &Keyring, session: &Session) -> bool {
        let generation = self.generation.to_be_bytes();
        keyring.is_mac(PURPOSE, &parts(session, &generation), &self.mac)
    }
}

fn parts<'a>(session: &'a Session, generation: &'a [u8]) -> [&'a [u8]; 3] {
    [&session.nonce, session.id.0.as_bytes(), generation]
}
