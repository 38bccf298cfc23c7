//! Ids that cannot be mistaken for one another, and bytes that nobody can guess.

use uuid::Uuid;

/// A new id of version 7 (RFC 9562), later than every id before it in this process.
#[expect(clippy::disallowed_methods, reason = "the one place that makes ids")]
pub(crate) fn next() -> Uuid {
    Uuid::now_v7()
}

/// Bytes from the operating system's generator (ASVS 11.5.1).
///
/// # Panics
/// Where the operating system has none: nothing could be kept secret then.
#[expect(clippy::expect_used, reason = "without randomness there is no safe way on")]
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// Declares a typed id: a UUID of version 7, made by `tx.id()`.
#[macro_export]
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord,
            serde::Serialize, serde::Deserialize, sea_orm::DeriveValueType, utoipa::ToSchema,
        )]
        #[serde(transparent)]
        pub struct $name(
            /// The bare id.
            pub uuid::Uuid,
        );

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                text.parse().map(Self)
            }
        }

        // sea-orm asks this of every primary key; no row is ever numbered.
        impl sea_orm::TryFromU64 for $name {
            fn try_from_u64(_: u64) -> Result<Self, sea_orm::DbErr> {
                Err(sea_orm::DbErr::ConvertFromU64(stringify!($name)))
            }
        }

        impl From<uuid::Uuid> for $name {
            fn from(id: uuid::Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for uuid::Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    };
}

id!(
    /// An account.
    UserId
);
id!(
    /// A tenant.
    OrganizationId
);
id!(
    /// A sign-in that lasts.
    SessionId
);
id!(
    /// A program with an identity of its own.
    ServiceAccountId
);

impl OrganizationId {
    /// What stands where a row belongs to the platform: unique keys have no nullable column.
    pub const PLATFORM: Self = Self(Uuid::nil());
}
