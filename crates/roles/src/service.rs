//! What an account may do on the platform.

use std::time::Duration;

use audit_log::{Entry, Target};
use kernel::{Cache, Permissions, Scope, Tx, UserId, View};
use sea_orm::DbErr;

use crate::models;

const ADMINISTRATOR: &str = "administrator";

/// What this feature holds while the server runs.
pub struct Roles {
    pub(crate) platform: Cache<UserId, Permissions>,
}

impl Default for Roles {
    fn default() -> Self {
        Self { platform: Cache::new("roles.platform", 100_000, Duration::from_mins(10)) }
    }
}

/// What an account may do on the platform; no query where it is known already.
pub async fn platform_permissions(view: &View, user: UserId) -> Result<Permissions, DbErr> {
    let load = async || {
        let roles = models::roles_of(view, user).await?;
        let catalogue = view.catalogue();
        let administrator = roles.iter().any(|role| role == ADMINISTRATOR);
        Ok(if administrator { catalogue.of_scope(View::NAME) } else { Permissions::default() })
    };
    view.of::<Roles>().platform.get(view, user, load).await
}

/// Gives an account the role of an administrator; it counts from the next request.
pub async fn make_administrator(tx: &Tx<impl Scope>, user: UserId) -> Result<(), DbErr> {
    models::assign(tx, user, ADMINISTRATOR).await?;
    tx.invalidate(&tx.view().of::<Roles>().platform, user);
    let entry = Entry::of("role.assigned", Target::new("user", user)).noting("role", ADMINISTRATOR);
    audit_log::record(tx, entry);
    Ok(())
}
