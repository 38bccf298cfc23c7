//! Which of the values that lie one above the other counts.

use std::collections::HashMap;

use kernel::settings::Definition;

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

/// The value that counts for who looks through these places, the highest first: the last that is set,
/// or the first that is locked. One that is not good any more, as after a release that has narrowed
/// the setting, does not count.
pub fn counting<'a>(
    definition: &dyn Definition,
    places: impl IntoIterator<Item = (Place, &'a Values)>,
) -> Option<Counting<'a>> {
    let mut counting = None;
    for (place, values) in places {
        let kept = values.find(definition.key());
        let allowed = definition.scopes().contains(&place.scope());
        if let Some(kept) = kept.filter(|it| allowed && it.fits(definition)) {
            counting = Some(Counting { place, kept });
            if kept.locked {
                break;
            }
        }
    }
    counting
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
    fn seen(definition: &Declaration<Whole>, set: [i64; 3]) -> Option<(SettingScope, i64)> {
        let organization = Some(OrganizationId(Uuid::from_u128(1)));
        let from = Standpoint { organization, user: Some(UserId(Uuid::from_u128(2))) };
        let values = set.map(|days| {
            let content =
                if days == 0 { Content::Unset } else { Content::Plain(json!(days.abs())) };
            let kept = Kept { content, locked: days < 0, version: 1 };
            Values(HashMap::from([("demo.days".to_owned(), kept)]))
        });
        let found = counting(definition, Place::seen_from(from).zip(&values))?;
        let Content::Plain(value) = &found.kept.content else { return None };
        Some((found.place.scope(), value.as_i64()?))
    }

    #[test]
    fn the_lowest_value_counts_unless_one_above_it_is_locked() {
        let [platform, organization, user] =
            [SettingScope::Platform, SettingScope::Organization, SettingScope::User];
        let cases = [
            ([0, 0, 0], None),
            ([1, 0, 0], Some((platform, 1))),
            ([1, 2, 0], Some((organization, 2))),
            ([1, 2, 3], Some((user, 3))),
            ([0, 0, 3], Some((user, 3))),
            ([-1, 2, 3], Some((platform, 1))),
            ([1, -2, 3], Some((organization, 2))),
            ([1, 2, -3], Some((user, 3))),
        ];
        for (set, counts) in cases {
            assert_eq!(seen(&DAYS, set), counts, "{set:?}");
        }
    }

    #[test]
    fn what_is_not_good_any_more_does_not_count() {
        assert_eq!(seen(&DAYS, [1, 91, 0]), Some((SettingScope::Platform, 1)));
        assert_eq!(seen(&DAYS, [-91, 2, 0]), Some((SettingScope::Organization, 2)));
        assert_eq!(
            seen(&THEIRS, [1, -2, 3]),
            Some((SettingScope::User, 3)),
            "nor whose scope is gone"
        );
    }
}
