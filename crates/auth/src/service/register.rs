//! Registering: an account whose address is still to be proved.

use audit_log::{Entry, Target};
use kernel::{Door, Job, JobContext, Problem, Tx, View};
use serde::{Deserialize, Serialize};
use serde_json::json;
use users::{EmailAddress, NewUser, User};
use uuid::Uuid;

use super::{Auth, invited, links, paced};
use crate::{
    Error, RegisterIn, TokensOut, mails,
    models::{link, password},
    password::rules::Rules,
};

/// Registers an account: with an invitation it is proved, joins and is signed in at once.
pub async fn register(door: &Door<View>, mut new: RegisterIn) -> Result<Option<TokensOut>, Error> {
    match new.invitation_token.take() {
        Some(token) => Ok(Some(invited::register(door, new, &token).await?)),
        None => ask(door, new).await.map(|()| None),
    }
}

/// Takes a registration. Whether the address is known is looked at behind the answer, so that it takes
/// the same for every one (ASVS 6.3.8, A12).
async fn ask(door: &Door<View>, new: RegisterIn) -> Result<(), Error> {
    let auth = door.view().of::<Auth>();
    let RegisterIn { email, password, name, locale, .. } = new;
    Rules::of(door.view()).await?.check(&password, &email, &name)?;
    EmailAddress::parse(&email).ok_or(Error::Email)?;
    let hash = auth.hasher.hash(&password).await?;
    let locale = locale.unwrap_or_else(|| "en".to_owned());
    paced(door.run(async |tx| {
        let job = Register { id: tx.id(), email, name, locale, hash };
        tx.enqueue(&job)?;
        let target = Target::new("registration", job.id);
        audit_log::record(tx, Entry::of("registration.requested", target));
        Ok::<_, Error>(())
    }))
    .await
}

/// Makes the account of a registration, or tells the owner of a known address that somebody tried.
#[derive(Serialize, Deserialize)]
pub struct Register {
    /// What the audit log calls the registration: who sent it from where stands there.
    id: Uuid,
    email: String,
    name: String,
    locale: String,
    hash: String,
}

impl Job for Register {
    const KIND: &'static str = "auth.register";

    async fn run(self, context: &JobContext) -> Result<(), Problem> {
        let door = context.door();
        match door.run(async |tx| enter(tx, &self).await).await {
            // Somebody else has just registered the address: now it is a known one.
            Err(Error::Users(users::Error::EmailTaken)) => {
                Ok(door.run(async |tx| enter(tx, &self).await).await?)
            }
            done => Ok(done?),
        }
    }
}

async fn enter(tx: &Tx, job: &Register) -> Result<(), Error> {
    let email = EmailAddress::parse(&job.email).ok_or(Error::Email)?;
    // Held, so that an address that is being proved right now is not taken for an unproved one (A1).
    match users::hold_by_email(tx, &email).await? {
        None => {
            let new = NewUser { email, name: job.name.clone(), locale: job.locale.clone() };
            let user = users::create(tx, new).await?;
            password::put(tx, user.id, job.hash.clone()).await?;
            links::mail_proof(tx, &user, Some(job.hash.clone())).await?;
            note(tx, "user.registered", &user, job);
        }
        // The job has done its work before, and its worker died before saying so.
        Some(user) if link::brings(tx, user.id, &job.hash).await? => {}
        // Nobody has proved the address yet: whoever does decides whose password counts (A1). Until
        // then the account has none, for nobody can tell whose it would be.
        Some(user) if user.email_verified_at.is_none() => {
            password::remove(tx, user.id).await?;
            links::mail_proof(tx, &user, Some(job.hash.clone())).await?;
            note(tx, "user.registered_again", &user, job);
        }
        Some(user) => {
            notifications::mail(tx, user.id, &mails::ACCOUNT_EXISTS, json!({}))?;
            note(tx, "user.registered_again", &user, job);
        }
    }
    Ok(())
}

fn note(tx: &Tx, action: &'static str, user: &User, job: &Register) {
    let entry = Entry::of(action, Target::new("user", user.id)).about(user.id);
    audit_log::record(tx, entry.noting("registration", job.id.to_string()));
}
