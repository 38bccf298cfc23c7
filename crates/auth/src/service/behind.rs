//! Asking something of an address, for who must not learn whether it has an account (ASVS 6.3.8, A12).

use audit_log::{Entry, Target};
use kernel::{Door, Job, Tx, UserId, View};
use users::EmailAddress;

use super::{compare::NOBODY, paced};
use crate::Error;

/// Looks the address up, notes what is asked of it, and queues the job that does it. For a known and an
/// unknown address that is the same; what follows from it happens behind the answer.
pub async fn ask<J: Job>(
    door: &Door<View>,
    email: &str,
    action: &'static str,
    job: fn(UserId) -> J,
) -> Result<(), Error> {
    let Some(email) = EmailAddress::parse(email) else { return Ok(()) };
    paced(async {
        let user = users::by_email(door.view(), &email).await?.map_or(NOBODY, |it| it.id);
        let ask = async |tx: &Tx| {
            tx.enqueue(&job(user))?;
            audit_log::record(tx, Entry::of(action, Target::new("user", user)));
            Ok::<_, Error>(())
        };
        door.run(ask).await
    })
    .await
}
