//! The root secrets, and what is derived from them: sealed data at rest and MACs.
//!
//! Every use names its purpose, and each purpose has a key of its own, so that what was sealed or
//! authenticated for one can never pass for another.

use std::{collections::BTreeSet, fmt, sync::Arc};

use base64::{Engine, engine::general_purpose::STANDARD};
use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use subtle::{Choice, ConstantTimeEq};

use crate::id::random;

const NONCE: usize = 24;

/// The root secrets of `SECRET_KEYS`; the first is current, the others still open what they sealed.
#[derive(Clone)]
pub struct Keyring(Arc<[Root]>);

struct Root {
    id: String,
    secret: [u8; 32],
}

/// What was sealed cannot be opened: altered, foreign, or its key is gone.
#[derive(Debug, thiserror::Error)]
#[error("sealed data cannot be opened")]
pub struct Unopenable;

impl Keyring {
    /// Reads `id:key,…`; a key is 32 bytes in base64, an id up to 32 letters, digits, `-` and `_`.
    ///
    /// The error says which part is wrong, never what it holds.
    pub fn parse(text: &str) -> Result<Self, String> {
        let roots = text.split(',').map(str::trim).enumerate().map(root);
        let roots: Vec<Root> = roots.collect::<Result<_, _>>()?;
        let ids: BTreeSet<&str> = roots.iter().map(|root| root.id.as_str()).collect();
        if ids.len() < roots.len() {
            return Err("two keys share one id".into());
        }
        Ok(Self(roots.into()))
    }

    /// The text of a new keyring with one random key.
    pub fn generate() -> String {
        format!("k1:{}", STANDARD.encode(random::<32>()))
    }

    /// Encrypts and authenticates (XChaCha20-Poly1305 with a random nonce, ASVS 11.3.3), bound to
    /// `context`: what is opened in another row's place does not open.
    pub fn seal(&self, purpose: &str, context: &[u8], plain: &[u8]) -> Vec<u8> {
        let root = self.current();
        let nonce = random::<NONCE>();
        let sealed = encrypt(&derive(root, purpose), nonce, context, plain);
        let id = root.id.as_bytes();
        let length = u8::try_from(id.len()).unwrap_or(u8::MAX);
        [&[length], id, &nonce, sealed.as_slice()].concat()
    }

    /// The name of the key that seals now; it is no secret.
    pub fn current_id(&self) -> &str {
        &self.current().id
    }

    /// Opens what [`Keyring::seal`] sealed for the same purpose and context, with whichever root
    /// it names.
    pub fn open(
        &self,
        purpose: &str,
        context: &[u8],
        sealed: &[u8],
    ) -> Result<Vec<u8>, Unopenable> {
        let (length, rest) = sealed.split_first().ok_or(Unopenable)?;
        let (id, rest) = rest.split_at_checked(usize::from(*length)).ok_or(Unopenable)?;
        let (nonce, sealed) = rest.split_first_chunk::<NONCE>().ok_or(Unopenable)?;
        let root = self.0.iter().find(|root| root.id.as_bytes() == id).ok_or(Unopenable)?;
        decrypt(&derive(root, purpose), *nonce, context, sealed)
    }

    /// Authenticates `parts` with the current root (HMAC-SHA-256); their lengths count too.
    pub fn mac(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
        tag(&derive(self.current(), purpose), parts)
    }

    /// Whether any root made this MAC; tells nothing by its time (ASVS 11.2.4).
    pub fn is_mac(&self, purpose: &str, parts: &[&[u8]], mac: &[u8]) -> bool {
        let made = |root: &Root| tag(&derive(root, purpose), parts).ct_eq(mac);
        self.0.iter().fold(Choice::from(0), |any, root| any | made(root)).into()
    }

    #[expect(clippy::indexing_slicing, reason = "no text is read as no keys at all")]
    fn current(&self) -> &Root {
        &self.0[0]
    }
}

/// Seals under a key that is stored elsewhere, such as a person's own.
pub fn seal_with(key: &[u8; 32], context: &[u8], plain: &[u8]) -> Vec<u8> {
    let nonce = random::<NONCE>();
    [nonce.as_slice(), &encrypt(key, nonce, context, plain)].concat()
}

