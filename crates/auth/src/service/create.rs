//! Accounts that are made for somebody, who chooses the password themselves: no administrator knows one
//! (ASVS 6.4.6).

use audit_log::{Entry, Target};
use kernel::{Door, Tx, UserId, View};
use users::{EmailAddress, NewUser, User};

use super::links;
use crate::{Error, models::password, schemas::accounts::NewUserIn};

/// Makes an account and mails its owner a link to choose a password, which proves the mailbox too.
pub async fn create(tx: &Tx, new: NewUserIn) -> Result<User, Error> {
    let email = EmailAddress::parse(&new.email).ok_or(Error::Email)?;
    let locale = new.locale.unwrap_or_else(|| "en".to_owned());
    let user = users::create(tx, NewUser { email, name: new.name, locale }).await?;
    links::mail_first_password(tx, &user).await?;
    Ok(user)
}

/// Has an administrator mail somebody a link to choose another password, whose platform roles allow no
/// more than theirs.
pub async fn send_reset(tx: &Tx, user: UserId) -> Result<(), Error> {
    let user = users::hold(tx, user).await?;
    roles::reaches_account(tx, user.id).await?;
    mail_choice(tx, &user).await
}

/// Mails the owner of this address a link to choose another password, as an operator wants it.
pub async fn mail_reset(door: &Door<View>, email: &str) -> Result<(), Error> {
    let email = EmailAddress::parse(email).ok_or(Error::Email)?;
    let mail = async |tx: &Tx| {
        let user = users::hold_by_email(tx, &email).await?.ok_or(users::Error::NotFound)?;
        mail_choice(tx, &user).await
    };
    door.run(mail).await
}

/// Whoever has not chosen a password yet gets the link for the first one.
async fn mail_choice(tx: &Tx, user: &User) -> Result<(), Error> {
    let entry = Entry::of("password.reset_requested", Target::new("user", user.id));
    audit_log::record(tx, entry.about(user.id));
    let first = user.email_verified_at.is_none() && password::hash_of(tx, user.id).await?.is_none();
    if first {
        links::mail_first_password(tx, user).await
    } else {
        links::mail_reset(tx, user).await
    }
}
