//! The one row, and what clients see of it: the same JSON as the server's.

use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

/// The columns that the answer needs.
pub const SELECT: &str = "select id, email, email_verified_at, name, locale, time_zone, status, \
                          created_at, updated_at, version from users where deleted_at is null and id = $1";

/// An account as its owner sees it.
#[derive(Serialize)]
pub struct UserOut {
    pub id: Uuid,
    pub email: String,
    pub email_verified: bool,
    pub name: String,
    pub locale: String,
    pub time_zone: String,
    pub status: String,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub version: i64,
}
