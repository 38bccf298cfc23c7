//! What is set: one file a matter.

pub mod export;
pub mod flags;
pub mod forget;
pub mod inherit;
pub mod known;
pub mod read;
mod record;
pub mod reseal;
mod sealing;
pub mod write;

use kernel::{
    View,
    settings::{Declared, Definitions},
};

use crate::{Error, place::Place};

/// The setting of this key, if it may be set there.
pub fn settable<'a>(view: &'a View, place: Place, key: &str) -> Result<&'a Declared, Error> {
    let declared = view.of::<Definitions>().find(key);
    let settable = declared.filter(|it| it.definition.scopes().contains(&place.scope()));
    settable.ok_or(Error::NotFound)
}
