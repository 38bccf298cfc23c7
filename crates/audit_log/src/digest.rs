//! SHA-256, as the chain and the tree use it (ASVS 11.4.3).

use std::{
    fmt::{self, Debug, Display},
    str::FromStr,
};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest as _, Sha256};

/// A SHA-256 hash; as text it is 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest(
    /// The bytes.
    pub [u8; 32],
);

/// What is no digest's text.
#[derive(Debug, thiserror::Error)]
#[error("a hash is 64 lower-case hexadecimal digits")]
pub struct NoDigest;

impl Digest {
    /// What stands before the first entry of a log.
    pub const NONE: Self = Self([0; 32]);

    /// The hash of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self::over(&[bytes])
    }

    /// The next link of a chain: H(previous ‖ H(bytes)).
    pub fn link(previous: Self, bytes: &[u8]) -> Self {
        Self::over(&[&previous.0, &Self::of(bytes).0])
    }

    /// A leaf of a tree (RFC 9162, 2.1.1).
    pub fn leaf(data: Self) -> Self {
        Self::over(&[&[0], &data.0])
    }

    /// What stands above two parts of a tree (RFC 9162, 2.1.1).
    pub fn node(left: Self, right: Self) -> Self {
        Self::over(&[&[1], &left.0, &right.0])
    }

    fn over(parts: &[&[u8]]) -> Self {
        let mut hasher = Sha256::new();
        for part in parts {
            hasher.update(part);
        }
        Self(hasher.finalize().into())
    }
}

impl TryFrom<&[u8]> for Digest {
    type Error = NoDigest;

    fn try_from(bytes: &[u8]) -> Result<Self, NoDigest> {
        bytes.try_into().map(Self).map_err(|_| NoDigest)
    }
}

impl Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Display::fmt(self, f)
    }
}

impl FromStr for Digest {
    type Err = NoDigest;

    fn from_str(text: &str) -> Result<Self, NoDigest> {
        let lower = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if text.len() != 64 || !text.as_bytes().iter().all(lower) {
            return Err(NoDigest);
        }
        let mut bytes = [0; 32];
        for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
            let digits = std::str::from_utf8(digits).map_err(|_| NoDigest)?;
            *byte = u8::from_str_radix(digits, 16).map_err(|_| NoDigest)?;
        }
        Ok(Self(bytes))
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FIPS 180-4's own sample, and the empty text.
    #[test]
    fn hashes_are_sha_256_and_read_back() {
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(Digest::of(b"abc").to_string(), abc);
        assert_eq!(abc.parse::<Digest>().unwrap(), Digest::of(b"abc"));
        for wrong in ["", &abc[1..], &abc.to_uppercase(), &abc.replace('b', "g")] {
            assert!(wrong.parse::<Digest>().is_err(), "{wrong}");
        }
    }
}
