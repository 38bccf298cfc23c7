//! Mailing the link that proves an address once more.

use audit_log::{Entry, Target};
use kernel::{Door, Job, JobContext, Problem, Tx, UserId, View};
use serde::{Deserialize, Serialize};
use users::EmailAddress;

use super::{compare::NOBODY, links, paced};
use crate::{Error, models::password};

/// Mails another link to an account whose address is still to be proved; nothing happens to others,
/// and who asks cannot tell: the same is done here for all (ASVS 6.3.8).
pub async fn resend(door: &Door<View>, email: &str) -> Result<(), Error> {
    let Some(email) = EmailAddress::parse(email) else { return Ok(()) };
    paced(async {
        let user = users::by_email(door.view(), &email).await?.map_or(NOBODY, |it| it.id);
        let ask = async |tx: &Tx| {
            tx.enqueue(&MailProof { user })?;
            let entry = Entry::of("user.verification_resent", Target::new("user", user));
            audit_log::record(tx, entry);
            Ok::<_, Error>(())
        };
        door.run(ask).await
    })
    .await
}

/// Mails an account the link that proves its address, if it waits for it.
#[derive(Serialize, Deserialize)]
pub struct MailProof {
    user: UserId,
}

impl Job for MailProof {
    const KIND: &'static str = "auth.mail_proof";

    async fn run(self, context: &JobContext) -> Result<(), Problem> {
        Ok(context.door().run(async |tx| mail_again(tx, self.user).await).await?)
    }
}

/// Where several have registered the account has no password, and the link brings none: it might be
/// another's (A1).
async fn mail_again(tx: &Tx, user: UserId) -> Result<(), Error> {
    match users::hold(tx, user).await {
        Ok(user) if user.email_verified_at.is_none() => {
            let hash = password::hash_of(tx, user.id).await?;
            links::mail_proof(tx, &user, hash).await
        }
        Ok(_) | Err(users::Error::NotFound) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
