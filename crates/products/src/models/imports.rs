//! Imports, the pieces of their files and the rows that failed.

mod fault;
mod import;
mod piece;

use chrono::{DateTime, Utc};
use kernel::{
    Claimed, Listing, OrgTx, OrgView, OrganizationId, PageOf, Refusal, SystemView, Tenanted, Tx,
    db::PageRequest, for_change,
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, Func, Query, SimpleExpr},
};

pub use fault::Model as RowFault;
pub use import::{ActiveModel as NewImport, Columns, Format, ImportId, Model as Import, State};
use import::{Column as C, Entity};

const LISTING: Listing<Entity> =
    Listing { id: C::Id, sorts: &[("created_at", C::Id)], default: "-created_at" };

/// Their ids are in the order of the lines.
const FAULTS: Listing<fault::Entity> =
    Listing { id: fault::Column::Id, sorts: &[("line", fault::Column::Id)], default: "line" };

/// The import of this id.
pub async fn by_id(view: &OrgView, id: ImportId) -> Result<Option<Import>, DbErr> {
    Entity::by_id(view, id).await
}

/// The import, kept from others until the transaction ends.
pub async fn changing(tx: &OrgTx, id: ImportId) -> Result<Import, Refusal> {
    for_change(tx, Entity::mine(tx).filter(C::Id.eq(id))).await
}

/// A page of the organization's imports.
pub async fn page(view: &OrgView, page: &PageRequest) -> Result<PageOf<Import>, Refusal> {
    page.of(Entity::mine(view), &LISTING, view).await
}

/// Keeps others from beginning an import in the organization until the transaction ends, so that they can
/// be counted. SQLite's writer is alone anyway.
pub async fn begin_alone(tx: &OrgTx) -> Result<(), DbErr> {
    if tx.get_database_backend() == DbBackend::Postgres {
        let name = format!("product_imports {}", tx.org());
        let number = Func::cust("hashtextextended").arg(name).arg(0_i64);
        let mut lock = Query::select();
        lock.expr(Func::cust("pg_advisory_xact_lock").arg(number));
        tx.execute(&lock).await?;
    }
    Ok(())
}

/// How many are not over, without those whose file has stopped arriving by `then`.
pub async fn count_open(view: &OrgView, then: DateTime<Utc>) -> Result<u64, DbErr> {
    let open = C::State.is_in([State::Queued, State::Running]);
    let arriving = C::State.eq(State::Receiving).and(C::UpdatedAt.gt(then));
    Entity::mine(view).filter(open.or(arriving)).count(view).await
}

