//! One's own inbox: reading it, and marking what was read.

use std::sync::Arc;

use kernel::{Merge, PageOf, Tx, UserId, View, db::PageRequest};

use super::{Notifications, reader};
use crate::{
    Error,
    models::{
        self, delivery,
        notification::NotificationId,
        reading::{self, Marks, Standing, Wanted},
    },
    schemas::{CountsOut, NotificationIn, NotificationOut, ReadIn},
};

/// A page of one's inbox.
pub async fn list(
    view: &View,
    page: &PageRequest,
    wanted: Wanted,
) -> Result<PageOf<NotificationOut>, Error> {
    let user = reader(view)?;
    let page = reading::page(view, user, page, wanted).await?;
    let locale = locale(view, user).await?;
    Ok(page.map(|row| NotificationOut::of(row, &locale)))
}

/// One notification of one's inbox.
pub async fn read(view: &View, id: NotificationId) -> Result<NotificationOut, Error> {
    let user = reader(view)?;
    let row = reading::one(view, user, id).await?.ok_or(Error::NotFound)?;
    Ok(NotificationOut::of(row, &locale(view, user).await?))
}

/// How one's inbox stands.
pub async fn counts(view: &View) -> Result<CountsOut, Error> {
    let user = reader(view)?;
    let standing = reading::standing(view, &[user]).await?.first().copied();
    Ok(standing.unwrap_or_else(|| Standing::empty(user)).into())
}

/// Marks a notification as the patch says.
pub async fn mark(
    tx: &Tx,
    id: NotificationId,
    patch: Merge<NotificationIn>,
) -> Result<NotificationOut, Error> {
    let user = reader(tx)?;
    let locale = locale(tx, user).await?;
    touch(tx, user).await?; // the inbox first, as who delivers does
    let before = reading::changing(tx, user, id).await?;
    let was = NotificationIn::from(&before);
    let wanted = patch.onto(&was)?;
    if wanted == was {
        return Ok(NotificationOut::of(before, &locale));
    }
    let row =
        reading::mark(tx, before, Marks { read: wanted.read, archived: wanted.archived }).await?;
    Ok(NotificationOut::of(row, &locale))
}

/// Marks all as read that had come up to this place.
pub async fn mark_all(tx: &Tx, ReadIn { up_to_seq }: ReadIn) -> Result<CountsOut, Error> {
    let user = reader(tx)?;
    touch(tx, user).await?;
    reading::mark_all(tx, user, up_to_seq).await?;
    counts(tx).await
}

/// Locks an inbox, and has who listens to it hear that it has changed.
async fn touch(tx: &Tx, user: UserId) -> Result<(), Error> {
    delivery::touch(tx, user).await?;
    let hub = Arc::clone(&tx.of::<Notifications>().hub);
    tx.on_commit(move || hub.touch(&[user]));
    Ok(())
}

async fn locale(view: &View, user: UserId) -> Result<String, Error> {
    Ok(models::by_user(view, user).await?.map(|it| it.locale).unwrap_or_default())
}
