//! From an environment to a house on a database.

use std::sync::Arc;

use kernel::{Clock, Db, Env, House, db::Serving, house::Built};

use crate::{Config, StartError, features};

/// A house on its database, with nobody in it yet.
pub struct Started {
    /// What was set.
    pub config: Config,
    /// The house.
    pub built: Built,
}

/// Reads the environment, telling all that is wrong with it at once, brings the schema up to date
/// and opens the database.
pub async fn start(env: &Env, clock: Arc<dyn Clock>) -> Result<Started, StartError> {
    let (house, config) = read(env).await?;
    migrate(&config).await?;
    open(house, config, clock).await
}

/// The same for who is to be the one that serves; it is as long as [`Serving`] is kept.
pub async fn start_serving(
    env: &Env,
    clock: Arc<dyn Clock>,
) -> Result<(Started, Serving), StartError> {
    let (house, config) = read(env).await?;
    let serving = Serving::begin(&config.database).await?;
    migrate(&config).await?;
    let started = open(house, config, clock).await?;
    started.built.prepare().await.map_err(StartError::Prepare)?;
    Ok((started, serving))
}

/// The house and the configuration, or everything that is wrong with the environment.
pub async fn read(env: &Env) -> Result<(House, Config), StartError> {
    let features = features(env);
    let config = Config::read(env);
    env.check()?;
    for name in env.unread() {
        tracing::warn!(name, ".env sets a variable that nobody reads; is it misspelt?");
    }
    Ok((House::of(features).await?, config))
}

/// Brings the schema up to date, as who owns it; where that is another role, the one that serves is let
/// do what it needs (ASVS 13.2.2).
pub async fn migrate(config: &Config) -> Result<(), StartError> {
    let serving = &config.database.url;
    migration::up(config.owner.as_ref().unwrap_or(serving)).await?;
    if let Some(owner) = &config.owner {
        migration::grant(owner, serving).await?;
    }
    Ok(())
}

async fn open(house: House, config: Config, clock: Arc<dyn Clock>) -> Result<Started, StartError> {
    let keyring = config.keyring.clone();
    let opening =
        house.build(async |registry| Db::open(&config.database, clock, keyring, registry).await);
    let built = opening.await?;
    Ok(Started { config, built })
}
