//! Accounts that are made for somebody, who chooses the password themselves: no administrator knows one
//! (ASVS 6.4.6).

use kernel::{Door, Tx, View};
use users::{EmailAddress, NewUser, User};

use super::{forgot, links};
use crate::{Error, schemas::accounts::NewUserIn};

/// Makes an account and mails its owner a link to choose a password, which proves the mailbox too.
pub async fn create(tx: &Tx, new: NewUserIn) -> Result<User, Error> {
    let email = EmailAddress::parse(&new.email).ok_or(Error::Email)?;
    let locale = new.locale.unwrap_or_else(|| "en".to_owned());
    let user = users::create(tx, NewUser { email, name: new.name, locale }).await?;
    links::mail_first_password(tx, &user).await?;
    Ok(user)
}

/// Mails the owner of this address a link to choose another password.
pub async fn mail_reset(door: &Door<View>, email: &str) -> Result<(), Error> {
    let email = EmailAddress::parse(email).ok_or(Error::Email)?;
    let user = users::by_email(door.view(), &email).await?.ok_or(users::Error::NotFound)?;
    door.run(async |tx| forgot::mail_reset(tx, user.id).await).await
}
