//! How long signing keys sign (ASVS 11.1.1, 13.3.4).

use chrono::TimeDelta;
use kernel::{Setting, SettingScope, View, settings::Whole};
use sea_orm::DbErr;

/// The cryptoperiod.
pub static KEY_DAYS: Setting<Whole> = Setting {
    key: "auth.signing_key_days",
    sentence: "After how many days another key signs access tokens.",
    kind: Whole { least: 1, most: 365 },
    default: 90,
    scopes: &[SettingScope::Platform],
};

/// Longer than services keep the published keys.
pub static KEY_OVERLAP_HOURS: Setting<Whole> = Setting {
    key: "auth.signing_key_overlap_hours",
    sentence: "For how many hours a new key is published before it signs access tokens.",
    kind: Whole { least: 1, most: 168 },
    default: 24,
    scopes: &[SettingScope::Platform],
};

/// How long a key signs.
pub async fn period(view: &View) -> Result<TimeDelta, DbErr> {
    Ok(TimeDelta::days(KEY_DAYS.of(view).await?))
}

/// How long a new key is published before it signs.
pub async fn overlap(view: &View) -> Result<TimeDelta, DbErr> {
    Ok(TimeDelta::hours(KEY_OVERLAP_HOURS.of(view).await?))
}
