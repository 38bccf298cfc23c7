//! Every setting there is.

use serde_json::Value as Json;

use super::Definition;

/// Every setting of the features that are mounted, by key; fixed while the server runs.
#[derive(Default)]
pub struct Definitions(Vec<Declared>);

/// A setting, and what holds while nobody has set it.
pub struct Declared {
    /// The setting.
    pub definition: &'static dyn Definition,
    /// The feature's default, which the environment may have changed at start; `null` where there is
    /// none.
    pub default: Json,
}

impl Definitions {
    /// Those of the features. Two of one key, one of a bad name, one that nobody may set and a
    /// default that is no good value stop the start.
    pub(crate) fn of(
        definitions: Vec<&'static dyn Definition>,
        defaults: Vec<(&'static str, Json)>,
    ) -> Result<Self, String> {
        let declared = |definition: &'static dyn Definition| Declared {
            definition,
            default: definition.default(),
        };
        let mut all: Vec<Declared> = definitions.into_iter().map(declared).collect();
        all.sort_by_key(Declared::key);
        if let Some([twice, _]) = all.array_windows().find(|[a, b]| a.key() == b.key()) {
            return Err(format!("the setting {} is declared twice", twice.key()));
        }
        for (key, default) in defaults {
            let declared = all.iter_mut().find(|it| it.key() == key);
            let declared = declared.ok_or_else(|| format!("nobody declares the setting {key}"))?;
            declared.default = default;
        }
        all.iter().try_for_each(Declared::sound)?;
        Ok(Self(all))
    }

    /// All of them, by key.
    pub fn all(&self) -> &[Declared] {
        &self.0
    }

    /// The one of this key.
    pub fn find(&self, key: &str) -> Option<&Declared> {
        let place = self.0.binary_search_by(|it| it.key().cmp(key)).ok()?;
        self.0.get(place)
    }
}

impl Declared {
    fn key(&self) -> &'static str {
        self.definition.key()
    }

    fn sound(&self) -> Result<(), String> {
        let key = self.key();
        let word = |it: &str| {
            let plain = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'_';
            !it.is_empty() && it.bytes().all(plain)
        };
        if key.len() > 64 || key.split('.').count() != 2 || !key.split('.').all(word) {
            return Err(format!("the setting {key} is not called feature.what"));
        }
        if self.definition.scopes().is_empty() {
            return Err(format!("nobody may set the setting {key}"));
        }
        if self.definition.is_secret() && self.default.is_null() {
            return Ok(());
        }
        let misfit = |fault: crate::Invalid| format!("the default of {key} {}", fault.message);
        self.definition.check(&self.default).map_err(misfit)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::settings::{SecretText, Setting, SettingScope, Whole};

    const fn days(key: &'static str) -> Setting<Whole> {
        Setting {
            key,
            sentence: "How long.",
            kind: Whole { least: 1, most: 90 },
            default: 7,
            scopes: &[SettingScope::Platform],
        }
    }

    static DAYS: Setting<Whole> = days("demo.days");
    static MORE_DAYS: Setting<Whole> = days("demo.more_days");
    static NOBODYS: Setting<Whole> = Setting { scopes: &[], ..days("demo.nobodys") };
    static KEY: Setting<SecretText> = Setting {
        key: "demo.key",
        sentence: "A key.",
        kind: SecretText { most: 10 },
        default: (),
        scopes: &[SettingScope::Platform],
    };

    fn refused(
        definitions: Vec<&'static dyn Definition>,
        defaults: Vec<(&'static str, Json)>,
    ) -> String {
        Definitions::of(definitions, defaults).err().unwrap()
    }

    #[test]
    fn a_start_may_bring_another_default() {
        let given = vec![("demo.days", json!(30))];
        let all = Definitions::of(vec![&MORE_DAYS, &KEY, &DAYS], given).unwrap();
        let keys: Vec<_> = all.all().iter().map(Declared::key).collect();
        assert_eq!(keys, ["demo.days", "demo.key", "demo.more_days"]);
        assert_eq!(all.find("demo.days").unwrap().default, 30);
        assert_eq!(all.find("demo.more_days").unwrap().default, 7);
        assert!(all.find("demo.key").unwrap().default.is_null() && all.find("demo").is_none());
    }

    #[test]
    fn what_cannot_be_set_well_stops_the_start() {
        static BAD: [Setting<Whole>; 4] = [days("days"), days("a.b.c"), days("a.B"), days("a.")];
        let twice = refused(vec![&DAYS, &KEY, &DAYS], Vec::new());
        assert_eq!(twice, "the setting demo.days is declared twice");
        let beyond = refused(vec![&DAYS], vec![("demo.days", json!(91))]);
        assert_eq!(beyond, "the default of demo.days must be from 1 to 90");
        let unknown = refused(vec![&DAYS], vec![("demo.key", json!("x"))]);
        assert_eq!(unknown, "nobody declares the setting demo.key");
        assert_eq!(refused(vec![&NOBODYS], Vec::new()), "nobody may set the setting demo.nobodys");
        for bad in &BAD {
            assert!(refused(vec![bad], Vec::new()).contains("is not called"), "{}", bad.key);
        }
    }
}
