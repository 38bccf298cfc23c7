//! Signed checkpoints: how large an organization's log is and the root of its tree, as a C2SP signed
//! note (<https://c2sp.org/signed-note>, <https://c2sp.org/tlog-checkpoint>).
//!
//! The first line, the origin, says whose log it is, and is the name of the key as well.

use std::{
    fmt::{self, Display},
    str::FromStr,
};

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, UnparsedPublicKey};
use base64::{Engine, engine::general_purpose::STANDARD};

use crate::digest::Digest;

/// What marks an Ed25519 key in a signed note.
const ED25519_NOTE: u8 = 1;

/// What a log is at some size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Whose log, as `host/audit-log/organization`.
    pub origin: String,
    /// How many entries.
    pub size: u64,
    /// The root of the tree over them.
    pub root: Digest,
}

/// A public key that checkpoints are verified with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    /// The origin it is for; `None` verifies any.
    pub name: Option<String>,
    /// The 32 bytes of an Ed25519 key.
    pub key: [u8; 32],
}

/// A note is not what it seems.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// It is no checkpoint.
    #[error("it is no checkpoint as https://c2sp.org/tlog-checkpoint describes it")]
    Malformed,
    /// No signature of it is by this key.
    #[error("it is not signed by this key")]
    Signature,
}

/// What is no key's text.
#[derive(Debug, thiserror::Error)]
#[error("a key is name+hash+key as https://c2sp.org/signed-note has it, or its 32 bytes in base64")]
pub struct NoKey;

impl Head {
    /// The checkpoint, signed.
    pub fn signed(&self, pair: &Ed25519KeyPair, public: &[u8; 32]) -> String {
        let text = self.text();
        let signature = pair.sign(text.as_bytes());
        let signed = [&key_hash(&self.origin, public)[..], signature.as_ref()].concat();
        format!("{text}\n\u{2014} {} {}\n", self.origin, STANDARD.encode(signed))
    }

    /// Reads a checkpoint without asking who signed it.
    pub fn read(note: &str) -> Result<Self, NoteError> {
        let (text, _) = parts(note)?;
        let mut lines = text.split_terminator('\n');
        let mut next = || lines.next().filter(|line| !line.is_empty()).ok_or(NoteError::Malformed);
        let (origin, size, root) = (next()?, next()?, next()?);
        let root = STANDARD.decode(root).map_err(|_| NoteError::Malformed)?;
        let root = Digest::try_from(root.as_slice()).map_err(|_| NoteError::Malformed)?;
        let read = size.parse().map_err(|_| NoteError::Malformed)?;
        let head = Self { origin: origin.to_owned(), size: read, root };
        // Numbers in another form, and lines of others' making, are not ours.
        if head.text() == text { Ok(head) } else { Err(NoteError::Malformed) }
    }

    fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, STANDARD.encode(self.root.0))
    }
}

impl PublicKey {
    /// The text of a key of this name, for whoever verifies: `name+hash+key`.
    pub fn text(name: &str, public: &[u8; 32]) -> String {
        let hash = u32::from_be_bytes(key_hash(name, public));
        format!("{name}+{hash:08x}+{}", STANDARD.encode([&[ED25519_NOTE], &public[..]].concat()))
    }

    /// Reads a checkpoint that this key has signed.
    pub fn verify(&self, note: &str) -> Result<Head, NoteError> {
        let head = Head::read(note)?;
        if self.name.as_ref().is_some_and(|name| *name != head.origin) {
            return Err(NoteError::Signature);
        }
        let (text, signatures) = parts(note)?;
        let hash = key_hash(&head.origin, &self.key);
        let begin = format!("\u{2014} {} ", head.origin);
        let signatures = signatures.split_terminator('\n');
        let mut signatures = signatures
            .filter_map(|line| STANDARD.decode(line.strip_prefix(&begin)?).ok())
            .filter_map(|bytes| bytes.strip_prefix(&hash).map(<[u8]>::to_vec));
        let key = UnparsedPublicKey::new(&ED25519, &self.key);
        let good = signatures.any(|signature| key.verify(text.as_bytes(), &signature).is_ok());
        if good { Ok(head) } else { Err(NoteError::Signature) }
    }
}

