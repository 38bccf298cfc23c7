//! What must be there before the first request: a key to sign with, and an administrator.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use kernel::{Door, View};
use users::{EmailAddress, NewUser};

use super::{Auth, links};
use crate::{
    Error, Password,
    config::{ADMINISTRATOR, Administrator, FirstPassword},
    models::password,
    password::rules::Rules,
};

/// How to sign in for the first time; told once.
pub struct FirstAdministrator {
    /// The address.
    pub email: String,
    /// The password, where it was made up.
    pub password: Option<String>,
}

/// Sees to the signing key and, on an empty database, to an administrator.
pub async fn prepare(door: &Door<View>) -> Result<(), Error> {
    let auth = door.view().of::<Auth>();
    auth.keys.prepare(door).await?;
    let Some(Administrator { email, password }) = &auth.config.administrator else { return Ok(()) };
    if users::any(door.view()).await? {
        return Ok(());
    }
    let (made, password) = match password {
        FirstPassword::Given(given) => (create_administrator(door, email, given).await, None),
        FirstPassword::Mailed => (invite_administrator(door, email).await, None),
        FirstPassword::MadeUp => {
            let made_up = make_up_password();
            let password = Password::from(made_up.clone());
            (create_administrator(door, email, &password).await, Some(made_up))
        }
    };
    match made {
        Ok(()) => {
            let first = FirstAdministrator { email: email.clone(), password };
            if let Ok(mut told) = auth.first_administrator.lock() {
                *told = Some(first);
            }
            Ok(())
        }
        // Another replica was faster.
        Err(Error::Users(users::Error::EmailTaken)) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Makes an account that is verified and may do everything on the platform.
pub async fn create_administrator(
    door: &Door<View>,
    email: &str,
    password: &Password,
) -> Result<(), Error> {
    let auth = door.view().of::<Auth>();
    Rules::of(door.view()).await?.check(password, email, ADMINISTRATOR)?;
    let hash = auth.hasher.hash(password).await?;
    let new = administrator(email)?;
    door.run(async |tx| {
        let user = users::create(tx, new).await?;
        password::put(tx, user.id, hash).await?;
        users::verify_email(tx, user.id).await?;
        roles::make_administrator(tx, user.id).await?;
        Ok(())
    })
    .await
}

/// Makes an account that may do everything on the platform, and mails its owner a link to choose the
/// password, which proves the mailbox.
async fn invite_administrator(door: &Door<View>, email: &str) -> Result<(), Error> {
    let new = administrator(email)?;
    door.run(async |tx| {
        let user = users::create(tx, new).await?;
        links::mail_first_password(tx, &user).await?;
        roles::make_administrator(tx, user.id).await?;
        Ok(())
    })
    .await
}

fn administrator(email: &str) -> Result<NewUser, Error> {
    let email = EmailAddress::parse(email).ok_or(Error::Email)?;
    Ok(NewUser { email, name: ADMINISTRATOR.to_owned(), locale: "en".to_owned() })
}

/// A password of 120 random bits.
pub fn make_up_password() -> String {
    URL_SAFE_NO_PAD.encode(kernel::random::<15>())
}

/// How to sign in for the first time, if this start has just made the first administrator.
pub fn first_administrator(view: &View) -> Option<FirstAdministrator> {
    view.of::<Auth>().first_administrator.lock().ok()?.take()
}
