//! Which of a log's entries are older than it is kept for, and their removal.

use kernel::{OrganizationId, Scope, SystemView, Tenanted, Tx};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, JoinType, QueryFilter, QueryOrder,
    QuerySelect, RelationDef, Statement, prelude::Uuid,
};

use super::{EntryId, chain, entry, seal};

/// How many entries behind a cut are asked for their places; who commits late is among the first.
const NEAR: u64 = 1000;

/// The organizations with a log, in the order of their ids, after this one; the platform is none.
pub async fn logs_after(
    view: &SystemView,
    last: OrganizationId,
    most: u64,
) -> Result<Vec<OrganizationId>, DbErr> {
    let rows = chain::Entity::everyone(view).select_only().column(chain::Column::OrganizationId);
    let rows = rows.filter(chain::Column::OrganizationId.gt(last));
    rows.order_by_asc(chain::Column::OrganizationId).limit(most).into_tuple().all(view).await
}

/// Whether this place has entries with lesser ids.
pub async fn any_before(view: &impl Scope, older: Uuid) -> Result<bool, DbErr> {
    let rows = entry::Entity::here(view).select_only().column(entry::Column::Id);
    let first = rows.filter(entry::Column::Id.lt(older)).order_by_asc(entry::Column::Id).limit(1);
    Ok(first.into_tuple::<EntryId>().one(view).await?.is_some())
}

/// The place in the log before that of every entry with this id or a greater one; `None` where that is
/// its very beginning.
pub async fn last_before(view: &impl Scope, older: Uuid) -> Result<Option<i64>, DbErr> {
    let Some(chain) = chain::Entity::here(view).one(view).await? else { return Ok(None) };
    let rows = entry::Entity::here(view).select_only().column(entry::Column::Id);
    let rows = rows.filter(entry::Column::Id.gte(older)).order_by_asc(entry::Column::Id);
    let near: Vec<EntryId> = rows.limit(NEAR).into_tuple().all(view).await?;
    let first = seal::Entity::here(view).filter(seal::Column::EntryId.is_in(near));
    let first = first.order_by_asc(seal::Column::Seq).one(view).await?;
    let last = first.map_or(chain.size, |first| first.seq - 1);
    Ok((last > 0).then_some(last))
}

/// Removes up to `most` entries of this place with lesser ids, the oldest first, up to an anchor; answers
/// how many.
pub async fn prune<V: Scope>(
    tx: &Tx<V>,
    older: Uuid,
    anchor: i64,
    most: u32,
) -> Result<u64, DbErr> {
    if tx.get_database_backend() == DbBackend::Postgres {
        let place = tx.organization().unwrap_or(OrganizationId::PLATFORM);
        let sql = "select audit_log_prune($1, $2, $3, $4)";
        let most = i32::try_from(most).unwrap_or(i32::MAX);
        let values = [place.into(), older.into(), anchor.into(), most.into()];
        let prune = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
        let row = tx.query_one_raw(prune).await?;
        let gone: i64 = row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default();
        return Ok(gone.unsigned_abs());
    }
    let sealed =
        entry::Entity::belongs_to(seal::Entity).from(entry::Column::Id).to(seal::Column::EntryId);
    let sealed: RelationDef = sealed.into();
    let old: Vec<EntryId> = entry::Entity::here(&**tx)
        .select_only()
        .column(entry::Column::Id)
        .join(JoinType::InnerJoin, sealed)
        .filter(entry::Column::Id.lt(older))
        .filter(seal::Column::Seq.lte(anchor))
        .order_by_asc(entry::Column::Id)
        .limit(u64::from(most))
        .into_tuple()
        .all(tx)
        .await?;
    if old.is_empty() {
        return Ok(0);
    }
    let gone = entry::Entity::remove_here(tx).filter(entry::Column::Id.is_in(old));
    Ok(gone.exec(tx).await?.rows_affected)
}
