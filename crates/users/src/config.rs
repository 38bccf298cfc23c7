//! What an operator may set while the server runs.

use chrono::TimeDelta;
use kernel::{Setting, SettingScope, View, settings::Whole};
use sea_orm::DbErr;

/// When an account is erased is fixed when it is deleted: it was told to its owner then.
pub static DELETED_DAYS: Setting<Whole> = Setting {
    key: "users.deleted_days",
    sentence: "For how many days an account that is deleted from now on can be restored before it is erased.",
    kind: Whole { least: 1, most: 365 },
    default: 30,
    scopes: &[SettingScope::Platform],
};

/// How long a deleted account can be restored.
pub async fn kept(view: &View) -> Result<TimeDelta, DbErr> {
    Ok(TimeDelta::days(DELETED_DAYS.of(view).await?))
}
