//! Invitations' rows and the queries on them.

mod entity;

use chrono::{DateTime, Utc};
use kernel::{
    Claimed, Listing, OnUnique, OrgTx, OrgView, PageOf, Refusal, Tenanted, View, db::PageRequest,
    for_change,
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, DbErr, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QuerySelect,
    Select,
    sea_query::{Expr, ExprTrait, SimpleExpr},
};
use users::EmailAddress;

use super::organization::{Which, exists};
use crate::Error;

pub use entity::{
    ActiveModel as NewInvitation, Claim, InvitationId, Invited, Model as Invitation, State,
};
use entity::{Column as C, Entity};

const LISTING: Listing<Entity> =
    Listing { id: C::Id, sorts: &[("created_at", C::Id)], default: "-created_at" };

/// One pending invitation an address. Whoever invites holds the organization and has looked; should
/// that ever fail, this index decides.
const PENDING: &str = "invitations_organization_id_email_canonical_key";

/// The invitation of this token, whatever has become of it.
pub async fn by_token(view: &View, hash: Vec<u8>) -> Result<Option<Invitation>, DbErr> {
    Entity::claimed(view, &Claim::Token(hash)).one(view).await
}

/// A page of the invitations that wait for an answer from who has proved this address.
pub async fn waiting_for(
    view: &View,
    address: String,
    page: &PageRequest,
) -> Result<PageOf<Invitation>, Refusal> {
    let rows = Entity::claimed(view, &Claim::Address(address));
    let live = exists(C::OrganizationId, Which::Live);
    page.of(rows.filter(in_state(State::Pending, view.now())).filter(live), &LISTING, view).await
}

/// A page of the organization's invitations.
pub async fn page(
    view: &OrgView,
    state: Option<State>,
    page: &PageRequest,
) -> Result<PageOf<Invitation>, Refusal> {
    let rows = Entity::mine(view);
    let rows = match state {
        Some(state) => rows.filter(in_state(state, view.now())),
        None => rows,
    };
    page.of(rows, &LISTING, view).await
}

/// The invitation of this id.
pub async fn by_id(view: &OrgView, id: InvitationId) -> Result<Option<Invitation>, DbErr> {
    Entity::mine(view).filter(C::Id.eq(id)).one(view).await
}

/// The invitation as the client means to change it.
pub async fn changing(tx: &OrgTx, id: InvitationId) -> Result<Invitation, Refusal> {
    for_change(tx, Entity::mine(tx).filter(C::Id.eq(id))).await
}

/// Those to these addresses that wait for an answer, expired ones too, or were mailed after `since`.
pub async fn earlier(
    view: &OrgView,
    addresses: &[EmailAddress],
    since: DateTime<Utc>,
) -> Result<Vec<Invitation>, DbErr> {
    let addresses = addresses.iter().map(EmailAddress::canonical);
    Entity::mine(view)
        .filter(C::EmailCanonical.is_in(addresses))
        .filter(C::State.eq(State::Pending).or(C::MailedAt.gt(since)))
        .all(view)
        .await
}

/// How many wait for an answer.
pub async fn count_pending(view: &OrgView) -> Result<u64, DbErr> {
    pending(view).count(view).await
}

/// How many were mailed after `since`.
pub async fn count_mailed(view: &OrgView, since: DateTime<Utc>) -> Result<u64, DbErr> {
    Entity::mine(view).filter(C::MailedAt.gt(since)).count(view).await
}

/// The roles of each that waits for an answer.
pub async fn pending_roles(view: &OrgView) -> Result<Vec<Invited>, DbErr> {
    pending(view).select_only().column(C::Roles).into_tuple().all(view).await
}

/// Notes that nobody has answered these in time.
pub async fn expire(tx: &OrgTx, ids: Vec<InvitationId>) -> Result<(), DbErr> {
    if ids.is_empty() {
        return Ok(());
    }
    let expired = Entity::change_here(tx)
        .col_expr(C::State, Expr::val("expired"))
        .col_expr(C::Version, Expr::col(C::Version).add(1))
        .col_expr(C::UpdatedAt, Expr::val(tx.now()))
        .filter(C::Id.is_in(ids));
    expired.exec(tx).await?;
    Ok(())
}

pub async fn insert(tx: &OrgTx, invitations: &[Invitation]) -> Result<(), Error> {
    if invitations.is_empty() {
        return Ok(());
    }
    let rows = invitations.iter().cloned().map(|row| row.into_active_model().reset_all());
    let inserted = Entity::insert_many(rows).exec_without_returning(tx).await;
    inserted.map(drop).on_unique(PENDING, || Error::InvitationPending)
}

/// Writes what `change` makes of a row, as its next version.
pub async fn save(
    tx: &OrgTx,
    row: Invitation,
    change: impl FnOnce(&mut NewInvitation),
) -> Result<Invitation, Error> {
    let version = row.version + 1;
    let mut row = row.into_active_model();
    row.version = Set(version);
    row.updated_at = Set(tx.now());
    change(&mut row);
    row.update(tx).await.on_unique(PENDING, || Error::InvitationPending)
}

/// Removes up to `most` invitations of an organization that is erased, and answers how many.
pub async fn erase(tx: &OrgTx, most: u64) -> Result<u64, DbErr> {
    let some = Entity::mine(tx).select_only().column(C::Id).limit(most);
    let some: Vec<InvitationId> = some.into_tuple().all(tx).await?;
    let gone = Entity::remove_here(tx).filter(C::Id.is_in(some)).exec(tx).await?;
    Ok(gone.rows_affected)
}

fn pending(view: &OrgView) -> Select<Entity> {
    Entity::mine(view).filter(in_state(State::Pending, view.now()))
}

fn in_state(state: State, now: DateTime<Utc>) -> SimpleExpr {
    let pending = C::State.eq(State::Pending);
    match state {
        State::Pending => pending.and(C::ExpiresAt.gt(now)),
        State::Expired => C::State.eq(state).or(pending.and(C::ExpiresAt.lte(now))),
        closed => C::State.eq(closed),
    }
}
