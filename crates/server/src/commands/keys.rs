//! The keys that sign access tokens, beside a running server if need be: it looks again within a second.

use std::sync::Arc;

use auth::Begins;
use kernel::{Clock, Door, Env, Problem, View};

use super::say;
use crate::{StartError, start::start};

/// Lists the keys.
pub async fn list(env: &Env, clock: Arc<dyn Clock>) -> Result<(), StartError> {
    at_database(env, clock, async |_| Ok(())).await
}

/// Makes a new key out of turn, and lists them.
pub async fn rotate(env: &Env, clock: Arc<dyn Clock>, begins: Begins) -> Result<(), StartError> {
    at_database(env, clock, async |door| Ok(auth::rotate(door, begins).await?)).await
}

/// Removes a key, and lists those that are left.
pub async fn revoke(env: &Env, clock: Arc<dyn Clock>, kid: &str) -> Result<(), StartError> {
    let revoke = async |door: &Door<View>| {
        auth::revoke(door, kid).await?.then_some(()).ok_or(kernel::Kind::NotFound.into())
    };
    at_database(env, clock, revoke).await
}

async fn at_database(
    env: &Env,
    clock: Arc<dyn Clock>,
    act: impl AsyncFnOnce(&Door<View>) -> Result<(), Problem>,
) -> Result<(), StartError> {
    let started = start(env, clock).await?;
    let db = started.built.ground.db();
    let told = async {
        act(&db.system()).await?;
        let after = db.system(); // a view stands at one instant, and a new key signs from a later one
        Ok::<_, Problem>(auth::keys(after.view()).await?)
    };
    for key in told.await.map_err(StartError::Prepare)? {
        say(&format!("{}  {:<9}  {}", key.kid, key.does, key.signs_from.to_rfc3339()))?;
    }
    db.close().await?;
    Ok(())
}
