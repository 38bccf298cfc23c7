//! What is set, as clients see it: from the database, so that who has just changed something sees it
//! on every replica.

use kernel::{
    PageOf, Refusal, Scope, View,
    db::PageRequest,
    settings::{Declared, Definition, Definitions},
};
use sea_orm::DbErr;
use serde_json::{Value as Json, json};

use super::{
    inherit::{Counting, Values, counting},
    settable,
};
use crate::{
    Error,
    models::{revision, setting},
    place::{Owner, Place},
    schemas::{SettingDefinitionOut, SettingOut, SettingRevisionOut, Source, shown},
};

/// The values of a place and of what is above it.
pub struct Seen {
    above: Option<Values>,
    own: Values,
    place: Place,
}

/// A page of what may be set.
pub fn definitions(
    view: &View,
    page: &PageRequest,
) -> Result<PageOf<SettingDefinitionOut>, Refusal> {
    let all = view.of::<Definitions>().all().iter().map(SettingDefinitionOut::of).collect();
    page.of_slice(all, "key", |it| it.key.to_owned(), view)
}

/// A page of what may be set at a place, and what counts there.
pub async fn list<V: Scope>(
    view: &V,
    owner: Owner,
    page: &PageRequest,
) -> Result<PageOf<SettingOut>, Error> {
    let place = Place::of(view, owner)?;
    let seen = Seen::from(view, place).await?;
    let all = view.view().of::<Definitions>().all().iter();
    let here = all.filter(|it| it.definition.scopes().contains(&place.scope()));
    let items = here.map(|it| seen.shown(it)).collect();
    Ok(page.of_slice(items, "key", |it| it.key.to_owned(), view.view())?)
}

/// What counts at a place.
pub async fn read<V: Scope>(view: &V, owner: Owner, key: &str) -> Result<SettingOut, Error> {
    let place = Place::of(view, owner)?;
    let declared = settable(view.view(), place, key)?;
    Ok(Seen::from(view, place).await?.shown(declared))
}

/// A page of what a setting was set to at a place.
pub async fn history<V: Scope>(
    view: &V,
    owner: Owner,
    key: &str,
    page: &PageRequest,
) -> Result<PageOf<SettingRevisionOut>, Error> {
    let place = Place::of(view, owner)?;
    let definition = settable(view.view(), place, key)?.definition;
    let page = revision::page(view, place.user, definition.key(), page).await?;
    Ok(page.map(|row| SettingRevisionOut::of(definition, row)))
}

impl Seen {
    /// What is seen from there, by who stands there.
    pub async fn from<V: Scope>(view: &V, place: Place) -> Result<Self, DbErr> {
        let above = match place {
            Place::PLATFORM => None,
            _ => Some(Values::of(setting::of_platform(view.view()).await?)),
        };
        let own = Values::of(setting::here(view, place.user).await?);
        Ok(Self { above, own, place })
    }

    /// Whether what is set there does not count, for it is locked above.
    pub fn is_locked(&self, definition: &dyn Definition) -> bool {
        let above = self.above.iter().map(|values| (Place::PLATFORM, values));
        counting(definition, above).is_some_and(|it| it.kept.locked)
    }

    /// A setting as clients see it.
    pub fn shown(&self, declared: &Declared) -> SettingOut {
        let definition = declared.definition;
        let above = self.above.iter().map(|values| (Place::PLATFORM, values));
        let found = counting(definition, above.chain([(self.place, &self.own)]));
        let key = definition.key();
        let version = self.own.find(key).map_or(0, |it| it.version);
        let Some(Counting { place, kept }) = found else {
            let value = default(declared);
            return SettingOut { key, value, source: Source::Default, locked: false, version };
        };
        let value = shown(definition, &kept.content).unwrap_or_default();
        SettingOut { key, value, source: place.scope().into(), locked: kept.locked, version }
    }
}

fn default(declared: &Declared) -> Json {
    if declared.definition.is_secret() {
        json!({ "is_set": false })
    } else {
        declared.default.clone()
    }
}
