//! Which of the values that lie one above the other counts.

use std::collections::HashMap;

use kernel::{OrganizationId, settings::Definition};

use crate::{
    models::{Content, SealedRow, setting::Setting},
    place::Place,
};

/// The values of a place, by their keys.
#[derive(Clone, Default)]
pub struct Values(HashMap<String, Kept>);

/// A value of a place.
#[derive(Clone)]
pub struct Kept {
    pub content: Content,
    /// Whether nobody below may set another.
    pub locked: bool,
    /// How often it was changed.
    pub version: i64,
}

/// The value that counts.
#[derive(Clone, Copy)]
pub struct Counting<'a> {
    /// Where it is set.
    pub place: Place,
    pub kept: &'a Kept,
}

/// What is found from where one looks.
#[derive(Clone, Copy, Default)]
pub struct Found<'a> {
    /// The value that counts; `None` where that is the default.
    pub counting: Option<Counting<'a>>,
    /// The place below which nobody has a say.
    pub lock: Option<Place>,
}

/// What is found by who looks through these places, the highest first, from inside of this organization
/// or of none: the last value that is set, or the first that is locked.
///
/// One that is not good any more, as after a release that has narrowed the setting, does not count: what
/// is above it does. Its lock holds all the same, for nobody has opened it. A platform's value that
/// names the organization is locked for it.
pub fn look<'a>(
    definition: &dyn Definition,
    places: impl IntoIterator<Item = (Place, &'a Values)>,
    organization: Option<OrganizationId>,
) -> Found<'a> {
    let mut found = Found::default();
    for (place, values) in places {
        let kept = values.find(definition.key());
        let allowed = definition.scopes().contains(&place.scope());
        let Some(kept) = kept.filter(|_| allowed) else { continue };
        let mut locked = kept.locked;
        if kept.fits(definition) {
            found.counting = Some(Counting { place, kept });
            locked |= place == Place::PLATFORM && kept.names(definition, organization);
        }
        if locked {
            return Found { lock: Some(place), ..found };
        }
    }
    found
}

impl Values {
    /// Those of the rows of one place.
    pub fn of(rows: Vec<Setting>) -> Self {
        let kept = |row: Setting| {
            let content = row.content();
            (row.key, Kept { content, locked: row.locked, version: row.version })
        };
        Self(rows.into_iter().map(kept).collect())
    }

    /// The one of this key, which may be one that was set once.
    pub fn find(&self, key: &str) -> Option<&Kept> {
        self.0.get(key)
    }
}

impl Kept {
    /// Whether something is set that is not good any more.
    pub fn is_outdated(&self, definition: &dyn Definition) -> bool {
        self.content != Content::Unset && !self.fits(definition)
    }

    fn names(&self, definition: &dyn Definition, organization: Option<OrganizationId>) -> bool {
        match (&self.content, organization) {
            (Content::Plain(value), Some(organization)) => definition.names(value, organization),
            _ => false,
        }
    }

    /// What became a secret since it was set does not count: it lies there in clear.
    fn fits(&self, definition: &dyn Definition) -> bool {
        match &self.content {
            Content::Unset => false,
            Content::Plain(value) => !definition.is_secret() && definition.check(value).is_ok(),
            Content::Sealed { .. } => definition.is_secret(),
        }
    }
}

#[cfg(test)]
mod tests {
    use kernel::{
        OrganizationId, Setting as Declaration, SettingScope, UserId,
        settings::{Standpoint, Whole},
    };
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    static DAYS: Declaration<Whole> = Declaration {
        key: "demo.days",
        sentence: "How long.",
        kind: Whole { least: 1, most: 90 },
        default: 7,
        scopes: &[SettingScope::Platform, SettingScope::Organization, SettingScope::User],
    };
    static THEIRS: Declaration<Whole> = Declaration {
        kind: Whole { least: 1, most: 90 },
        scopes: &[SettingScope::Platform, SettingScope::User],
        ..DAYS_OF_OTHERS
    };
    const DAYS_OF_OTHERS: Declaration<Whole> = Declaration {
        key: "demo.days",
        sentence: "How long.",
        kind: Whole { least: 1, most: 90 },
        default: 7,
        scopes: &[],
    };

    /// What is set at the three places; a number below nothing is locked.
    fn seen(
        definition: &Declaration<Whole>,
        set: [i64; 3],
    ) -> (Option<(SettingScope, i64)>, Option<SettingScope>) {
        let organization = Some(OrganizationId(Uuid::from_u128(1)));
        let from = Standpoint { organization, user: Some(UserId(Uuid::from_u128(2))) };
        let values = set.map(|days| {
            let content =
                if days == 0 { Content::Unset } else { Content::Plain(json!(days.abs())) };
            let kept = Kept { content, locked: days < 0, version: 1 };
            Values(HashMap::from([("demo.days".to_owned(), kept)]))
        });
        let found = look(definition, Place::seen_from(from).zip(&values), organization);
        let lock = found.lock.map(Place::scope);
        let value = |it: Counting<'_>| match &it.kept.content {
            Content::Plain(value) => (it.place.scope(), value.as_i64().unwrap_or_default()),
            Content::Unset | Content::Sealed { .. } => (it.place.scope(), 0),
        };
        (found.counting.map(value), lock)
    }

    #[test]
    fn the_lowest_value_counts_unless_one_above_it_is_locked() {
        let [platform, organization, user] =
            [SettingScope::Platform, SettingScope::Organization, SettingScope::User];
        let cases = [
            ([0, 0, 0], (None, None)),
            ([1, 0, 0], (Some((platform, 1)), None)),
            ([1, 2, 0], (Some((organization, 2)), None)),
            ([1, 2, 3], (Some((user, 3)), None)),
            ([0, 0, 3], (Some((user, 3)), None)),
            ([-1, 2, 3], (Some((platform, 1)), Some(platform))),
            ([1, -2, 3], (Some((organization, 2)), Some(organization))),
            ([1, 2, -3], (Some((user, 3)), Some(user))),
        ];
        for (set, counts) in cases {
            assert_eq!(seen(&DAYS, set), counts, "{set:?}");
        }
    }

    #[test]
    fn what_is_not_good_any_more_does_not_count_and_stays_locked() {
        let [platform, organization, user] =
            [SettingScope::Platform, SettingScope::Organization, SettingScope::User];
        let cases = [
            ([1, 91, 0], (Some((platform, 1)), None)),
            ([91, 2, 0], (Some((organization, 2)), None)),
            ([-91, 2, 3], (None, Some(platform))),
            ([1, -91, 3], (Some((platform, 1)), Some(organization))),
        ];
        for (set, counts) in cases {
            assert_eq!(seen(&DAYS, set), counts, "{set:?}");
        }
        // Nobody is left there who could open it.
        assert_eq!(seen(&THEIRS, [1, -2, 3]), (Some((user, 3)), None), "nor whose scope is gone");
    }
}
