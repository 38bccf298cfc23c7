use kernel::{Fault, Invalid, Kind, Refusal};
use sea_orm::DbErr;

/// After how many seconds it makes sense to try to mail again.
const HOUR: u32 = 3600;

/// What can go wrong with organizations.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing here, or not any more.
    #[error("there is no such thing here")]
    NotFound,
    /// The slug, or one that looks like it, is another organization's.
    #[error("Another organization has this slug, or one that looks like it.")]
    SlugTaken,
    /// Somebody is a member already.
    #[error("They are a member already.")]
    AlreadyMember,
    /// Without this owner the organization would have none.
    #[error("The organization would have no owner. Make somebody else its owner first.")]
    LastOwner,
    /// Nobody the organization could be handed on to.
    #[error("It can be handed on to another member only, whose account may be used.")]
    NoHeir,
    /// There are as many members as the organization may have.
    #[error("The organization has as many members as it may have.")]
    SeatLimitReached,
    /// Somebody with this address is invited already.
    #[error("This address is invited already; send that invitation again or revoke it.")]
    InvitationPending,
    /// The invitation was accepted, declined or revoked.
    #[error("The invitation was accepted, declined or revoked before.")]
    InvitationClosed,
    /// There are as many pending invitations as there may be.
    #[error("The organization has as many pending invitations as it may have.")]
    InvitationLimitReached,
    /// The address, or all of them together, got as many mails as they may for now.
    #[error("Enough invitations were mailed for today; try again tomorrow.")]
    TooManyMails,
    /// An invitation that is used, expired, withdrawn or worth nothing any more.
    #[error("This invitation has been used, has expired or was withdrawn.")]
    LinkExpired,
    /// An invitation of another address, or of one that is still to be proved.
    #[error("The invitation is for another mail address than yours.")]
    WrongRecipient,
    /// A pending invitation names the role.
    #[error("A pending invitation gives this role.")]
    RoleInUse,
    /// The address is none that mail can be sent to.
    #[error("The address is none that mail can be sent to.")]
    Email,
    /// The roles refuse.
    #[error(transparent)]
    Roles(#[from] roles::Error),
    /// The accounts refuse.
    #[error(transparent)]
    Users(#[from] users::Error),
    /// The settings refuse.
    #[error(transparent)]
    Settings(#[from] settings::Error),
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
            Self::SlugTaken => Kind::Conflict("slug_taken"),
            Self::AlreadyMember => Kind::Conflict("already_member"),
            Self::LastOwner => Kind::Conflict("last_owner"),
            Self::NoHeir => {
                let message = "must be another member, whose account may be used";
                Kind::Invalid(vec![Invalid::new("/user_id", "unknown_member", message)])
            }
            Self::SeatLimitReached => Kind::Conflict("seat_limit_reached"),
            Self::InvitationPending => Kind::Conflict("invitation_pending"),
            Self::InvitationClosed => Kind::Conflict("invitation_closed"),
            Self::InvitationLimitReached => Kind::Conflict("invitation_limit_reached"),
            Self::TooManyMails => Kind::TooManyRequests(HOUR),
            Self::LinkExpired => Kind::Gone("link_expired"),
            Self::WrongRecipient => Kind::Forbidden("wrong_recipient"),
            Self::RoleInUse => Kind::Conflict("role_in_use"),
            Self::Email => {
                Kind::Invalid(vec![Invalid::new("/email", "email", "must be a mail address")])
            }
            Self::Roles(error) => error.kind(),
            Self::Users(error) => error.kind(),
            Self::Settings(error) => error.kind(),
            Self::Refused(refusal) => refusal.kind(),
            Self::Db(error) => error.kind(),
        }
    }
}
