//! Mailing the link that proves an address once more.

use kernel::{Door, Tx, View};
use serde_json::json;
use users::EmailAddress;

use super::{
    paced,
    register::{mail_link, record},
};
use crate::{Error, mails, models::password};

/// Mails another link to an account whose address is still to be proved; nothing happens to others,
/// and who asks cannot tell (ASVS 6.3.8).
pub async fn resend(door: &Door<View>, email: &str) -> Result<(), Error> {
    let Some(email) = EmailAddress::parse(email) else { return Ok(()) };
    paced(door.run(async |tx| mail_again(tx, &email).await)).await
}

async fn mail_again(tx: &Tx, email: &EmailAddress) -> Result<(), Error> {
    let user = users::hold_by_email(tx, email).await?;
    let Some(user) = user.filter(|it| it.email_verified_at.is_none()) else { return Ok(()) };
    match password::hash_of(tx, user.id).await? {
        Some(hash) => mail_link(tx, &user, hash).await?,
        // More than one has registered with it, and the link might be another's (A1).
        None => notifications::mail(tx, user.id, &mails::REGISTER_AGAIN, json!({}))?,
    }
    record(tx, "user.verification_resent", &user);
    Ok(())
}
