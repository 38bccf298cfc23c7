//! Permissions: types in a handler's signature, rows in a role.

use crate::db::Scope;

/// A thing a caller may be allowed to do, declared with [`permissions!`](crate::permissions).
pub trait Permission: 'static {
    /// Where it counts: `View` on the platform, `OrgView` inside an organization.
    type Scope: Scope;
    /// Its name, `feature:verb`.
    const KEY: &'static str;
}

/// Declares a feature's permissions, their doc comments being what people read. In an organization
/// each is `for` a system role and those above it; where that is left out, for owners.
///
/// ```
/// kernel::permissions! { kernel::OrgView:
///     /// See the catalogue.
///     Read = "products:read" for Viewer,
///     /// Change the catalogue.
///     Write = "products:write" for Member,
/// }
/// assert_eq!(PERMISSIONS[0].sentence, "See the catalogue.");
/// ```
#[macro_export]
macro_rules! permissions {
    ($scope:ty: $(#[doc = $sentence:literal] $name:ident = $key:literal $(for $rank:ident)?),+ $(,)?) => {
        $(
            #[doc = $sentence]
            pub struct $name;

            impl $crate::Permission for $name {
                type Scope = $scope;
                const KEY: &'static str = $key;
            }
        )+

        /// What roles may grant.
        pub const PERMISSIONS: &[$crate::Grantable] = &[$($crate::Grantable {
            key: $key,
            scope: <$scope as $crate::Scope>::NAME,
            sentence: $sentence.trim_ascii(),
            rank: {
                let [rank, ..] = [$($crate::Rank::$rank,)? $crate::Rank::Owner];
                rank
            },
        }),+];
    };
}
