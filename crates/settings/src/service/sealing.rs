//! Secrets at rest.

use kernel::{Keyring, keyring::Unopenable};
use serde_json::Value as Json;

use crate::{models::Content, place::Place};

/// What secrets are sealed for.
const PURPOSE: &str = "settings.value";

/// One version of one value: a secret opens nowhere else, so that who can write to the database brings
/// back no old one and puts none in another's place (ASVS 11.3.3).
#[derive(Clone, Copy)]
pub struct Slot<'a> {
    pub place: Place,
    pub key: &'a str,
    pub version: i64,
}

impl Slot<'_> {
    /// Seals a secret under the current key.
    pub fn seal(self, keyring: &Keyring, secret: &Json) -> Content {
        let bytes = keyring.seal(PURPOSE, &self.context(), secret.to_string().as_bytes());
        Content::Sealed { by: keyring.current_id().to_owned(), bytes }
    }

    /// The value, in clear; `None` where none is set.
    pub fn open(self, keyring: &Keyring, content: &Content) -> Result<Option<Json>, Unopenable> {
        match content {
            Content::Unset => Ok(None),
            Content::Plain(value) => Ok(Some(value.clone())),
            Content::Sealed { bytes, .. } => {
                let plain = keyring.open(PURPOSE, &self.context(), bytes)?;
                serde_json::from_slice(&plain).map(Some).map_err(|_| Unopenable)
            }
        }
    }

    fn context(&self) -> Vec<u8> {
        let Place { organization, user } = self.place;
        let place = [organization.0.into_bytes(), user.0.into_bytes()].concat();
        [&place[..], &self.version.to_be_bytes(), self.key.as_bytes()].concat()
    }
}

#[cfg(test)]
mod tests {
    use kernel::UserId;
    use uuid::Uuid;

    use super::*;

    /// ASVS 11.3.3: a row that is put in another's place does not open.
    #[test]
    fn a_secret_opens_in_its_own_slot_alone() {
        let keyring = Keyring::parse(&Keyring::generate()).unwrap();
        let slot = Slot { place: Place::PLATFORM, key: "demo.token", version: 3 };
        let sealed = slot.seal(&keyring, &"canary".into());
        assert_eq!(slot.open(&keyring, &sealed).unwrap(), Some("canary".into()));
        let user = UserId(Uuid::from_u128(1));
        for other in [
            Slot { version: 2, ..slot },
            Slot { key: "demo.other", ..slot },
            Slot { place: Place { user, ..slot.place }, ..slot },
        ] {
            assert!(other.open(&keyring, &sealed).is_err());
        }
    }
}