/// As `name+hash+key`, or where it has no name as its 32 bytes in base64.
impl Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => f.write_str(&Self::text(name, &self.key)),
            None => f.write_str(&STANDARD.encode(self.key)),
        }
    }
}

impl FromStr for PublicKey {
    type Err = NoKey;

    fn from_str(text: &str) -> Result<Self, NoKey> {
        let decode = |text: &str| STANDARD.decode(text).map_err(|_| NoKey);
        if let Ok(bare) = decode(text).and_then(|key| key.try_into().map_err(|_| NoKey)) {
            return Ok(Self { name: None, key: bare });
        }
        let (name, rest) = text.split_once('+').ok_or(NoKey)?;
        let (_, key) = rest.split_once('+').ok_or(NoKey)?;
        let key = decode(key)?;
        let key = key.strip_prefix(&[ED25519_NOTE]).and_then(|key| key.try_into().ok());
        let key: [u8; 32] = key.ok_or(NoKey)?;
        let whole = Self::text(name, &key) == text;
        whole.then(|| Self { name: Some(name.to_owned()), key }).ok_or(NoKey)
    }
}

/// The text, with its last line's end, and the signatures.
fn parts(note: &str) -> Result<(&str, &str), NoteError> {
    let at = note.rfind("\n\n").ok_or(NoteError::Malformed)?;
    note.split_at_checked(at + 1)
        .and_then(|(text, rest)| Some((text, rest.strip_prefix('\n')?)))
        .filter(|(_, signatures)| signatures.ends_with('\n'))
        .ok_or(NoteError::Malformed)
}

fn key_hash(name: &str, public: &[u8; 32]) -> [u8; 4] {
    let named = [name.as_bytes(), b"\n", &[ED25519_NOTE], public].concat();
    let [a, b, c, d, ..] = Digest::of(&named).0;
    [a, b, c, d]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sample of <https://c2sp.org/signed-note>'s own implementation, golang.org/x/mod/sumdb/note.
    #[test]
    fn a_key_that_others_made_is_read_and_its_hash_is_ours() {
        let text = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
        let key: PublicKey = text.parse().unwrap();
        assert_eq!(key.name.as_deref(), Some("PeterNeumann"));
        assert_eq!(PublicKey::text("PeterNeumann", &key.key), text);
        assert!(text.replace("c74f", "c74e").parse::<PublicKey>().is_err());
        assert_eq!(STANDARD.encode(key.key).parse::<PublicKey>().unwrap().key, key.key);
    }

    #[test]
    fn a_checkpoint_is_good_with_its_key_and_with_no_other() {
        let (pair, other) =
            (Ed25519KeyPair::generate().unwrap(), Ed25519KeyPair::generate().unwrap());
        let public = |pair: &Ed25519KeyPair| {
            use aws_lc_rs::signature::KeyPair;
            <[u8; 32]>::try_from(pair.public_key().as_ref()).unwrap()
        };
        let head = Head { origin: "a.example/audit-log/1".into(), size: 7, root: Digest::of(b"") };
        let note = head.signed(&pair, &public(&pair));
        let key = PublicKey { name: None, key: public(&pair) };
        assert_eq!(key.verify(&note), Ok(head.clone()));
        let named: PublicKey = PublicKey::text(&head.origin, &key.key).parse().unwrap();
        assert_eq!(named.verify(&note), Ok(head.clone()));

        let elsewhere = PublicKey { name: Some("b.example".into()), ..key.clone() };
        let foreign = PublicKey { key: public(&other), ..key.clone() };
        for wrong in [elsewhere, foreign] {
            assert_eq!(wrong.verify(&note), Err(NoteError::Signature));
        }
        for (from, to) in [("\n7\n", "\n8\n"), ("\n7\n", "\n07\n"), ("a.example", "c.example")] {
            assert!(key.verify(&note.replacen(from, to, 1)).is_err(), "{from}");
        }
        assert_eq!(key.verify(&head.text()), Err(NoteError::Malformed));
    }
}
