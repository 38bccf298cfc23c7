use kernel::{Fault, Invalid, Kind, Refusal};
use sea_orm::DbErr;

/// What can go wrong with roles.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such role at this place, or the account does not have it.
    #[error("there is no such role here")]
    NotFound,
    /// Roles that are none of this place, by their places in the list.
    #[error("There is no such role.")]
    Unknown(Vec<usize>),
    /// A role that allows what the caller may not do themselves (ASVS 8.2.1).
    #[error("Nobody gives or takes what they do not hold themselves.")]
    Exceeds,
    /// The key is another role's.
    #[error("Another role here has this key.")]
    KeyTaken,
    /// A place has as many roles of its own as it may have.
    #[error("There are as many roles of your own here as there may be: {0}.")]
    TooMany(u64),
    /// A system role is the same for everybody.
    #[error("This role is always there and cannot be changed.")]
    System,
    /// Somebody has the role.
    #[error("Somebody has this role. Take it from them first.")]
    InUse,
    /// Nobody else could administer the platform.
    #[error("Nobody else is an administrator. Make somebody else one first.")]
    LastAdministrator,
    /// The accounts refuse.
    #[error(transparent)]
    Users(#[from] users::Error),
    /// The ground, or a feature above, refuses.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
}

impl Fault for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::NotFound => Kind::NotFound,
            Self::Unknown(places) => {
                let fault = |place| {
                    Invalid::new(format!("/roles/{place}"), "unknown_role", "is no role here")
                };
                Kind::Invalid(places.iter().map(fault).collect())
            }
            Self::Exceeds => Kind::Forbidden("permission_denied"),
            Self::KeyTaken => Kind::Conflict("role_key_taken"),
            Self::TooMany(_) => Kind::Conflict("too_many_roles"),
            Self::System => Kind::Conflict("system_role"),
            Self::InUse => Kind::Conflict("role_in_use"),
            Self::LastAdministrator => Kind::Conflict("last_administrator"),
            Self::Users(error) => error.kind(),
            Self::Refused(refusal) => refusal.kind(),
            Self::Db(error) => error.kind(),
        }
    }
}
