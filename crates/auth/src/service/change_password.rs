//! Choosing another password with the one that one has.

use audit_log::{Entry, Target};
use kernel::{Door, Tx, View};
use serde_json::json;

use super::{
    Auth,
    compare::{Compared, compare},
    ends::{EndedBy, end_all},
    login::refuse,
    sessions::own,
};
use crate::{
    Error, mails,
    models::{link, password},
    password::rules::Rules,
    schemas::passwords::ChangePasswordIn,
};

/// Changes the password of who asks: every other session is over, every mailed link void, and the
/// account's owner is told (ASVS 6.2.2, 6.2.3, 6.3.7, 7.4.3).
pub async fn change(door: &Door<View>, input: ChangePasswordIn) -> Result<(), Error> {
    let view = door.view();
    let (id, _) = own(view)?;
    let user = users::by_id(view, id).await?;
    let checked = Rules::of(view).await?.check(&input.new_password, &user.email, &user.name);
    checked.map_err(Error::NewPassword)?;
    let compared = compare(view, Some(id), &input.current_password).await?;
    let hash = view.of::<Auth>().hasher.hash(&input.new_password).await?;
    let changed = door.run(async |tx| replace(tx, &compared, hash).await);
    if changed.await? { Ok(()) } else { Err(Error::WrongPassword) }
}

/// `false`, which is recorded, where the password was another.
async fn replace(tx: &Tx, compared: &Compared, hash: String) -> Result<bool, Error> {
    let (user, session) = own(tx)?;
    let user = users::hold(tx, user).await?;
    if !compared.holds(tx, user.id).await? {
        refuse(tx, Some(&user), "wrong_password");
        return Ok(false);
    }
    password::put(tx, user.id, hash).await?;
    link::void(tx, user.id).await?;
    end_all(tx, user.id, Some(session), EndedBy::Password).await?;
    let entry = Entry::of("password.changed", Target::new("user", user.id));
    audit_log::record(tx, entry.about(user.id));
    notifications::mail(tx, user.id, &mails::PASSWORD_CHANGED, json!({}))?;
    Ok(true)
}
