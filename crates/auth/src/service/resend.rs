//! Mailing the link that proves an address once more.

use kernel::{Door, Job, JobContext, Problem, Tx, UserId, View};
use serde::{Deserialize, Serialize};

use super::{behind, links};
use crate::{Error, models::password};

/// Asks for another link; whether the address waits for it is looked at behind the answer.
pub async fn resend(door: &Door<View>, email: &str) -> Result<(), Error> {
    behind::ask(door, email, "user.verification_resent", |user| MailProof { user }).await
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
