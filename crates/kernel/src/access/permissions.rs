//! Sets of permissions, small enough to be compared in a few instructions on every request.

/// The scope of what counts on the platform.
pub const PLATFORM: &str = "platform";

/// The scope of what counts inside an organization.
pub const ORGANIZATION: &str = "organization";

/// The four system roles that every organization has, the weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// Sees.
    Viewer,
    /// Works.
    Member,
    /// Manages people and what they work with.
    Admin,
    /// Owns the whole.
    Owner,
}

/// A permission as roles and documents list it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grantable {
    /// Its name, `feature:verb`.
    pub key: &'static str,
    /// [`PLATFORM`] or [`ORGANIZATION`].
    pub scope: &'static str,
    /// What it allows, in a sentence.
    pub sentence: &'static str,
    /// The weakest system role that holds it; it counts in an organization only.
    pub rank: Rank,
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
    /// The catalogue of these permissions; two of one key and scope, or too many, stop the start.
    pub fn new(mut permissions: Vec<Grantable>) -> Result<Self, String> {
        permissions.sort_by_key(|permission| (permission.key, permission.scope));
        if permissions.len() > MOST_PERMISSIONS {
            return Err(format!("there are more than {MOST_PERMISSIONS} permissions"));
        }
        if let Some([twice, _]) = permissions.array_windows().find(|[a, b]| name(a) == name(b)) {
            return Err(format!("the permission {} is declared twice", twice.key));
        }
        Ok(Self(permissions))
    }

    /// All of them, by key and scope.
    pub fn all(&self) -> &[Grantable] {
        &self.0
    }

    /// The set of these keys of a scope; what no feature declares is left out, so that a role may
    /// outlive one.
    pub fn set<'a>(&self, scope: &str, keys: impl IntoIterator<Item = &'a str>) -> Permissions {
        let places = keys.into_iter().filter_map(|key| self.place(scope, key));
        places.fold(Permissions::default(), Permissions::with)
    }

    /// The set of all permissions of a scope.
    pub fn of_scope(&self, scope: &str) -> Permissions {
        self.set(scope, self.0.iter().filter(|it| it.scope == scope).map(|it| it.key))
    }

    /// What a system role holds in an organization.
    pub fn of_rank(&self, rank: Rank) -> Permissions {
        let held = self.0.iter().filter(|it| it.scope == ORGANIZATION && it.rank <= rank);
        self.set(ORGANIZATION, held.map(|it| it.key))
    }

    /// Whether there is such a permission.
    pub fn knows(&self, scope: &str, key: &str) -> bool {
        self.place(scope, key).is_some()
    }

    /// Whether `key` is in `permissions`.
    pub fn allows(&self, permissions: Permissions, scope: &str, key: &str) -> bool {
        let place = self.place(scope, key);
        place.is_some_and(|at| permissions.covers(Permissions::default().with(at)))
    }

    /// The keys of a scope that are in `permissions`.
    pub fn keys(&self, permissions: Permissions, scope: &str) -> Vec<&'static str> {
        let of_scope = self.0.iter().filter(|it| it.scope == scope).map(|it| it.key);
        of_scope.filter(|key| self.allows(permissions, scope, key)).collect()
    }

    fn place(&self, scope: &str, key: &str) -> Option<usize> {
        self.0.binary_search_by(|it| name(it).cmp(&(key, scope))).ok()
    }
}

fn name(permission: &Grantable) -> (&'static str, &'static str) {
    (permission.key, permission.scope)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grantable(key: &'static str, scope: &'static str) -> Grantable {
        Grantable { key, scope, sentence: "", rank: Rank::Member }
    }

    #[test]
    fn a_set_allows_what_it_was_made_of_and_nothing_else() {
        let keys: Vec<&'static str> = (0..200).map(|n| &*format!("k:{n:03}").leak()).collect();
        let all = keys.iter().map(|key| grantable(key, "platform")).collect();
        let catalogue = Catalogue::new(all).unwrap();
        let set = |keys: &[&'static str]| catalogue.set("platform", keys.iter().copied());
        let some = set(&["k:001", "k:070", "k:199", "gone:since"]);

        assert_eq!(catalogue.keys(some, "platform"), ["k:001", "k:070", "k:199"]);
        assert!(!catalogue.allows(catalogue.of_scope("platform"), "platform", "gone:since"));
        assert!(catalogue.of_scope("platform").covers(some) && !some.covers(set(&["k:002"])));
        assert_eq!(catalogue.of_scope("organization"), Permissions::default());
    }

    #[test]
    fn a_key_of_two_scopes_is_two_permissions_and_a_rank_holds_those_below_it() {
        let all = ["platform", "organization"].map(|scope| grantable("a:read", scope));
        let owned = Grantable { rank: Rank::Owner, ..grantable("a:own", "organization") };
        let catalogue = Catalogue::new([&all[..], &[owned]].concat()).unwrap();
        let member = catalogue.of_rank(Rank::Member);
        assert!(catalogue.allows(member, "organization", "a:read"));
        assert!(!catalogue.allows(member, "platform", "a:read"));
        assert!(!catalogue.allows(member, "organization", "a:own"));
        assert_eq!(catalogue.of_rank(Rank::Viewer), Permissions::default());
        assert_eq!(catalogue.keys(catalogue.of_rank(Rank::Owner), "organization").len(), 2);
    }

    #[test]
    fn one_key_declared_twice_stops_the_start() {
        let twice = vec![grantable("a:read", "platform"); 2];
        assert_eq!(Catalogue::new(twice).unwrap_err(), "the permission a:read is declared twice");
    }
}
