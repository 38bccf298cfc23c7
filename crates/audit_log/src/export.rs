//! What the log says of a person: what they did, what was done to their account, and what else is
//! told of them.

use kernel::{Exported, UserId, View};
use uuid::Uuid;

use crate::{
    AuditEntryOut, Error, keys,
    models::{self, Concern},
};

/// How many entries are read at a time.
const PAGE: u64 = 200;

/// What somebody did.
pub async fn by(view: &View, person: UserId, after: Option<Uuid>) -> Result<Exported, Error> {
    page(view, person, Concern::By(person), after).await
}

/// What others did to somebody's account.
pub async fn to(view: &View, person: UserId, after: Option<Uuid>) -> Result<Exported, Error> {
    page(view, person, Concern::To(person), after).await
}

/// What else others did that tells something of somebody.
pub async fn about(view: &View, person: UserId, after: Option<Uuid>) -> Result<Exported, Error> {
    page(view, person, Concern::About(person), after).await
}

/// Only the person's own key is used: what entries tell of others stays closed.
async fn page(
    view: &View,
    person: UserId,
    concern: Concern,
    after: Option<Uuid>,
) -> Result<Exported, Error> {
    let entries = models::concerning(view, concern, after.map(Into::into), PAGE).await?;
    let keys = keys::of(view, &[person]).await?;
    let shown = entries.into_iter().map(|entry| AuditEntryOut::of(entry, None, &keys));
    Ok(Exported::page(shown.collect(), PAGE, |entry| entry.id.into())?)
}
