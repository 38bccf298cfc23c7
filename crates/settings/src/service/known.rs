//! What code reads: in memory, and so without a statement.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use kernel::{
    Cache, SettingScope, Settle, View,
    settings::{Definition, Definitions, Standpoint},
};
use sea_orm::DbErr;
use serde_json::Value as Json;

use super::{
    inherit::{Counting, Values, look},
    sealing::Slot,
};
use crate::{models::setting, place::Place};

/// What this feature holds while the server runs.
pub struct Settings {
    /// The values of each place, secrets sealed.
    pub values: Cache<Place, Arc<Values>>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { values: Cache::new("settings.values", 100_000, Duration::from_mins(10)) }
    }
}

/// The answer to kernel's port.
pub struct Port;

#[async_trait]
impl Settle for Port {
    async fn value(
        &self,
        view: &View,
        definition: &dyn Definition,
        from: Standpoint,
    ) -> Result<Option<Json>, DbErr> {
        Ok(counting_from(view, definition, from).await?.map(|(_, value)| value))
    }
}

/// The value that counts there, in clear, and the scope that has set it; `None` where nobody has.
pub async fn counting_from(
    view: &View,
    definition: &dyn Definition,
    from: Standpoint,
) -> Result<Option<(SettingScope, Json)>, DbErr> {
    let mut places = Vec::with_capacity(3);
    for place in Place::seen_from(from) {
        if definition.scopes().contains(&place.scope()) {
            places.push((place, values(view, place).await?));
        }
    }
    let places = places.iter().map(|(place, values)| (*place, &**values));
    let found = look(definition, places, from.organization);
    let Some(Counting { place, kept }) = found.counting else { return Ok(None) };
    let key = definition.key();
    let slot = Slot { place, key, version: kept.version };
    let lost = |_| DbErr::Custom(format!("the value of {key} cannot be opened"));
    let value = slot.open(view.keyring(), &kept.content).map_err(lost)?;
    Ok(value.map(|it| (place.scope(), it)))
}

async fn values(view: &View, place: Place) -> Result<Arc<Values>, DbErr> {
    let load = async || {
        let values = Values::of(setting::of(view, place).await?);
        tell_outdated(view, place, &values);
        Ok(Arc::new(values))
    };
    view.of::<Settings>().values.get(view, place, load).await
}

/// Has the operator know of what does not count any more, each time that it is read anew.
fn tell_outdated(view: &View, place: Place, values: &Values) {
    for declared in view.of::<Definitions>().all() {
        let key = declared.definition.key();
        let kept = values.find(key).filter(|it| it.is_outdated(declared.definition));
        if let Some(kept) = kept {
            let locked = kept.locked;
            tracing::warn!(key, %place, locked, "what is set is not good any more: set another");
        }
    }
}