/// Opens what [`seal_with`] sealed.
pub fn open_with(key: &[u8; 32], context: &[u8], sealed: &[u8]) -> Result<Vec<u8>, Unopenable> {
    let (nonce, sealed) = sealed.split_first_chunk::<NONCE>().ok_or(Unopenable)?;
    decrypt(key, *nonce, context, sealed)
}

#[expect(clippy::expect_used, reason = "fails only beyond 256 GiB")]
fn encrypt(key: &[u8; 32], nonce: [u8; NONCE], context: &[u8], plain: &[u8]) -> Vec<u8> {
    let payload = Payload { msg: plain, aad: context };
    XChaCha20Poly1305::new(key.into()).encrypt(&XNonce::from(nonce), payload).expect("short")
}

fn decrypt(
    key: &[u8; 32],
    nonce: [u8; NONCE],
    context: &[u8],
    sealed: &[u8],
) -> Result<Vec<u8>, Unopenable> {
    let payload = Payload { msg: sealed, aad: context };
    let cipher = XChaCha20Poly1305::new(key.into());
    cipher.decrypt(&XNonce::from(nonce), payload).map_err(|_| Unopenable)
}

fn derive(root: &Root, purpose: &str) -> [u8; 32] {
    tag(&root.secret, &[b"groundwork", purpose.as_bytes()])
}

#[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
fn tag(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any length");
    for part in parts {
        mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

fn root((at, text): (usize, &str)) -> Result<Root, String> {
    let wrong = |what: &str| format!("key {} {what}", at + 1);
    let (id, key) = text.split_once(':').ok_or_else(|| wrong("is not id:key"))?;
    let sane = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if !(1..=32).contains(&id.len()) || !id.bytes().all(sane) {
        return Err(wrong("has an id of other than letters, digits, - and _"));
    }
    let secret = STANDARD.decode(key).map_err(|_| wrong("is not base64"))?;
    let secret = secret.try_into().map_err(|_| wrong("is not 32 bytes long"))?;
    Ok(Root { id: id.to_owned(), secret })
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|root| &root.id)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(ids: &[&str]) -> Keyring {
        let key = |id: &&str| format!("{id}:{}", STANDARD.encode(id.repeat(32).get(..32).unwrap()));
        Keyring::parse(&ids.iter().map(key).collect::<Vec<_>>().join(",")).unwrap()
    }

    #[test]
    fn what_is_sealed_opens_only_whole_and_in_its_own_place() {
        let ring = ring(&["a"]);
        let sealed = ring.seal("mail", b"row 1", b"secret");

        assert_eq!(ring.open("mail", b"row 1", &sealed).unwrap(), b"secret");
        assert!(ring.open("mail", b"row 2", &sealed).is_err());
        assert!(ring.open("cursor", b"row 1", &sealed).is_err());
        for at in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[at] ^= 1;
            assert!(ring.open("mail", b"row 1", &altered).is_err(), "byte {at}");
        }
    }

    #[test]
    fn a_key_that_is_no_longer_current_still_opens() {
        let sealed = ring(&["a"]).seal("mail", b"", b"secret");
        let mac = ring(&["a"]).mac("cursor", &[b"x"]);
        let rotated = ring(&["bb", "a"]);

        assert_eq!(rotated.open("mail", b"", &sealed).unwrap(), b"secret");
        assert!(rotated.is_mac("cursor", &[b"x"], &mac));
        assert!(!rotated.is_mac("cursor", &[b"y"], &mac));
        assert!(ring(&["bb"]).open("mail", b"", &sealed).is_err());
    }

    #[test]
    fn where_one_part_ends_and_the_next_begins_counts() {
        let ring = ring(&["a"]);
        assert_ne!(ring.mac("p", &[b"ab", b"c"]), ring.mac("p", &[b"a", b"bc"]));
    }

    #[test]
    fn a_bad_keyring_is_refused_without_being_repeated() {
        for text in ["", "nokey", "a:c2hvcnQ=", "a b:AAAA", "a:%%%"] {
            let error = Keyring::parse(text).unwrap_err();
            assert!(!error.contains("c2hvcnQ"), "{error}");
        }
        let twice = format!("{0},{0}", Keyring::generate());
        assert_eq!(Keyring::parse(&twice).unwrap_err(), "two keys share one id");
    }
}
