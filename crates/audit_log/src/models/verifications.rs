//! Verifications, and what they read: seals with their entries, and what has none.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use kernel::{Global, OrganizationId, Scope, Tenanted, Tx};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, IntoActiveModel, JoinType,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::{
    EntryId, EntryRow, entry, seal,
    seals::{self, Seal},
    signed, unsealed, verification,
};

use verification::{Column as C, Entity};
pub use verification::{Model as Verification, State, VerificationId};

/// The verification of this id.
pub async fn by_id(view: &impl Scope, id: VerificationId) -> Result<Option<Verification>, DbErr> {
    Entity::here(view).filter(C::Id.eq(id)).one(view).await
}

/// Whether one has gone on since `then`.
pub async fn any_running(view: &impl Scope, then: DateTime<Utc>) -> Result<bool, DbErr> {
    let rows = Entity::here(view).filter(C::State.eq(State::Running));
    Ok(rows.filter(C::UpdatedAt.gt(then)).count(view).await? > 0)
}

/// Adds a verification.
pub async fn insert(tx: &Tx<impl Scope>, row: Verification) -> Result<(), DbErr> {
    Entity::insert(row.into_active_model().reset_all()).exec_without_returning(tx).await?;
    Ok(())
}

/// Writes how far a verification is, as its next version.
pub async fn save<V: Scope>(tx: &Tx<V>, now: &Verification) -> Result<Verification, DbErr> {
    let mut row = now.clone().into_active_model();
    row.state = Set(now.state);
    row.size = Set(now.size);
    row.checked = Set(now.checked);
    row.first_bad_seq = Set(now.first_bad_seq);
    row.reason = Set(now.reason);
    row.version = Set(now.version + 1);
    row.updated_at = Set(tx.view().now());
    row.update(tx).await
}

/// How many entries of this place are or should be sealed, by whatever tells of it.
pub async fn size(view: &impl Scope) -> Result<i64, DbErr> {
    let chain = seals::chain(view).await?.map_or(0, |chain| chain.size);
    let head = signed::latest_checkpoint(view, 0).await?.map_or(0, |row| row.size);
    let last = seal::Entity::here(view).select_only().column(seal::Column::Seq);
    let last: Option<i64> = last.order_by_desc(seal::Column::Seq).into_tuple().one(view).await?;
    Ok(chain.max(head).max(last.unwrap_or_default()))
}

/// The next seals after `seq`, up to `most`.
pub async fn seals_after(view: &impl Scope, seq: i64, most: u64) -> Result<Vec<Seal>, DbErr> {
    let rows = seal::Entity::here(view).filter(seal::Column::Seq.gt(seq));
    rows.order_by_asc(seal::Column::Seq).limit(most).all(view).await
}

/// The entries of these seals, as far as they are there.
pub async fn sealed(
    view: &impl Scope,
    seals: &[Seal],
) -> Result<HashMap<EntryId, EntryRow>, DbErr> {
    let ids = seals.iter().map(|seal| seal.entry_id);
    let rows = entry::Entity::here(view).filter(entry::Column::Id.is_in(ids)).all(view).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// The seal of an entry.
pub async fn seal_of(view: &impl Scope, entry: EntryId) -> Result<Option<Seal>, DbErr> {
    seal::Entity::here(view).filter(seal::Column::EntryId.eq(entry)).one(view).await
}

/// The ids of up to `most` entries after `id`, and which of them have no seal and wait for none.
pub async fn strays_after(
    view: &impl Scope,
    id: EntryId,
    most: u64,
) -> Result<Vec<(EntryId, bool)>, DbErr> {
    let seal =
        entry::Entity::belongs_to(seal::Entity).from(entry::Column::Id).to(seal::Column::EntryId);
    let waits = entry::Entity::belongs_to(unsealed::Entity)
        .from(entry::Column::Id)
        .to(unsealed::Column::EntryId);
    let rows: Vec<(EntryId, Option<i64>, Option<EntryId>)> = entry::Entity::here(view)
        .select_only()
        .column(entry::Column::Id)
        .column_as(seal::Column::Seq, "seq")
        .column_as(unsealed::Column::EntryId, "waits")
        .join(JoinType::LeftJoin, seal.into())
        .join(JoinType::LeftJoin, waits.into())
        .filter(entry::Column::Id.gt(id))
        .order_by_asc(entry::Column::Id)
        .limit(most)
        .into_tuple()
        .all(view)
        .await?;
    Ok(rows.into_iter().map(|(id, seq, waits)| (id, seq.is_none() && waits.is_none())).collect())
}

/// Whether an entry that waits for its seal is not there any more.
pub async fn waits_for_nothing(view: &impl Scope) -> Result<bool, DbErr> {
    let place = view.organization().unwrap_or(OrganizationId::PLATFORM);
    let entry = unsealed::Entity::belongs_to(entry::Entity)
        .from((unsealed::Column::OrganizationId, unsealed::Column::EntryId))
        .to((entry::Column::OrganizationId, entry::Column::Id));
    let rows = unsealed::Entity::rows(view.view())
        .select_only()
        .column(unsealed::Column::EntryId)
        .join(JoinType::LeftJoin, entry.into())
        .filter(unsealed::Column::OrganizationId.eq(place))
        .filter(entry::Column::Id.is_null());
    Ok(rows.into_tuple::<EntryId>().one(view).await?.is_some())
}

/// The place in the log before which an entry of this id would have been sealed.
pub async fn place_of(view: &impl Scope, id: EntryId) -> Result<Option<i64>, DbErr> {
    let rows = seal::Entity::here(view).filter(seal::Column::EntryId.gt(id));
    let rows = rows.select_only().column(seal::Column::Seq).order_by_asc(seal::Column::Seq);
    rows.into_tuple().one(view).await
}
