use kernel::{Fault, Kind, Refusal};
use sea_orm::DbErr;

/// What can go wrong with products.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The organization has no such product, or not any more.
    #[error("this organization has no such product")]
    NotFound,
    /// The SKU is another product's.
    #[error("Another product of the organization has this SKU.")]
    SkuTaken,
    /// The audit log refuses.
    #[error(transparent)]
    Audit(#[from] audit_log::Error),
    /// As many imports as there may be are under way.
    #[error("As many imports as there may be are under way; wait for one to end.")]
    TooManyImports,
    /// A flag is off for who asks.
    #[error("This is switched off for you.")]
    FeatureDisabled,
    /// The import is over.
    #[error("The import is over.")]
    ImportOver,
    /// The file of an import is not whole.
    #[error("a piece of the file is missing")]
    PieceMissing,
    /// The ground refuses.
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
            Self::SkuTaken => Kind::Conflict("sku_taken"),
            Self::Audit(error) => error.kind(),
            Self::TooManyImports => Kind::Conflict("import_limit_reached"),
            Self::FeatureDisabled => Kind::Forbidden("feature_disabled"),
            Self::ImportOver => Kind::Conflict("import_over"),
            Self::PieceMissing => Kind::Internal,
            Self::Refused(refusal) => refusal.kind(),
            Self::Db(error) => error.kind(),
        }
    }
}
