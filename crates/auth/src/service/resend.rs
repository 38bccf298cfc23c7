//! Mailing the link that proves an address once more.

use kernel::{Door, Job, JobContext, Problem, View};
use serde::{Deserialize, Serialize};
use users::EmailAddress;

use super::register::{mail_link, record};
use crate::{Error, models::password};

/// Mails another link to an account whose address is still to be proved; nothing happens to others.
#[derive(Serialize, Deserialize)]
pub struct ResendLink {
    email: String,
}

/// Has another link mailed, later and out of sight: to who asks, one address is like any other, also
/// in the time it takes (ASVS 6.3.8).
pub async fn resend(door: &Door<View>, email: String) -> Result<(), Error> {
    door.run(async |tx| Ok(tx.enqueue(&ResendLink { email })?)).await
}

impl Job for ResendLink {
    const KIND: &'static str = "auth.resend_link";

    async fn run(self, context: &JobContext) -> Result<(), Problem> {
        let Some(email) = EmailAddress::parse(&self.email) else { return Ok(()) };
        let door = context.door();
        let sent = door.run(async |tx| {
            let user = users::hold_by_email(tx, &email).await?;
            let Some(user) = user.filter(|it| it.email_verified_at.is_none()) else {
                return Ok(());
            };
            let Some(hash) = password::hash_of(tx, user.id).await? else { return Ok(()) };
            mail_link(tx, &user, hash).await?;
            record(tx, "user.verification_resent", &user);
            Ok::<_, Error>(())
        });
        Ok(sent.await?)
    }
}
