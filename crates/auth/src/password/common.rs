//! Passwords that have been leaked or are chosen by many: 440,000 of them in a megabyte, offline.
//!
//! `scripts/common-passwords` makes the list and says from what. It is a Bloom filter, so one in ten
//! thousand other passwords is taken for one of them and refused too.

use sha2::{Digest, Sha256};

/// How many bits a password sets, how many there are (both 32 bits, the lowest byte first), the bits.
static FILTER: &[u8] = include_bytes!("common.bloom");

/// Whether many have chosen this password, or it has been leaked; it is given in lower case.
pub fn is_common(folded: &str) -> bool {
    among(FILTER, folded).unwrap_or(false)
}

fn among(filter: &[u8], folded: &str) -> Option<bool> {
    let (hashes, rest) = filter.split_first_chunk()?;
    let (bits, field) = rest.split_first_chunk()?;
    let (hashes, bits) = (u32::from_le_bytes(*hashes), u64::from(u32::from_le_bytes(*bits)));

    let digest = Sha256::digest(folded.as_bytes());
    let (first, rest) = digest.split_first_chunk()?;
    let (step, _) = rest.split_first_chunk()?;
    let (first, step) = (u64::from_le_bytes(*first), u64::from_le_bytes(*step));
    let is_set = |number: u32| {
        let bit = first.wrapping_add(step.wrapping_mul(number.into())).checked_rem(bits)?;
        let byte = field.get(usize::try_from(bit / 8).ok()?)?;
        Some((byte >> (bit % 8)) & 1 == 1)
    };
    for number in 0..hashes {
        if !is_set(number)? {
            return Some(false);
        }
    }
    Some(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_many_choose_is_known_and_what_nobody_does_is_not() {
        for common in ["1qaz2wsx3edc4rfv", "passwordpassword", "password", "12345678"] {
            assert!(is_common(common), "{common}");
        }
        for own in ["correct horse battery staple", "a long enough secret", ""] {
            assert!(!is_common(own), "{own}");
        }
    }

    /// The rate that the script promises: one in ten thousand.
    #[test]
    fn few_others_are_taken_for_one_of_them() {
        let wrong = (0..200_000).filter(|it| is_common(&format!("nobody has chosen {it}"))).count();
        assert!((2..60).contains(&wrong), "{wrong} of 200,000");
    }
}
