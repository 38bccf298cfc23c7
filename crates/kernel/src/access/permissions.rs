//! Sets of permissions, small enough to be compared in a few instructions on every request.

/// A permission as roles and documents list it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grantable {
    /// Its name, `feature:verb`.
    pub key: &'static str,
    /// `platform` or `organization`.
    pub scope: &'static str,
    /// What it allows, in a sentence.
    pub sentence: &'static str,
}

/// How many permissions one server may declare.
pub const MOST_PERMISSIONS: usize = 256;

/// A set of permissions; the [`Catalogue`] knows which bit is which.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Permissions([u64; MOST_PERMISSIONS / 64]);

impl Permissions {
    /// What is in both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let mut both = self;
        both.0.iter_mut().zip(other.0).for_each(|(bits, other)| *bits &= other);
        both
    }

    /// What is in either.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        let mut either = self;
        either.0.iter_mut().zip(other.0).for_each(|(bits, other)| *bits |= other);
        either
    }

    /// Whether all of `other` is in this.
    pub fn covers(self, other: Self) -> bool {
        self.and(other) == other
    }

    fn with(mut self, at: usize) -> Self {
        if let Some(bits) = self.0.get_mut(at / 64) {
            *bits |= 1 << (at % 64);
        }
        self
    }
}

/// Every permission of the features that are mounted; fixed while the server runs.
#[derive(Clone, Debug, Default)]
pub struct Catalogue(Vec<Grantable>);

impl Catalogue {
    /// The catalogue of these permissions; two of one key, or too many, stop the start.
    pub fn new(mut permissions: Vec<Grantable>) -> Result<Self, String> {
        permissions.sort_by_key(|permission| permission.key);
        if permissions.len() > MOST_PERMISSIONS {
            return Err(format!("there are more than {MOST_PERMISSIONS} permissions"));
        }
        if let Some([twice, _]) = permissions.array_windows().find(|[a, b]| a.key == b.key) {
            return Err(format!("the permission {} is declared twice", twice.key));
        }
        Ok(Self(permissions))
    }

    /// All of them, by key.
    pub fn all(&self) -> &[Grantable] {
        &self.0
    }

    /// The set of these keys; what no feature declares is left out, so that a role may outlive one.
    pub fn set<'a>(&self, keys: impl IntoIterator<Item = &'a str>) -> Permissions {
        let places = keys.into_iter().filter_map(|key| self.place(key));
        places.fold(Permissions::default(), Permissions::with)
    }

    /// The set of all permissions of a scope.
    pub fn of_scope(&self, scope: &str) -> Permissions {
        self.set(self.0.iter().filter(|it| it.scope == scope).map(|it| it.key))
    }

    /// Whether `key` is in `permissions`.
    pub fn allows(&self, permissions: Permissions, key: &str) -> bool {
        self.place(key).is_some_and(|at| permissions.covers(Permissions::default().with(at)))
    }

    fn place(&self, key: &str) -> Option<usize> {
        self.0.binary_search_by_key(&key, |permission| permission.key).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grantable(key: &'static str, scope: &'static str) -> Grantable {
        Grantable { key, scope, sentence: "" }
    }

    #[test]
    fn a_set_allows_what_it_was_made_of_and_nothing_else() {
        let keys: Vec<&'static str> = (0..200).map(|n| &*format!("k:{n:03}").leak()).collect();
        let all = keys.iter().map(|key| grantable(key, "platform")).collect();
        let catalogue = Catalogue::new(all).unwrap();
        let some = catalogue.set(["k:001", "k:070", "k:199", "gone:since"]);

        let allowed: Vec<_> = keys.iter().filter(|key| catalogue.allows(some, key)).collect();
        assert_eq!(allowed, [&"k:001", &"k:070", &"k:199"]);
        assert!(!catalogue.allows(catalogue.of_scope("platform"), "gone:since"));
        assert!(
            catalogue.of_scope("platform").covers(some) && !some.covers(catalogue.set(["k:002"]))
        );
        assert_eq!(catalogue.of_scope("organization"), Permissions::default());
    }

    #[test]
    fn one_key_declared_twice_stops_the_start() {
        let twice = vec![grantable("a:read", "platform"), grantable("a:read", "organization")];
        assert_eq!(Catalogue::new(twice).unwrap_err(), "the permission a:read is declared twice");
    }
}
