//! Asking for a link to choose another password.

use audit_log::{Entry, Target};
use kernel::{Door, Job, JobContext, Problem, Tx, UserId, View};
use serde::{Deserialize, Serialize};
use users::{EmailAddress, Status};

use super::{compare::NOBODY, links, paced};
use crate::Error;

/// Asks for the link. For a known and an unknown address the same is done here: it is looked up, and
/// what follows from it happens behind the answer (ASVS 6.3.8, A12).
pub async fn forgot(door: &Door<View>, email: &str) -> Result<(), Error> {
    let Some(email) = EmailAddress::parse(email) else { return Ok(()) };
    paced(async {
        let user = users::by_email(door.view(), &email).await?.map_or(NOBODY, |it| it.id);
        let ask = async |tx: &Tx| {
            tx.enqueue(&MailReset { user })?;
            let entry = Entry::of("password.reset_requested", Target::new("user", user));
            audit_log::record(tx, entry);
            Ok::<_, Error>(())
        };
        door.run(ask).await
    })
    .await
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
pub async fn mail_reset(tx: &Tx, user: UserId) -> Result<(), Error> {
    match users::hold(tx, user).await {
        Ok(user) if user.status == Status::Disabled => Ok(()),
        Ok(user) => links::mail_reset(tx, &user).await,
        Err(users::Error::NotFound) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
