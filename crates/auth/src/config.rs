//! What an operator may set.

use chrono::TimeDelta;
use kernel::Env;

use crate::{Error, password::check, schemas::Password};

/// What an operator may set.
pub struct Config {
    /// Who issues our tokens, and for whom: `PUBLIC_URL`.
    pub issuer: String,
    /// How long an access token is good.
    pub access_life: TimeDelta,
    /// How long a session lasts without being refreshed (ASVS 7.3.1).
    pub session_idle: TimeDelta,
    /// How long a session lasts at the most (ASVS 7.3.2).
    pub session_life: TimeDelta,
    /// How few characters a password may have.
    pub password_least: usize,
    /// Who is made administrator of an empty database.
    pub administrator: Option<Administrator>,
}

/// What the first administrator is called.
pub const ADMINISTRATOR: &str = "Administrator";

/// Who is made administrator of an empty database.
pub struct Administrator {
    pub email: String,
    /// `None`: one is made up and printed once.
    pub password: Option<Password>,
}

impl Config {
    pub fn read(env: &Env) -> Self {
        let password_least = env.within("AUTH_PASSWORD_MIN_LENGTH", 15, 8..=128);
        Self {
            issuer: env.public_url(),
            access_life: TimeDelta::minutes(env.within("AUTH_ACCESS_TOKEN_MINUTES", 15, 1..=60)),
            session_idle: TimeDelta::days(env.within("AUTH_SESSION_IDLE_DAYS", 30, 1..=365)),
            session_life: TimeDelta::days(env.within("AUTH_SESSION_DAYS", 90, 1..=365)),
            password_least,
            administrator: administrator(env, password_least),
        }
    }
}

/// In production nobody is made administrator unless both are set: no password is ever printed there.
fn administrator(env: &Env, password_least: usize) -> Option<Administrator> {
    let email = env.text("ADMIN_EMAIL").map(str::to_owned);
    let password = env.text("ADMIN_PASSWORD").map(|it| Password::from(it.to_owned()));
    if email.as_ref().is_some_and(|email| users::EmailAddress::parse(email).is_none()) {
        env.wrong("ADMIN_EMAIL", "must be a mail address");
    }
    if let Some(password) = &password {
        let own = email.as_deref().unwrap_or_default();
        if let Err(Error::Password(_, why)) = check(password, password_least, own, ADMINISTRATOR) {
            env.wrong("ADMIN_PASSWORD", &why);
        }
    }
    match (email, password) {
        (Some(email), password @ Some(_)) => Some(Administrator { email, password }),
        (email, password) if !env.is_production() => {
            let email = email.unwrap_or_else(|| "admin@localhost".to_owned());
            Some(Administrator { email, password })
        }
        (None, Some(_)) => {
            env.wrong("ADMIN_EMAIL", "is missing beside ADMIN_PASSWORD");
            None
        }
        (Some(_), None) => {
            env.wrong("ADMIN_PASSWORD", "is missing beside ADMIN_EMAIL");
            None
        }
        (None, None) => None,
    }
}
