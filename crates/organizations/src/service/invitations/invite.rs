//! Inviting one or many.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use kernel::{OrgTx, Problem, http::checked, token};
use users::{EmailAddress, User};

use super::{Recorded, entry, inviter, known::Known, mail};
use crate::{
    Error,
    config::invitation_life,
    models::{
        invitation::{self, Invitation, Invited, State},
        organization::{self, Organization},
    },
    schemas::invitations::{InvitationIn, InvitationOut, InvitationResultOut},
};

/// An invitation to be, its address understood.
type Wanted = (EmailAddress, Vec<String>);

/// One that is made, with the only copy of its token.
struct Made {
    invitation: Invitation,
    token: String,
}

/// Invites somebody.
pub async fn invite(tx: &OrgTx, new: InvitationIn) -> Result<InvitationOut, Error> {
    let made = make_all(tx, vec![new]).await?.pop();
    made.ok_or(Error::NotFound)?
}

/// Invites many, each for itself: what is wrong with one does no harm to the others.
pub async fn invite_all(
    tx: &OrgTx,
    new: Vec<InvitationIn>,
) -> Result<Vec<InvitationResultOut>, Error> {
    let request = &tx.origin().request_id;
    let result = |made: Result<InvitationOut, Error>| match made {
        Ok(invitation) => InvitationResultOut::made(invitation.id),
        Err(error) => InvitationResultOut::refused(Problem::from(error).body(request)),
    };
    Ok(make_all(tx, new).await?.into_iter().map(result).collect())
}

/// All are decided on before any is written: on PostgreSQL a statement that fails undoes the whole.
async fn make_all(
    tx: &OrgTx,
    new: Vec<InvitationIn>,
) -> Result<Vec<Result<InvitationOut, Error>>, Error> {
    let organization = organization::hold(tx).await?;
    invitation::expire_departed(tx).await?;
    let inviter = inviter(tx).await?;
    let wanted: Vec<Result<Wanted, Error>> = new.into_iter().map(understood).collect();
    let good = || wanted.iter().flatten();
    let addresses: Vec<EmailAddress> = good().map(|(address, _)| address.clone()).collect();
    let keys: BTreeSet<String> = good().flat_map(|(_, keys)| keys.clone()).collect();
    let mut known = Known::read(tx, &addresses, keys).await?;

    let until = tx.now() + invitation_life(tx).await?;
    let mut expired = Vec::new();
    let mut made = Vec::new();
    let mut results = Vec::new();
    for wanted in wanted {
        let result = wanted.and_then(|wanted| make(tx, &mut known, &inviter, until, wanted));
        results.push(match result {
            Ok(it) => {
                let out = InvitationOut::of(&it.invitation, tx.now(), &known.keys());
                expired.extend(known.expired(&it.invitation.email_canonical, tx.now()));
                made.push(it);
                Ok(out)
            }
            Err(Error::Db(error)) => return Err(error.into()),
            Err(error) => Err(error),
        });
    }
    write(tx, &organization, &inviter, &known, expired, made).await?;
    Ok(results)
}

fn understood(new: InvitationIn) -> Result<Wanted, Error> {
    let InvitationIn { email, roles } = checked(new)?;
    Ok((EmailAddress::parse(&email).ok_or(Error::Email)?, roles))
}

fn make(
    tx: &OrgTx,
    known: &mut Known,
    inviter: &User,
    until: DateTime<Utc>,
    (address, keys): Wanted,
) -> Result<Made, Error> {
    let roles = known.admit(tx, &address, &keys)?;
    let token = token::make();
    let invitation = Invitation {
        id: tx.id(),
        organization_id: tx.org(),
        email: address.typed().to_owned(),
        email_canonical: address.canonical().to_owned(),
        roles: Invited(roles),
        state: State::Pending,
        token_hash: token::hash(&token),
        invited_by: inviter.id,
        expires_at: until,
        mails: 1,
        mailed_at: tx.now(),
        version: 1,
        created_at: tx.now(),
        updated_at: tx.now(),
    };
    known.note(invitation.clone());
    Ok(Made { invitation, token })
}

async fn write(
    tx: &OrgTx,
    organization: &Organization,
    inviter: &User,
    known: &Known,
    expired: Vec<invitation::InvitationId>,
    made: Vec<Made>,
) -> Result<(), Error> {
    invitation::expire(tx, expired).await?;
    let rows: Vec<Invitation> = made.iter().map(|it| it.invitation.clone()).collect();
    invitation::insert(tx, &rows).await?;
    for Made { invitation, token } in &made {
        let account = known.account(&invitation.email_canonical);
        mail(tx, organization, inviter, invitation, token, account)?;
        let created = entry("invitation.created", invitation);
        audit_log::record(tx, created.created(&Recorded::from(invitation)));
    }
    Ok(())
}
