//! What a member may do in an organization: in memory on the hot path, else in one statement.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    str::FromStr,
};

use async_trait::async_trait;
use kernel::{
    Authorize, Caller, OrgTx, OrgView, OrganizationId, Permission, Permissions, Problem, Scope, Tx,
    UserId, View,
};
use roles::{Known, Placement, RoleId};
use sea_orm::DbErr;
use users::Status;

use crate::{
    Error, Restore,
    models::organization,
    service::{Organizations, organizations::who},
};

/// Who, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Member {
    pub user: UserId,
    pub organization: OrganizationId,
}

/// Whether an organization is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    Live,
    Deleted,
}

/// The answer to kernel's port.
pub struct Port;

#[async_trait]
impl Authorize for Port {
    async fn permissions(
        &self,
        view: &View,
        caller: &Caller,
        organization: OrganizationId,
    ) -> Result<Option<Permissions>, Problem> {
        let Some(user) = caller.user() else { return Ok(None) };
        let member = Member { user, organization };
        if let Some(permissions) = remembered(view, member) {
            return Ok(Some(permissions));
        }
        let standing = Box::pin(of(view, member)).await?; // the common way need not carry its size
        Ok(standing.map(|roles| roles::union(&roles)))
    }

    async fn afterwards(
        &self,
        view: &View,
        caller: &Caller,
        organization: OrganizationId,
    ) -> Result<Option<Permissions>, Problem> {
        let Some(user) = caller.user() else { return Ok(None) };
        let active =
            users::by_ids(view, &[user]).await?.iter().any(|it| it.status == Status::Active);
        if active { self.permissions(view, caller, organization).await } else { Ok(None) }
    }
}

/// The roles that count for a member; in a deleted organization only its owner has any standing, and
/// may restore it. What is not there is not kept in memory either, or strangers' guesses would push
/// out what is.
pub async fn of(view: &View, member: Member) -> Result<Option<Vec<Known>>, DbErr> {
    if let Some((life, roles)) = peek(view, member) {
        return Ok(counting(view, life, roles));
    }
    let mut standing = load(view, member.user, &[member.organization]).await?;
    Ok(standing.remove(&member.organization))
}

/// The same of an account in several organizations: what is not in memory is read in one statement,
/// however many they are.
pub async fn of_several(
    view: &View,
    user: UserId,
    organizations: &[OrganizationId],
) -> Result<HashMap<OrganizationId, Vec<Known>>, DbErr> {
    let (mut standings, mut unknown) = (HashMap::new(), Vec::new());
    for organization in organizations {
        match peek(view, Member { user, organization: *organization }) {
            Some((life, roles)) => {
                let roles = counting(view, life, roles);
                standings.extend(roles.map(|roles| (*organization, roles)));
            }
            None => unknown.push(*organization),
        }
    }
    if !unknown.is_empty() {
        standings.extend(load(view, user, &unknown).await?);
    }
    Ok(standings)
}

/// What who asks may do now that the organization is held: what the request was let in with may be
/// taken from them while it waited (ASVS 8.3.2, CWE-367). Who is no member any more finds nothing, and
/// who lost the permission that is needed is refused.
pub async fn confirm(tx: &OrgTx, needed: &str) -> Result<Permissions, Error> {
    let permissions = current(tx).await?;
    let allowed = tx.catalogue().allows(permissions, OrgView::NAME, needed);
    allowed.then_some(permissions).ok_or(roles::Error::Exceeds.into())
}

/// The same for the roles' own rows, which the feature below holds.
pub async fn still_holds(tx: &Tx, event: &roles::Relying) -> Result<(), Error> {
    let permissions = current(&tx.inside(event.organization)).await?;
    let held = permissions.covers(event.permissions);
    held.then_some(()).ok_or(roles::Error::Exceeds.into())
}

/// A transaction reads the rows, never what is in memory.
async fn current(tx: &OrgTx) -> Result<Permissions, Error> {
    let member = Member { user: who(tx)?, organization: tx.org() };
    let roles = of(tx, member).await?.ok_or(Error::NotFound)?;
    let caller = tx.caller().ok_or(Error::NotFound)?;
    Ok(caller.bounded(roles::union(&roles)))
}

/// Has every replica forget what it remembers of a member.
pub fn forget(tx: &OrgTx, user: UserId) {
    let member = Member { user, organization: tx.org() };
    tx.invalidate(&tx.of::<Organizations>().roles, member);
}

/// Has every replica look again whether the organization is in use.
pub fn look_again(tx: &OrgTx) {
    tx.invalidate(&tx.of::<Organizations>().lives, tx.org());
}

/// What a member of a live organization may do, where all of it is in memory and it is something.
fn remembered(view: &View, member: Member) -> Option<Permissions> {
    let held = view.of::<Organizations>();
    let life = held.lives.peek(view, &member.organization)?;
    let roles = held.roles.peek(view, &member).filter(|_| life == Life::Live)?;
    roles::peek_permissions(view, &roles).filter(|it| *it != Permissions::default())
}

/// What a member has, and whether the organization is in use, where both are in memory.
fn peek(view: &View, member: Member) -> Option<(Life, Vec<Known>)> {
    let held = view.of::<Organizations>();
    let roles = held.roles.peek(view, &member)?;
    let life = held.lives.peek(view, &member.organization)?;
    Some((life, roles::peek(view, &roles)?))
}

/// What an account has in these organizations; those where it has nothing are left out.
async fn load(
    view: &View,
    user: UserId,
    organizations: &[OrganizationId],
) -> Result<BTreeMap<OrganizationId, Vec<Known>>, DbErr> {
    let held = view.of::<Organizations>();
    let since = (held.roles.moment(), held.lives.moment());
    let places = organization::places(view, organizations);
    let mut found: BTreeMap<OrganizationId, Vec<Placement>> = BTreeMap::new();
    for placement in roles::in_places(view, user, places).await? {
        found.entry(placement.organization).or_default().push(placement);
    }
    let mut standings = BTreeMap::new();
    for (organization, placements) in found {
        let life = if placements.iter().any(|it| it.said) { Life::Deleted } else { Life::Live };
        let ids: Vec<RoleId> = placements.iter().map(|it| it.role).collect();
        held.roles.keep(view, Member { user, organization }, ids.into(), since.0);
        held.lives.keep(view, organization, life, since.1);
        let roles = placements.into_iter().map(|it| it.known).collect();
        standings.extend(counting(view, life, roles).map(|roles| (organization, roles)));
    }
    Ok(standings)
}

fn counting(view: &View, life: Life, mut roles: Vec<Known>) -> Option<Vec<Known>> {
    if life == Life::Deleted {
        let restore = view.catalogue().set(OrgView::NAME, [Restore::KEY]);
        roles.retain(Known::owns);
        for role in &mut roles {
            role.permissions = restore;
        }
    }
    Some(roles).filter(|roles| !roles.is_empty())
}

impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.user, self.organization)
    }
}

impl FromStr for Member {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        let (user, organization) = text.split_once('/').unwrap_or((text, ""));
        Ok(Self { user: user.parse()?, organization: organization.parse()? })
    }
}
