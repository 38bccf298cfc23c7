//! What is set, as clients see it: from the database, so that who has just changed something sees it
//! on every replica.

use kernel::{
    OrganizationId, PageOf, Refusal, Scope, View,
    db::PageRequest,
    settings::{Declared, Definition, Definitions},
};
use sea_orm::DbErr;
use serde_json::{Value as Json, json};

use super::{
    inherit::{Counting, Found, Values, look},
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
        self.look(definition, None).lock.is_some()
    }

    /// A setting as clients see it.
    pub fn shown(&self, declared: &Declared) -> SettingOut {
        let definition = declared.definition;
        let found = self.look(definition, Some(&self.own));
        let (key, own, locked) =
            (definition.key(), self.own.find(definition.key()), found.lock.is_some());
        let version = own.map_or(0, |it| it.version);
        let outdated = own.is_some_and(|it| it.is_outdated(definition));
        let (value, source) = match found.counting {
            None => (default(declared), Source::Default),
            Some(Counting { place, kept }) => {
                let value = shown(definition, &kept.content).unwrap_or_default();
                (self.seen(definition, place, value), place.scope().into())
            }
        };
        SettingOut { key, value, source, locked, outdated, version }
    }

    /// What is found there: with what is set at the place itself, or above it alone.
    fn look<'a>(&'a self, definition: &dyn Definition, own: Option<&'a Values>) -> Found<'a> {
        let above = self.above.iter().map(|values| (Place::PLATFORM, values));
        let own = own.map(|values| (self.place, values));
        look(definition, above.chain(own), self.organization())
    }

    /// What those who stand there may see of a value that was set at a place.
    fn seen(&self, definition: &dyn Definition, set_at: Place, value: Json) -> Json {
        if set_at == self.place { value } else { definition.seen_from(value, self.organization()) }
    }

    fn organization(&self) -> Option<OrganizationId> {
        Some(self.place.organization).filter(|it| *it != OrganizationId::PLATFORM)
    }
}

fn default(declared: &Declared) -> Json {
    if declared.definition.is_secret() {
        json!({ "is_set": false })
    } else {
        declared.default.clone()
    }
}
