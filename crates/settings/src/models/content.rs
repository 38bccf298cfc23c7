//! A value as it lies in a row.

use sea_orm::prelude::Json;

/// A value as it lies in a row.
#[derive(Clone, PartialEq)]
pub enum Content {
    /// Nothing is set.
    Unset,
    /// In clear.
    Plain(Json),
    /// A secret, sealed under the key of this name.
    Sealed { by: String, bytes: Vec<u8> },
}

impl Content {
    /// Out of the columns `value`, `sealed` and `sealed_by`.
    pub fn read(value: Option<Json>, sealed: Option<Vec<u8>>, by: String) -> Self {
        match (value, sealed) {
            (_, Some(bytes)) => Self::Sealed { by, bytes },
            (Some(value), None) => Self::Plain(value),
            (None, None) => Self::Unset,
        }
    }

    /// Into the columns `value`, `sealed` and `sealed_by`.
    pub fn columns(self) -> (Option<Json>, Option<Vec<u8>>, String) {
        match self {
            Self::Unset => (None, None, String::new()),
            Self::Plain(value) => (Some(value), None, String::new()),
            Self::Sealed { by, bytes } => (None, Some(bytes), by),
        }
    }
}