/// Adds an import.
pub async fn insert(tx: &OrgTx, import: Import) -> Result<(), DbErr> {
    let row = import.into_active_model().reset_all();
    Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Writes what `change` makes of an import, which is locked, as its next version.
pub async fn save(
    tx: &OrgTx,
    import: Import,
    change: impl FnOnce(&mut NewImport),
) -> Result<Import, DbErr> {
    let version = import.version + 1;
    let mut row = import.into_active_model();
    row.version = Set(version);
    row.updated_at = Set(tx.now());
    change(&mut row);
    row.update(tx).await
}

/// Adds the piece of this number; [`Refusal::NotFound`] where the import waits for none.
pub async fn insert_piece(
    tx: &OrgTx,
    import: ImportId,
    number: i32,
    bytes: Vec<u8>,
) -> Result<(), Refusal> {
    let arriving = Entity::change_here(tx).filter(C::Id.eq(import));
    let arriving = arriving.filter(C::State.eq(State::Receiving));
    let touched = arriving.col_expr(C::UpdatedAt, Expr::val(tx.now())).exec(tx).await?;
    if touched.rows_affected == 0 {
        return Err(Refusal::NotFound);
    }
    let piece = piece::Model { import_id: import, number, organization_id: tx.org(), bytes };
    let piece = piece.into_active_model().reset_all();
    piece::Entity::insert(piece).exec_without_returning(tx).await?;
    Ok(())
}

/// The bytes of the piece of this number; `None` behind the last.
pub async fn piece(
    view: &OrgView,
    import: ImportId,
    number: i32,
) -> Result<Option<Vec<u8>>, DbErr> {
    let rows = piece::Entity::mine(view)
        .filter(piece::Column::ImportId.eq(import))
        .filter(piece::Column::Number.eq(number));
    rows.select_only().column(piece::Column::Bytes).into_tuple().one(view).await
}

/// Removes the pieces before this number; they are eaten.
pub async fn eat(tx: &OrgTx, import: ImportId, before: i32) -> Result<(), DbErr> {
    let eaten = piece::Entity::remove_here(tx)
        .filter(piece::Column::ImportId.eq(import))
        .filter(piece::Column::Number.lt(before));
    eaten.exec(tx).await?;
    Ok(())
}

/// Adds rows that failed, in the order of their lines.
pub async fn insert_faults(tx: &OrgTx, faults: Vec<RowFault>) -> Result<(), DbErr> {
    if !faults.is_empty() {
        let rows = faults.into_iter().map(|row| row.into_active_model().reset_all());
        fault::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// The first `most` rows that failed.
pub async fn first_faults(
    view: &OrgView,
    import: ImportId,
    most: u64,
) -> Result<Vec<RowFault>, DbErr> {
    let rows = fault::Entity::mine(view).filter(fault::Column::ImportId.eq(import));
    rows.order_by_asc(fault::Column::Id).limit(most).all(view).await
}

/// A page of the rows that failed.
pub async fn faults(
    view: &OrgView,
    import: ImportId,
    page: &PageRequest,
) -> Result<PageOf<RowFault>, Refusal> {
    let rows = fault::Entity::mine(view).filter(fault::Column::ImportId.eq(import));
    page.of(rows, &FAULTS, view).await
}

/// Removes an import whose file has not come whole.
pub async fn discard(tx: &OrgTx, import: ImportId) -> Result<(), DbErr> {
    let gone = Entity::remove_here(tx).filter(C::Id.eq(import));
    let gone = gone.filter(C::State.eq(State::Receiving)).exec(tx).await?;
    if gone.rows_affected > 0 { eat(tx, import, i32::MAX).await } else { Ok(()) }
}

/// Removes all that an organization has of imports.
pub async fn erase(tx: &OrgTx) -> Result<(), DbErr> {
    piece::Entity::remove_here(tx).exec(tx).await?;
    fault::Entity::remove_here(tx).exec(tx).await?;
    Entity::remove_here(tx).exec(tx).await?;
    Ok(())
}

/// Up to `most` that nobody has touched after `then`, over or not as `which` says.
pub async fn untouched(
    view: &SystemView,
    which: Which,
    then: DateTime<Utc>,
    most: u64,
) -> Result<Vec<ImportId>, DbErr> {
    let rows = Entity::everyone(view).filter(abandoned(which, then));
    rows.select_only().column(C::Id).limit(most).into_tuple().all(view).await
}

/// Removes those of these that are still as they were, with their pieces and faults.
pub async fn purge(
    tx: &Tx,
    ids: Vec<ImportId>,
    which: Which,
    then: DateTime<Utc>,
) -> Result<(), DbErr> {
    // One may have gone on since its id was read; its pieces stay.
    let still = Entity::claimed(tx, &ids).filter(abandoned(which, then)).lock_exclusive();
    let still = still.select_only().column(C::Id).into_tuple().all(tx).await?;
    piece::Entity::remove_claimed(tx, &still).exec(tx).await?;
    fault::Entity::remove_claimed(tx, &still).exec(tx).await?;
    Entity::remove_claimed(tx, &still).exec(tx).await?;
    Ok(())
}

/// Up to `most` that should have gone on after `then` and have not, each with whose it is.
pub async fn stalled(
    view: &SystemView,
    then: DateTime<Utc>,
    most: u64,
) -> Result<Vec<(OrganizationId, ImportId)>, DbErr> {
    let rows = Entity::everyone(view).filter(C::State.is_in([State::Queued, State::Running]));
    let rows = rows.filter(C::UpdatedAt.lte(then)).limit(most);
    rows.select_only().column(C::OrganizationId).column(C::Id).into_tuple().all(view).await
}

/// Which imports are to go.
#[derive(Clone, Copy, Debug)]
pub enum Which {
    /// Those whose file has stopped arriving.
    Receiving,
    /// Those that are over.
    Over,
}

fn abandoned(which: Which, then: DateTime<Utc>) -> SimpleExpr {
    let state = match which {
        Which::Receiving => C::State.eq(State::Receiving),
        Which::Over => C::State.is_in([State::Done, State::Failed, State::Cancelled]),
    };
    state.and(C::UpdatedAt.lte(then))
}
