//! Reading preferences and changing them.

use audit_log::{Entry, Target, record};
use kernel::{Caller, Exported, Refusal, Tx, UserId, View};
use sea_orm::DbErr;
use uuid::Uuid;

use super::{
    Preferences, Quiet, models as rows,
    row::Choice,
    schemas::{PreferencesIn, PreferencesOut, PreferencesRecord, QuietHours},
};
use crate::{Topic, mailing::bounce, models};

/// What whoever asks is notified of.
pub async fn read(view: &View) -> Result<PreferencesOut, Refusal> {
    let user = reader(view)?;
    shown(view, rows::of(view, user).await?).await
}

/// Says what whoever asks wants, in place of everything that they have said before.
pub async fn replace(tx: &Tx, wanted: PreferencesIn) -> Result<PreferencesOut, Refusal> {
    let user = reader(tx)?;
    let choices = wanted.choices(tx.declared::<Topic>()).map_err(Refusal::Invalid)?;
    let before = rows::for_change(tx, user).await?;
    let quiet = wanted.quiet_hours.as_ref().and_then(QuietHours::quiet);
    let minutes = |it: Option<u32>| it.and_then(|it| i32::try_from(it).ok());
    let after = Preferences {
        choices,
        quiet_from: minutes(quiet.map(Quiet::begins)),
        quiet_to: minutes(quiet.map(Quiet::ends)),
        ..before.clone()
    };
    bounce::forget(tx, user).await?;
    let after = change(tx, &before, after).await?;
    shown(tx, after).await
}

/// Has no more mail about a topic go out to somebody, for who holds a link that says so.
pub async fn stop_mail(tx: &Tx, user: UserId, topic: &Topic) -> Result<(), Refusal> {
    let before = rows::for_change(tx, user).await?;
    if before.mails(topic).is_none() {
        return Ok(());
    }
    let mut after = before.clone();
    let choice = after.choices.0.entry(topic.key.to_owned()).or_default();
    *choice = Choice { email: Some(false), ..*choice };
    change(tx, &before, after).await?;
    Ok(())
}

/// What is kept of what somebody has said.
pub async fn export(view: &View, person: UserId, _: Option<Uuid>) -> Result<Exported, DbErr> {
    let row = rows::of(view, person).await?;
    let said = (row.version > 0).then(|| PreferencesRecord::from(&row));
    Exported::whole(said)
}

async fn change(tx: &Tx, before: &Preferences, after: Preferences) -> Result<Preferences, Refusal> {
    let user = before.user_id;
    let after = rows::put(tx, after).await?;
    let target = Target::new("notification_preferences", user);
    let entry = Entry::of("notification_preferences.updated", target)
        .about(user)
        .by(user)
        .changed(&PreferencesRecord::from(before), &PreferencesRecord::from(&after));
    record(tx, entry);
    Ok(after)
}

async fn shown(view: &View, row: Preferences) -> Result<PreferencesOut, Refusal> {
    let recipient = models::by_user(view, row.user_id).await?;
    let (locale, zone) =
        recipient.as_ref().map_or(("en", "UTC"), |it| (it.locale.as_str(), it.time_zone.as_str()));
    let out = PreferencesOut::of(&row, view.declared(), locale, zone.to_owned());
    let mailbox_works = match &recipient {
        Some(recipient) => !bounce::is_marked(view, recipient).await?,
        None => true,
    };
    Ok(PreferencesOut { mailbox_works, ..out })
}

fn reader(view: &View) -> Result<UserId, Refusal> {
    view.caller().and_then(Caller::user).ok_or(Refusal::NotFound)
}
