//! What is there already, as far as it matters to who is being invited: read once for all of them,
//! and kept up while they are let in one by one.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{OrgTx, UserId};
use roles::{Role, RoleId};
use users::{EmailAddress, User};

use crate::{
    Error,
    config::{invitations, seats},
    models::{
        invitation::{self, Invitation, InvitationId, State},
        membership,
    },
};

/// How many mails all organizations together may send to one address in a day: nobody's mailbox is
/// filled by sending again, by revoking and inviting again, nor from many organizations.
const MAILS_A_DAY: i64 = 5;

/// How long a mail counts.
pub const DAY: TimeDelta = TimeDelta::days(1);

/// What is there already.
pub struct Known {
    roles: Vec<Role>,
    accounts: BTreeMap<String, User>,
    members: BTreeSet<UserId>,
    earlier: Vec<Invitation>,
    mailed: BTreeMap<String, i64>,
    room: Room,
}

/// How many more there may be.
pub struct Room {
    seats: Option<u64>,
    invitations: u64,
    mails: u64,
}

impl Known {
    /// Reads it, in as many statements for a hundred as for one.
    pub async fn read(
        tx: &OrgTx,
        addresses: &[EmailAddress],
        keys: BTreeSet<String>,
    ) -> Result<Self, Error> {
        let accounts = users::by_emails(tx, addresses).await?;
        let ids: Vec<UserId> = accounts.iter().map(|it| it.id).collect();
        Ok(Self {
            roles: roles_of(tx, keys.into_iter().collect()).await?,
            members: membership::among(tx, &ids).await?.into_iter().collect(),
            accounts: accounts.into_iter().map(|it| (it.email_canonical.clone(), it)).collect(),
            earlier: invitation::earlier(tx, addresses).await?,
            mailed: invitation::mailed_to(tx, addresses, tx.now() - DAY).await?,
            room: Room::read(tx).await?,
        })
    }

    /// The roles that an invitation of this address may give, or why there may be none.
    pub fn admit(
        &mut self,
        tx: &OrgTx,
        address: &EmailAddress,
        keys: &[String],
    ) -> Result<Vec<RoleId>, Error> {
        let roles = self.roles_named(keys)?;
        roles::within_reach(&**tx, &roles)?;
        let account = self.account(address.canonical());
        if account.is_some_and(|it| self.members.contains(&it.id)) {
            return Err(Error::AlreadyMember);
        }
        let mut theirs = self.earlier.iter().filter(|it| it.email_canonical == address.canonical());
        if theirs.any(|it| it.state_at(tx.now()) == State::Pending) {
            return Err(Error::InvitationPending);
        }
        mailed_little(&self.mailed, address)?;
        self.room.take()?;
        Ok(roles.iter().map(|it| it.id).collect())
    }

    /// Remembers one that was let in, for those after it.
    pub fn note(&mut self, invitation: Invitation) {
        self.earlier.push(invitation);
    }

    /// The account of an address.
    pub fn account(&self, canonical: &str) -> Option<&User> {
        self.accounts.get(canonical)
    }

    /// The keys of these roles.
    pub fn keys(&self) -> BTreeMap<RoleId, String> {
        self.roles.iter().map(|it| (it.id, it.key.clone())).collect()
    }

    /// Those to an address that have expired, but for the books.
    pub fn expired(&self, canonical: &str, now: DateTime<Utc>) -> Vec<InvitationId> {
        let theirs = self.earlier.iter().filter(|it| it.email_canonical == canonical);
        let over = |it: &&Invitation| it.state == State::Pending && it.expires_at <= now;
        theirs.filter(over).map(|it| it.id).collect()
    }

    fn roles_named(&self, keys: &[String]) -> Result<Vec<Role>, Error> {
        let known = |key: &String| self.roles.iter().any(|role| role.key == *key);
        let unknown = keys.iter().enumerate().filter(|(_, key)| !known(key));
        let unknown: Vec<usize> = unknown.map(|(place, _)| place).collect();
        if !unknown.is_empty() {
            return Err(roles::Error::Unknown(unknown).into());
        }
        Ok(self.roles.iter().filter(|role| keys.contains(&role.key)).cloned().collect())
    }
}

impl Room {
    /// Counts what there is.
    pub async fn read(tx: &OrgTx) -> Result<Self, Error> {
        let most = invitations(tx).await?;
        let pending = invitation::count_pending(tx).await?;
        let mailed = invitation::count_mailed(tx, tx.now() - DAY).await?;
        let seats = match seats(tx).await? {
            Some(seats) => {
                Some(seats.saturating_sub(membership::count(tx).await?).saturating_sub(pending))
            }
            None => None,
        };
        Ok(Self {
            seats,
            invitations: most.saturating_sub(pending),
            mails: most.saturating_sub(mailed),
        })
    }

    /// Makes room for one more that is pending, and its mail.
    pub fn take(&mut self) -> Result<(), Error> {
        let seats = match self.seats {
            Some(seats) => Some(seats.checked_sub(1).ok_or(Error::SeatLimitReached)?),
            None => None,
        };
        let left = self.invitations.checked_sub(1);
        let invitations = left.ok_or(Error::InvitationLimitReached)?;
        self.take_mail()?;
        (self.seats, self.invitations) = (seats, invitations);
        Ok(())
    }

    /// Makes room for one more mail.
    pub fn take_mail(&mut self) -> Result<(), Error> {
        self.mails = self.mails.checked_sub(1).ok_or(Error::TooManyMails)?;
        Ok(())
    }
}

/// Whether an address that got as many mails lately may get another.
pub fn mailed_little(mailed: &BTreeMap<String, i64>, to: &EmailAddress) -> Result<(), Error> {
    let lately = mailed.get(to.canonical()).copied().unwrap_or_default();
    (lately < MAILS_A_DAY).then_some(()).ok_or(Error::TooManyMails)
}

/// What one more mail makes of an invitation's count.
pub fn mails_then(invitation: &Invitation, now: DateTime<Utc>) -> i64 {
    if invitation.mailed_at > now - DAY { invitation.mails + 1 } else { 1 }
}

/// Those of these keys that there are, kept until the transaction ends.
async fn roles_of(tx: &OrgTx, keys: Vec<String>) -> Result<Vec<Role>, Error> {
    let named = match roles::named(&**tx, &keys).await {
        Err(roles::Error::Unknown(places)) => {
            let known = keys.into_iter().enumerate().filter(|(at, _)| !places.contains(at));
            let known: Vec<String> = known.map(|(_, key)| key).collect();
            roles::named(&**tx, &known).await?
        }
        named => named?,
    };
    let ids: Vec<RoleId> = named.iter().map(|it| it.id).collect();
    let gone = match roles::hold(tx, &ids).await {
        Err(roles::Error::Unknown(places)) => places,
        held => held.map(|()| Vec::new())?,
    };
    let kept = named.into_iter().enumerate().filter(|(at, _)| !gone.contains(at));
    Ok(kept.map(|(_, role)| role).collect())
}
