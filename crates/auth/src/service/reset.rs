//! Choosing a password with a mailed link: another one where the old one is forgotten, or the first one
//! of an account that an administrator has made.

use audit_log::{Entry, Target};
use kernel::{Door, Tx, View};
use serde_json::json;

use super::{
    Auth,
    ends::{EndedBy, end_all},
    links,
    verify::{hold, owner},
};
use crate::{
    Error, Password, mails,
    models::{
        link::{self, Kind, Link},
        password,
    },
    password::rules::Rules,
};

/// The links that let somebody choose a password.
pub const KINDS: &[Kind] = &[Kind::ResetPassword, Kind::SetPassword];

/// Uses the link up: the password is the account's, every other link and every session is void, and the
/// mailbox is proved. What else proves who they are stays (ASVS 6.4.3).
pub async fn reset(door: &Door<View>, token: &str, new: &Password) -> Result<(), Error> {
    let view = door.view();
    let link = links::live(view, KINDS, token).await?;
    let user = owner(view, &link).await?;
    let checked = Rules::of(view).await?.check(new, &user.email, &user.name);
    checked.map_err(Error::NewPassword)?;
    let hash = view.of::<Auth>().hasher.hash(new).await?;
    door.run(async |tx| choose(tx, link, hash).await).await
}

async fn choose(tx: &Tx, link: Link, hash: String) -> Result<(), Error> {
    let user = hold(tx, &link).await?;
    if user.email_canonical != link.email_canonical || !link::take(tx, &link).await? {
        return Err(Error::LinkExpired);
    }
    link::void(tx, user.id).await?;
    end_all(tx, user.id, None, EndedBy::Password).await?;
    password::put(tx, user.id, hash).await?;
    if user.email_verified_at.is_none() {
        users::verify_email(tx, user.id).await?;
    }
    let entry = Entry::of("password.reset", Target::new("user", user.id));
    audit_log::record(tx, entry.by(user.id).about(user.id));
    if link.kind == Kind::ResetPassword {
        notifications::mail(tx, user.id, &mails::PASSWORD_CHANGED, json!({}))?;
    }
    Ok(())
}
