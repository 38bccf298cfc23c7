//! Asking for a link to choose another password.

use kernel::{Door, Job, JobContext, Problem, Tx, UserId, View};
use serde::{Deserialize, Serialize};
use users::Status;

use super::{behind, links};
use crate::Error;

/// Asks for the link; whether there is an account is looked at behind the answer.
pub async fn forgot(door: &Door<View>, email: &str) -> Result<(), Error> {
    behind::ask(door, email, "password.reset_requested", |user| MailReset { user }).await
}

/// Mails an account a link to choose another password; nobody gets none.
#[derive(Serialize, Deserialize)]
pub struct MailReset {
    user: UserId,
}

impl Job for MailReset {
    const KIND: &'static str = "auth.mail_reset";

    async fn run(self, context: &JobContext) -> Result<(), Problem> {
        Ok(context.door().run(async |tx| mail_reset(tx, self.user).await).await?)
    }
}

/// Whether the account may be used is told to who signs in, and not by mail.
async fn mail_reset(tx: &Tx, user: UserId) -> Result<(), Error> {
    match users::hold(tx, user).await {
        Ok(user) if user.status == Status::Disabled => Ok(()),
        Ok(user) => links::mail_reset(tx, &user).await,
        Err(users::Error::NotFound) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
