//! Invitations' rows and the queries on them.

mod entity;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use kernel::{
    Claimed, Listing, OnUnique, OrgTx, OrgView, PageOf, Refusal, SystemView, Tenanted, Tx, View,
    db::PageRequest, for_change,
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, DbErr, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Select,
    sea_query::{Expr, ExprTrait, SimpleExpr},
};
use users::EmailAddress;

use super::{
    membership,
    organization::{Which, exists},
};
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

/// Up to `most` of the invitations to an address, behind this one, the oldest first: for who has proved
/// it.
pub async fn following(
    view: &View,
    address: String,
    after: Option<InvitationId>,
    most: u64,
) -> Result<Vec<Invitation>, DbErr> {
    let mut rows = Entity::claimed(view, &Claim::Address(address));
    if let Some(after) = after {
        rows = rows.filter(C::Id.gt(after));
    }
    rows.order_by_asc(C::Id).limit(most).all(view).await
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

/// Those to these addresses that wait for an answer, expired ones too.
pub async fn earlier(view: &OrgView, addresses: &[EmailAddress]) -> Result<Vec<Invitation>, DbErr> {
    let addresses = addresses.iter().map(EmailAddress::canonical);
    let theirs = Entity::mine(view).filter(C::EmailCanonical.is_in(addresses));
    theirs.filter(C::State.eq(State::Pending)).all(view).await
}

/// How many mails each of these addresses got after `since`, whichever organization sent them.
pub async fn mailed_to(
    view: &View,
    addresses: &[EmailAddress],
    since: DateTime<Utc>,
) -> Result<BTreeMap<String, i64>, DbErr> {
    let addresses = addresses.iter().map(|it| it.canonical().to_owned()).collect();
    let rows = Entity::claimed(view, &Claim::Counted(addresses)).filter(C::MailedAt.gt(since));
    let counts = rows.select_only().column(C::EmailCanonical).expr(mails());
    let counts: Vec<(String, i64)> =
        counts.group_by(C::EmailCanonical).into_tuple().all(view).await?;
    Ok(counts.into_iter().collect())
}

/// How many wait for an answer.
pub async fn count_pending(view: &OrgView) -> Result<u64, DbErr> {
    pending(view).count(view).await
}

/// How many mails there were of those that were mailed after `since`.
pub async fn count_mailed(view: &OrgView, since: DateTime<Utc>) -> Result<u64, DbErr> {
    let rows = Entity::mine(view).filter(C::MailedAt.gt(since));
    let sum: Option<Option<i64>> = rows.select_only().expr(mails()).into_tuple().one(view).await?;
    Ok(sum.flatten().unwrap_or_default().unsigned_abs())
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

/// Notes that those whose inviter is no member any more are worth nothing.
pub async fn expire_departed(tx: &OrgTx) -> Result<(), DbErr> {
    let stays = membership::exists(C::OrganizationId, C::InvitedBy);
    let expired = Entity::change_here(tx)
        .col_expr(C::State, Expr::val("expired"))
        .col_expr(C::Version, Expr::col(C::Version).add(1))
        .col_expr(C::UpdatedAt, Expr::val(tx.now()))
        .filter(C::State.eq(State::Pending))
        .filter(stays.not());
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

/// Up to `most` that are over and that nobody has touched after `then`.
pub async fn over(
    view: &SystemView,
    then: DateTime<Utc>,
    most: u64,
) -> Result<Vec<InvitationId>, DbErr> {
    let rows = Entity::everyone(view).filter(untouched(view, then));
    rows.select_only().column(C::Id).limit(most).into_tuple().all(view).await
}

/// Removes those of these that are still over, and that nobody has touched after `then`.
pub async fn purge(tx: &Tx, ids: Vec<InvitationId>, then: DateTime<Utc>) -> Result<(), DbErr> {
    let gone = Entity::remove_claimed(tx, &Claim::Over(ids)).filter(untouched(tx, then));
    gone.exec(tx).await?;
    Ok(())
}

/// Removes those to an address, wherever they are, that wait for no answer any more.
pub async fn forget(tx: &Tx, address: String) -> Result<(), DbErr> {
    let theirs = Entity::remove_claimed(tx, &Claim::Address(address));
    theirs.filter(in_state(State::Pending, tx.now()).not()).exec(tx).await?;
    Ok(())
}

/// That it is over, in whatever way, and nobody has touched it after `then`.
fn untouched(view: &View, then: DateTime<Utc>) -> SimpleExpr {
    let open = in_state(State::Pending, view.now());
    C::UpdatedAt.lte(then).and(open.not())
}

/// All their mails; PostgreSQL's own sum would be a decimal.
fn mails() -> SimpleExpr {
    C::Mails.sum().cast_as("bigint")
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
