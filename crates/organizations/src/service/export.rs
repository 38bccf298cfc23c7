//! What organizations hold on somebody: that they belong to them, or are invited.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use kernel::{Exported, OrganizationId, UserId, View};
use serde::Serialize;
use uuid::Uuid;

use crate::{
    Error,
    models::{
        invitation::{self, InvitationId, State},
        membership::{self, MembershipId},
        organization,
    },
};

/// How many are read at a time.
const PAGE: u64 = 500;

/// That somebody belongs to an organization.
#[derive(Serialize)]
struct Belongs {
    id: MembershipId,
    organization_id: OrganizationId,
    organization: Option<String>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// That somebody was invited to an organization.
#[derive(Serialize)]
struct WasInvited {
    id: InvitationId,
    organization_id: OrganizationId,
    email: String,
    state: State,
    expires_at: DateTime<Utc>,
    created_at: DateTime<Utc>,
}

/// The organizations that an account belongs to.
pub async fn memberships(
    view: &View,
    person: UserId,
    after: Option<Uuid>,
) -> Result<Exported, Error> {
    let rows = membership::following(view, person, after.map(Into::into), PAGE).await?;
    let theirs = rows.iter().map(|row| row.organization_id).collect();
    let theirs = organization::of(view, theirs).await?;
    let names: BTreeMap<_, _> = theirs.into_iter().map(|it| (it.id, it.name)).collect();
    let shown = rows.into_iter().map(|row| Belongs {
        id: row.id,
        organization_id: row.organization_id,
        organization: names.get(&row.organization_id).cloned(),
        created_at: row.created_at,
        updated_at: row.updated_at,
    });
    Ok(Exported::page(shown.collect(), PAGE, |it| it.id.into())?)
}

/// The invitations to the address of an account, if that was proved: else they are another's.
pub async fn invitations(
    view: &View,
    person: UserId,
    after: Option<Uuid>,
) -> Result<Exported, Error> {
    let account = users::by_id(view, person).await?;
    if account.email_verified_at.is_none() {
        return Ok(Exported::default());
    }
    let address = account.email_canonical;
    let rows = invitation::following(view, address, after.map(Into::into), PAGE).await?;
    let shown = rows.into_iter().map(|row| WasInvited {
        id: row.id,
        organization_id: row.organization_id,
        state: row.state_at(view.now()),
        email: row.email,
        expires_at: row.expires_at,
        created_at: row.created_at,
    });
    Ok(Exported::page(shown.collect(), PAGE, |it| it.id.into())?)
}
