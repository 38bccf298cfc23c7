//! What an operator may set, at the start and while the server runs.

pub mod keys;

use chrono::TimeDelta;
use kernel::{
    Env, Feature, Setting, SettingScope, View,
    settings::{List, Text, Whole},
};
use sea_orm::DbErr;

use crate::{password::rules::Rules, schemas::Password};

/// ASVS 6.2.1.
static PASSWORD_MIN_LENGTH: Setting<Whole> = Setting {
    key: "auth.password_min_length",
    sentence: "How many characters a new password has at least.",
    kind: Whole { least: 8, most: 128 },
    default: 15,
    scopes: &[SettingScope::Platform],
};

/// ASVS 9.2.1.
static ACCESS_TOKEN_MINUTES: Setting<Whole> = Setting {
    key: "auth.access_token_minutes",
    sentence: "For how many minutes an access token is good that is issued from then on.",
    kind: Whole { least: 1, most: 60 },
    default: 15,
    scopes: &[SettingScope::Platform],
};

/// ASVS 6.1.2, 6.2.11.
static PASSWORD_WORDS: Setting<List> = Setting {
    key: "auth.password_words",
    sentence: "Words that do not make a password, such as the names of the product and of who runs it: at least eight characters must be something else.",
    kind: List { most: 100, each: Text { most: 64 } },
    default: &["groundwork"],
    scopes: &[SettingScope::Platform],
};

/// ASVS 7.3.1.
static SESSION_IDLE_DAYS: Setting<Whole> = Setting {
    key: "auth.session_idle_days",
    sentence: "After how many days a session is over that nobody has refreshed.",
    kind: Whole { least: 1, most: 365 },
    default: 30,
    scopes: &[SettingScope::Platform],
};

/// ASVS 7.3.2.
static SESSION_DAYS: Setting<Whole> = Setting {
    key: "auth.session_days",
    sentence: "After how many days a session is over, however often it is refreshed. Fewer shorten also those that are there; more lengthen none of them.",
    kind: Whole { least: 1, most: 365 },
    default: 90,
    scopes: &[SettingScope::Platform],
};

/// What an operator may set at the start and not later.
pub struct Config {
    /// Who issues our tokens, and for whom: `PUBLIC_URL`.
    pub issuer: String,
    /// Who is made administrator of an empty database.
    pub administrator: Option<Administrator>,
}

/// What the first administrator is called.
pub const ADMINISTRATOR: &str = "Administrator";

/// Who is made administrator of an empty database.
pub struct Administrator {
    pub email: String,
    pub password: FirstPassword,
}

/// How the first administrator comes by a password.
pub enum FirstPassword {
    /// The operator has set it.
    Given(Password),
    /// One is made up, and printed once.
    MadeUp,
    /// A link to choose it is mailed.
    Mailed,
}

impl Config {
    pub fn read(env: &Env) -> Self {
        let password_least = length(first(env, "AUTH_PASSWORD_MIN_LENGTH", &PASSWORD_MIN_LENGTH));
        Self { issuer: env.public_url(), administrator: administrator(env, password_least) }
    }
}

/// The feature with its settings, each with what the environment says holds until somebody sets
/// something else.
pub fn with_settings(feature: Feature, env: &Env) -> Feature {
    feature
        .settings(&[
            &ACCESS_TOKEN_MINUTES,
            &PASSWORD_MIN_LENGTH,
            &PASSWORD_WORDS,
            &SESSION_IDLE_DAYS,
            &SESSION_DAYS,
        ])
        .settings(&[&keys::KEY_DAYS, &keys::KEY_OVERLAP_HOURS])
        .setting_default(
            &ACCESS_TOKEN_MINUTES,
            first(env, "AUTH_ACCESS_TOKEN_MINUTES", &ACCESS_TOKEN_MINUTES),
        )
        .setting_default(
            &PASSWORD_MIN_LENGTH,
            first(env, "AUTH_PASSWORD_MIN_LENGTH", &PASSWORD_MIN_LENGTH),
        )
        .setting_default(
            &SESSION_IDLE_DAYS,
            first(env, "AUTH_SESSION_IDLE_DAYS", &SESSION_IDLE_DAYS),
        )
        .setting_default(&SESSION_DAYS, first(env, "AUTH_SESSION_DAYS", &SESSION_DAYS))
}

/// How many characters a new password has at least.
pub async fn password_least(view: &View) -> Result<usize, DbErr> {
    Ok(length(PASSWORD_MIN_LENGTH.of(view).await?))
}

/// How long an access token is good that is issued now.
pub async fn access_life(view: &View) -> Result<TimeDelta, DbErr> {
    Ok(TimeDelta::minutes(ACCESS_TOKEN_MINUTES.of(view).await?))
}

/// Words that do not make a password.
pub async fn password_words(view: &View) -> Result<Vec<String>, DbErr> {
    PASSWORD_WORDS.of(view).await
}

/// How long a session lasts without being refreshed.
pub async fn session_idle(view: &View) -> Result<TimeDelta, DbErr> {
    Ok(TimeDelta::days(SESSION_IDLE_DAYS.of(view).await?))
}

/// How long a session lasts at the most.
pub async fn session_life(view: &View) -> Result<TimeDelta, DbErr> {
    Ok(TimeDelta::days(SESSION_DAYS.of(view).await?))
}

fn first(env: &Env, name: &str, setting: &Setting<Whole>) -> i64 {
    env.within(name, setting.default, setting.kind.bounds())
}

/// What is within bounds is a length.
fn length(least: i64) -> usize {
    usize::try_from(least).unwrap_or(usize::MAX)
}

/// In production nobody is made administrator unasked, and no password is ever printed there: who is
/// named without one is mailed a link to choose it.
fn administrator(env: &Env, password_least: usize) -> Option<Administrator> {
    let email = env.text("ADMIN_EMAIL").map(str::to_owned);
    let password = env.text("ADMIN_PASSWORD").map(|it| Password::from(it.to_owned()));
    if email.as_ref().is_some_and(|email| users::EmailAddress::parse(email).is_none()) {
        env.wrong("ADMIN_EMAIL", "must be a mail address");
    }
    if let Some(password) = &password {
        let words = PASSWORD_WORDS.default.iter().map(|it| (*it).to_owned()).collect();
        let rules = Rules::new(password_least, words);
        let own = email.as_deref().unwrap_or_default();
        if let Err(weak) = rules.check(password, own, ADMINISTRATOR) {
            env.wrong("ADMIN_PASSWORD", &weak.message);
        }
    }
    match (email, password) {
        (Some(email), Some(password)) => {
            Some(Administrator { email, password: FirstPassword::Given(password) })
        }
        (email, password) if !env.is_production() => {
            let email = email.unwrap_or_else(|| "admin@localhost".to_owned());
            let password = password.map_or(FirstPassword::MadeUp, FirstPassword::Given);
            Some(Administrator { email, password })
        }
        (Some(email), None) => Some(Administrator { email, password: FirstPassword::Mailed }),
        (None, Some(_)) => {
            env.wrong("ADMIN_EMAIL", "is missing beside ADMIN_PASSWORD");
            None
        }
        (None, None) => None,
    }
}
