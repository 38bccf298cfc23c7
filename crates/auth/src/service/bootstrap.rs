//! What must be there before the first request: a key to sign with, and an administrator.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use kernel::{Door, View};
use users::{EmailAddress, NewUser};

use super::Auth;
use crate::{
    Error, Password,
    config::{ADMINISTRATOR, Administrator, password_least},
    models::password,
    password::check,
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
    let made_up = password.is_none().then(make_up_password);
    let chosen = made_up.clone().map(Password::from).or_else(|| password.clone());
    let Some(chosen) = chosen else { return Ok(()) };
    match create_administrator(door, email, &chosen).await {
        Ok(()) => {
            let first = FirstAdministrator { email: email.clone(), password: made_up };
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
    check(password, password_least(door.view()).await?, email, ADMINISTRATOR)?;
    let email = EmailAddress::parse(email).ok_or(Error::Email)?;
    let hash = auth.hasher.hash(password).await?;
    door.run(async |tx| {
        let new = NewUser { email, name: ADMINISTRATOR.to_owned(), locale: "en".to_owned() };
        let user = users::create(tx, new).await?;
        password::put(tx, user.id, hash).await?;
        users::verify_email(tx, user.id).await?;
        roles::make_administrator(tx, user.id).await?;
        Ok(())
    })
    .await
}

/// A password of 120 random bits.
pub fn make_up_password() -> String {
    URL_SAFE_NO_PAD.encode(kernel::random::<15>())
}

/// How to sign in for the first time, if this start has just made the first administrator.
pub fn first_administrator(view: &View) -> Option<FirstAdministrator> {
    view.of::<Auth>().first_administrator.lock().ok()?.take()
}
