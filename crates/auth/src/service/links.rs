//! Links that are mailed: each for one thing, once, and not for long (ASVS 6.4.1).

use chrono::TimeDelta;
use kernel::{Scope, Tx, View, token};
use notifications::Mail;
use sea_orm::ActiveValue::Set;
use serde_json::{Value, json};
use users::{EmailAddress, User};

use crate::{
    Error, mails,
    models::link::{self, Kind, Link, NewLink},
};

/// How many links to choose another password an account has at once: nobody fills a mailbox with them.
const MOST_RESETS: u64 = 5;

impl Kind {
    fn life(self) -> TimeDelta {
        match self {
            Self::VerifyEmail | Self::ChangeEmail => TimeDelta::hours(24),
            Self::ResetPassword => TimeDelta::hours(1),
            Self::SetPassword => TimeDelta::days(7),
        }
    }

    fn page(self) -> &'static str {
        match self {
            Self::VerifyEmail => "verify-email",
            Self::ChangeEmail => "change-email",
            Self::ResetPassword => "reset-password",
            Self::SetPassword => "set-password",
        }
    }

    fn mail(self) -> &'static Mail {
        match self {
            Self::VerifyEmail => &mails::VERIFY_EMAIL,
            Self::ChangeEmail => &mails::CONFIRM_NEW_EMAIL,
            Self::ResetPassword => &mails::RESET_PASSWORD,
            Self::SetPassword => &mails::SET_PASSWORD,
        }
    }
}

/// Mails the link that proves an account's mailbox. It takes along the password of the registration
/// that asks for it: proving the mailbox with it makes that one the account's, and not what another
/// has registered in between.
pub async fn mail_proof(
    tx: &Tx<impl Scope>,
    user: &User,
    password_hash: Option<String>,
) -> Result<(), Error> {
    let values = insert(tx, user, Kind::VerifyEmail, |link| {
        link.password_hash = Set(password_hash);
    });
    let values = values.await?;
    Ok(notifications::mail(tx, user.id, Kind::VerifyEmail.mail(), values)?)
}

/// Mails a link to choose the first password of an account.
pub async fn mail_first_password(tx: &Tx<impl Scope>, user: &User) -> Result<(), Error> {
    let values = insert(tx, user, Kind::SetPassword, |_| ()).await?;
    Ok(notifications::mail(tx, user.id, Kind::SetPassword.mail(), values)?)
}

/// Mails a link to choose another password; to who has enough of them, nothing.
pub async fn mail_reset(tx: &Tx<impl Scope>, user: &User) -> Result<(), Error> {
    if link::count(tx.view(), user.id, Kind::ResetPassword).await? >= MOST_RESETS {
        return Ok(());
    }
    let values = insert(tx, user, Kind::ResetPassword, |_| ()).await?;
    Ok(notifications::mail(tx, user.id, Kind::ResetPassword.mail(), values)?)
}

/// Mails a link to the address that is to take the place of the account's.
pub async fn mail_new_address(
    tx: &Tx<impl Scope>,
    user: &User,
    email: &EmailAddress,
) -> Result<(), Error> {
    let values = insert(tx, user, Kind::ChangeEmail, |link| {
        link.email_canonical = Set(email.canonical().to_owned());
        link.new_email = Set(Some(email.typed().to_owned()));
    });
    let (mail, values) = (Kind::ChangeEmail.mail(), values.await?);
    Ok(notifications::mail_to(tx, email.mailbox(), &user.locale, mail, values)?)
}

/// The link of this token, if it is of one of these kinds and still good; looking does not use it up
/// (A10).
pub async fn live(view: &View, kinds: &[Kind], token: &str) -> Result<Link, Error> {
    link::live(view, kinds, &token::hash(token)).await?.ok_or(Error::LinkExpired)
}

/// What a mail with the new link says.
async fn insert(
    tx: &Tx<impl Scope>,
    user: &User,
    kind: Kind,
    complete: impl FnOnce(&mut NewLink),
) -> Result<Value, Error> {
    let view = tx.view();
    let token = token::make();
    let mut row = NewLink {
        id: Set(view.id()),
        kind: Set(kind),
        user_id: Set(user.id),
        email_canonical: Set(user.email_canonical.clone()),
        token_hash: Set(token::hash(&token)),
        password_hash: Set(None),
        new_email: Set(None),
        expires_at: Set(view.now() + kind.life()),
        created_at: Set(view.now()),
    };
    complete(&mut row);
    link::insert(tx, row).await?;
    let requested = view.now().format("%Y-%m-%d %H:%M UTC").to_string();
    let link = notifications::link(view, kind.page(), &token);
    Ok(json!({ "link": link, "requested": requested }))
}
