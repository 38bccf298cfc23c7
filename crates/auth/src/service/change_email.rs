//! Another mail address for an account: asked for by its owner, confirmed from the new mailbox, told to
//! the old one.

use audit_log::{Entry, Target};
use kernel::{Caller, Job, JobContext, Problem, Tx, UserId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use users::EmailAddress;

use super::{links, supersede::supersede, verify::hold};
use crate::{
    Error, mails,
    models::link::{self, Link},
};

/// Asks for another address. To who asks, one that has an account is like one that has none: both are
/// written to, and so is the old address (ASVS 6.3.7, 6.3.8).
pub fn ask(tx: &Tx, email: &str) -> Result<(), Error> {
    let email = EmailAddress::parse(email).ok_or(Error::NewEmail)?;
    let user = tx.caller().and_then(Caller::user).ok_or(Error::InvalidToken)?;
    tx.enqueue(&MailNewAddress { user, email: email.typed().to_owned() })?;
    let entry = Entry::of("email.change_requested", Target::new("user", user));
    audit_log::record(tx, entry.about(user));
    Ok(())
}

/// Writes to both mailboxes.
#[derive(Serialize, Deserialize)]
pub struct MailNewAddress {
    user: UserId,
    email: String,
}

impl Job for MailNewAddress {
    const KIND: &'static str = "auth.mail_new_address";

    async fn run(self, context: &JobContext) -> Result<(), Problem> {
        let Some(email) = EmailAddress::parse(&self.email) else { return Ok(()) };
        let door = context.door();
        Ok(door.run(async |tx| mail(tx, self.user, &email).await).await?)
    }
}

async fn mail(tx: &Tx, user: UserId, email: &EmailAddress) -> Result<(), Error> {
    let user = match users::hold(tx, user).await {
        Err(users::Error::NotFound) => return Ok(()),
        user => user?,
    };
    let owner = users::by_email(tx, email).await?;
    match owner.filter(|it| it.id != user.id && it.email_verified_at.is_some()) {
        Some(owner) => notifications::mail(tx, owner.id, &mails::ACCOUNT_EXISTS, json!({}))?,
        None => links::mail_new_address(tx, &user, email).await?,
    }
    Ok(notifications::mail(tx, user.id, &mails::EMAIL_CHANGE_REQUESTED, json!({}))?)
}

/// Uses the link up: the address becomes the account's and every other link is void; the old address is
/// told. Whoever has registered with it in between has proved nothing, and goes (A1).
pub async fn confirm(tx: &Tx, link: Link) -> Result<(), Error> {
    let email = link.new_email.as_deref().and_then(EmailAddress::parse);
    let email = email.ok_or(Error::LinkExpired)?;
    let user = hold(tx, &link).await?;
    if !link::take(tx, &link).await? {
        return Err(Error::LinkExpired);
    }
    let other = users::hold_by_email(tx, &email).await?.filter(|it| it.id != user.id);
    if let Some(other) = other {
        supersede(tx, &other).await?;
    }
    link::void(tx, user.id).await?;
    users::change_email(tx, user.id, &email).await?;
    match EmailAddress::parse(&user.email) {
        Some(old) => {
            let (mailbox, mail) = (old.mailbox(), &mails::EMAIL_CHANGED);
            Ok(notifications::mail_to(tx, mailbox, &user.locale, mail, json!({}))?)
        }
        None => Ok(()),
    }
}
