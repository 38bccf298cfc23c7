//! What an operator may set, at the start and while the server runs.

use chrono::TimeDelta;
use kernel::{Env, Feature, OrgView, Setting, SettingScope, View, settings::Whole};
use sea_orm::DbErr;

/// An operator's alone: a limit that an organization could lift would be none.
static SEATS: Setting<Whole> = Setting {
    key: "organizations.seats",
    sentence: "How many members an organization may have, with those who are invited; 0 is any number.",
    kind: Whole { least: 0, most: 1_000_000 },
    default: 0,
    scopes: &[SettingScope::Platform],
};

/// An operator's alone too: it keeps an organization from mailing the world.
static INVITATIONS: Setting<Whole> = Setting {
    key: "organizations.invitations",
    sentence: "How many invitations may be pending in an organization, and how many mails of invitations it may send in a day, those sent again too.",
    kind: Whole { least: 1, most: 100_000 },
    default: 1000,
    scopes: &[SettingScope::Platform],
};

/// Of invitations that are mailed from then on.
static INVITATION_DAYS: Setting<Whole> = Setting {
    key: "organizations.invitation_days",
    sentence: "For how many days an invitation can be accepted after it was mailed.",
    kind: Whole { least: 1, most: 90 },
    default: 7,
    scopes: &[SettingScope::Platform, SettingScope::Organization],
};

/// Of organizations that are deleted from then on.
static DELETED_DAYS: Setting<Whole> = Setting {
    key: "organizations.deleted_days",
    sentence: "For how many days an organization that is deleted from then on can be restored before it is erased.",
    kind: Whole { least: 1, most: 365 },
    default: 30,
    scopes: &[SettingScope::Platform],
};

/// The feature with its settings, each with what the environment says holds until somebody sets
/// something else.
pub fn with_settings(feature: Feature, env: &Env) -> Feature {
    let first = |name, it: &Setting<Whole>| env.within(name, it.default, it.kind.bounds());
    feature
        .settings(&[&SEATS, &INVITATIONS, &INVITATION_DAYS, &DELETED_DAYS])
        .setting_default(&SEATS, first("ORGANIZATIONS_SEATS", &SEATS))
        .setting_default(&INVITATIONS, first("ORGANIZATIONS_INVITATIONS", &INVITATIONS))
        .setting_default(&INVITATION_DAYS, first("ORGANIZATIONS_INVITATION_DAYS", &INVITATION_DAYS))
}

/// How many members the organization may have; `None` is any number.
pub async fn seats(view: &OrgView) -> Result<Option<u64>, DbErr> {
    Ok(u64::try_from(SEATS.of(view).await?).ok().filter(|seats| *seats > 0))
}

/// How many invitations may be pending in the organization, and mailed in a day.
pub async fn invitations(view: &OrgView) -> Result<u64, DbErr> {
    Ok(INVITATIONS.of(view).await?.unsigned_abs())
}

/// How long an invitation that is mailed now may be accepted.
pub async fn invitation_life(view: &OrgView) -> Result<TimeDelta, DbErr> {
    Ok(TimeDelta::days(INVITATION_DAYS.of(view).await?))
}

/// How long an organization that is deleted now can be restored.
pub async fn kept(view: &View) -> Result<TimeDelta, DbErr> {
    Ok(TimeDelta::days(DELETED_DAYS.of(view).await?))
}
