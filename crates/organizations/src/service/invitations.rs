//! Who is invited.
//!
//! Whatever changes an organization's invitations holds the organization first, so that one address
//! is invited once, seats are counted once and a token is used once.
//!
//! An invitation is worth what its inviter could still give: where they are no member any more, may
//! not invite, or the roles allow more than they may, it is as good as withdrawn. Whoever sends it
//! again answers for it from then on.

mod answer;
mod claim;
mod invite;
mod known;
mod manage;
mod purge;
mod resend;

pub use answer::{accept, accept_for, decline};
pub use claim::{preview, waiting_for_me};
pub use invite::{invite, invite_all};
pub use manage::{keep_roles, list, read, revoke};
pub use purge::{Purge, forget};
pub use resend::resend;

use std::collections::BTreeMap;

use audit_log::{Audited, Entry, Target};
use kernel::{Caller, OrgTx, View};
use notifications::Notice;
use roles::RoleId;
use serde::Serialize;
use serde_json::{Value, json};
use users::{EmailAddress, User};

use crate::{
    Error,
    mails::{INVITATION, name},
    models::{
        invitation::{Invitation, State},
        organization::Organization,
    },
    topics::INVITED,
};

/// What the audit log keeps of an invitation: not the address, which is no account's yet and has no
/// key that could be destroyed with the person.
#[derive(Serialize)]
struct Recorded {
    state: State,
    roles: Vec<RoleId>,
    invited_by: kernel::UserId,
    expires_at: chrono::DateTime<chrono::Utc>,
}

impl Audited for Recorded {}

impl From<&Invitation> for Recorded {
    fn from(invitation: &Invitation) -> Self {
        Self {
            state: invitation.state,
            roles: invitation.roles.0.clone(),
            invited_by: invitation.invited_by,
            expires_at: invitation.expires_at,
        }
    }
}

fn entry(action: &'static str, invitation: &Invitation) -> Entry {
    Entry::of(action, Target::new("invitation", invitation.id))
}

/// Who asks, as the invited get to know them.
async fn inviter(view: &View) -> Result<User, Error> {
    let user = view.caller().and_then(Caller::user).ok_or(Error::NotFound)?;
    Ok(users::by_id(view, user).await?)
}

/// Mails the link. An account gets it where its mailbox was proved and in its own language, anybody
/// else in the inviter's.
fn mail(
    tx: &OrgTx,
    organization: &Organization,
    inviter: &User,
    invitation: &Invitation,
    token: &str,
    account: Option<&User>,
) -> Result<(), Error> {
    let values = json!({
        "link": notifications::link(tx, "invitation", token),
        "organization": name(&organization.name),
        "inviter": name(&inviter.name),
        "until": invitation.expires_at.format("%Y-%m-%d %H:%M UTC").to_string(),
    });
    if let Some(account) = account.filter(|it| it.email_verified_at.is_some()) {
        tell(tx, &values, invitation, account)?;
        return Ok(notifications::mail(tx, account.id, &INVITATION, values)?);
    }
    let address = EmailAddress::parse(&invitation.email).ok_or(Error::Email)?;
    let (address, locale) = (address.mailbox(), &inviter.locale);
    Ok(notifications::mail_to(tx, address, locale, &INVITATION, values)?)
}

/// Notifies an account, without the link: a mailbox proves more than an inbox.
fn tell(tx: &OrgTx, values: &Value, invitation: &Invitation, account: &User) -> Result<(), Error> {
    let told = json!({
        "organization": values.get("organization"),
        "inviter": values.get("inviter"),
        "until": values.get("until"),
        "invitation_id": invitation.id,
    });
    let notice = Notice::of(told).once(format!("{}:{}", invitation.id, invitation.mails));
    Ok(notifications::notify(tx, account.id, &INVITED, notice)?)
}

/// The keys of these invitations' roles.
async fn keys(view: &View, invitations: &[Invitation]) -> Result<BTreeMap<RoleId, String>, Error> {
    let mut keys = BTreeMap::new();
    for role in invitations.iter().flat_map(|it| &it.roles.0) {
        if !keys.contains_key(role)
            && let [known] = &roles::of(view, &[*role]).await?[..]
        {
            keys.insert(*role, known.key.to_string());
        }
    }
    Ok(keys)
}
