//! Seals and the tree above them, and what waits for a seal.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{Global, OrganizationId, Scope, SystemView, Tenanted, Tx, View};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, DbErr, EntityTrait, ExprTrait, IntoActiveModel,
    JoinType, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, OnConflict},
};

use super::{EntryId, EntryRow, chain, entry, node, seal, unsealed};
use crate::{digest::Digest, tree::Node};

pub use chain::Model as Chain;
pub use node::Model as NodeRow;
pub use seal::Model as Seal;

/// How many rows one statement adds or removes at the most.
const MANY: usize = 1024;

/// Whether any entry waits for its seal, but for those of some organizations.
pub async fn anything_waits(view: &SystemView, without: &[OrganizationId]) -> Result<bool, DbErr> {
    let first = unsealed::Entity::rows(view).select_only().column(unsealed::Column::EntryId);
    let first = first.filter(elsewhere(unsealed::Column::OrganizationId, without));
    let first = first.order_by_asc(unsealed::Column::EntryId).limit(1);
    Ok(first.into_tuple::<EntryId>().one(view).await?.is_some())
}

/// The first `most` entries that wait for their seals, in the order of their ids, but for those of some
/// organizations.
pub async fn waiting(
    view: &SystemView,
    without: &[OrganizationId],
    most: u64,
) -> Result<Vec<EntryRow>, DbErr> {
    queued(view, elsewhere(unsealed::Column::OrganizationId, without), most).await
}

/// The first `most` entries of an organization that wait for their seals.
pub async fn waiting_in(
    view: &SystemView,
    organization: OrganizationId,
    most: u64,
) -> Result<Vec<EntryRow>, DbErr> {
    let of_one = unsealed::Column::OrganizationId.eq(organization);
    queued(view, Condition::all().add(of_one), most).await
}

async fn queued(view: &SystemView, which: Condition, most: u64) -> Result<Vec<EntryRow>, DbErr> {
    let queued = entry::Entity::belongs_to(unsealed::Entity)
        .from((entry::Column::OrganizationId, entry::Column::Id))
        .to((unsealed::Column::OrganizationId, unsealed::Column::EntryId));
    entry::Entity::everyone(view)
        .join(JoinType::InnerJoin, queued.into())
        .filter(which)
        .order_by_asc(unsealed::Column::EntryId)
        .limit(most)
        .all(view)
        .await
}

fn elsewhere(column: impl ColumnTrait, without: &[OrganizationId]) -> Condition {
    let all = Condition::all();
    if without.is_empty() { all } else { all.add(column.is_not_in(without.iter().copied())) }
}

/// How many entries wait for their seals, everywhere.
pub async fn unsealed(view: &View) -> Result<u64, DbErr> {
    unsealed::Entity::rows(view).count(view).await
}

/// For how long the oldest entry that waits for its seal has been waiting.
pub async fn lag(view: &View) -> Result<TimeDelta, DbErr> {
    let first = unsealed::Entity::rows(view).order_by_asc(unsealed::Column::EntryId);
    let first = first.one(view).await?;
    Ok(first.map_or(TimeDelta::zero(), |first| (view.now() - first.created_at).abs()))
}

/// How far the logs of these organizations are sealed.
pub async fn chains(
    view: &SystemView,
    organizations: &BTreeSet<OrganizationId>,
) -> Result<Vec<Chain>, DbErr> {
    if organizations.is_empty() {
        return Ok(Vec::new());
    }
    let these = padded(organizations.iter().copied().collect());
    let these = chain::Column::OrganizationId.is_in(these);
    chain::Entity::everyone(view).filter(these).all(view).await
}

/// How far the log of this place is sealed; `None` where nothing is yet.
pub async fn chain(view: &impl Scope) -> Result<Option<Chain>, DbErr> {
    chain::Entity::here(view).one(view).await
}

/// The same, kept from others until the transaction ends.
pub async fn chain_for_change<V: Scope>(tx: &Tx<V>) -> Result<Option<Chain>, DbErr> {
    chain::Entity::here(&**tx).lock_exclusive().one(tx).await
}

/// Up to `most` logs that have grown since their last checkpoint, which is from before `then`, but for
/// some.
pub async fn unsigned(
    view: &SystemView,
    then: DateTime<Utc>,
    without: &[OrganizationId],
    most: u64,
) -> Result<Vec<OrganizationId>, DbErr> {
    use chain::Column as C;
    let grown = Expr::col(C::SignedSize).lt(Expr::col(C::Size));
    chain::Entity::everyone(view)
        .select_only()
        .column(C::OrganizationId)
        .filter(grown.and(C::SignedAt.lte(then)))
        .filter(elsewhere(C::OrganizationId, without))
        .order_by_asc(C::SignedAt)
        .limit(most)
        .into_tuple()
        .all(view)
        .await
}

/// Adds seals, and takes their entries out of the queue.
pub async fn insert_seals(tx: &Tx, seals: Vec<Seal>) -> Result<(), DbErr> {
    let ids: Vec<EntryId> = seals.iter().map(|seal| seal.entry_id).collect();
    for ids in ids.chunks(MANY) {
        let sealed = unsealed::Column::EntryId.is_in(padded(ids.to_vec()));
        unsealed::Entity::remove(tx).filter(sealed).exec(tx).await?;
    }
    for seals in portions(seals) {
        let rows = seals.into_iter().map(|row| row.into_active_model().reset_all());
        seal::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Adds nodes.
pub async fn insert_nodes(tx: &Tx, nodes: Vec<NodeRow>) -> Result<(), DbErr> {
    for nodes in portions(nodes) {
        let rows = nodes.into_iter().map(|row| row.into_active_model().reset_all());
        node::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Notes how far logs are sealed by now; what is signed of them is noted by who signs.
pub async fn save_chains(tx: &Tx, chains: Vec<Chain>) -> Result<(), DbErr> {
    use chain::Column as C;
    let known = OnConflict::column(C::OrganizationId)
        .update_columns([C::Size, C::Hash, C::Peaks])
        .to_owned();
    for chains in portions(chains) {
        let rows = chains.into_iter().map(|row| row.into_active_model().reset_all());
        let insert = chain::Entity::insert_many(rows).on_conflict(known.clone());
        insert.exec_without_returning(tx).await?;
    }
    Ok(())
}

/// The hashes of these leaves and stored nodes of this place's tree, as far as they are there.
pub async fn hashes(
    view: &impl Scope,
    nodes: &BTreeSet<Node>,
) -> Result<HashMap<Node, Digest>, DbErr> {
    let (leaves, inner): (Vec<Node>, Vec<Node>) = nodes.iter().partition(|node| node.level == 0);
    let mut found = HashMap::new();
    if !leaves.is_empty() {
        let seqs = leaves.iter().map(|leaf| number(leaf.position) + 1);
        let rows = seal::Entity::here(view).filter(seal::Column::Seq.is_in(seqs));
        for row in rows.all(view).await? {
            let leaf = Node { level: 0, position: row.seq.unsigned_abs() - 1 };
            if let Ok(link) = Digest::try_from(row.hash.as_slice()) {
                found.insert(leaf, Digest::leaf(link));
            }
        }
    }
    if !inner.is_empty() {
        let of_level = |level: u8| {
            let positions = inner.iter().filter(|it| it.level == level);
            let positions = positions.map(|it| number(it.position));
            node::Column::Level.eq(i16::from(level)).and(node::Column::Position.is_in(positions))
        };
        let levels: BTreeSet<u8> = inner.iter().map(|it| it.level).collect();
        let these = levels.into_iter().map(of_level).fold(Condition::any(), Condition::add);
        for row in node::Entity::here(view).filter(these).all(view).await? {
            let level = u8::try_from(row.level).unwrap_or(u8::MAX);
            let node = Node { level, position: row.position.unsigned_abs() };
            if let Ok(hash) = Digest::try_from(row.hash.as_slice()) {
                found.insert(node, hash);
            }
        }
    }
    Ok(found)
}

/// Portions whose sizes are powers of two: a connection keeps the plans of a few statements, and those
/// of requests are not to make room for one of each size.
fn portions<T>(mut rows: Vec<T>) -> Vec<Vec<T>> {
    let mut portions = Vec::new();
    while let Some(most) = rows.len().checked_ilog2() {
        let rest = rows.split_off(MANY.min(1 << most));
        portions.push(std::mem::replace(&mut rows, rest));
    }
    portions
}

/// The same for lists: the last is said again until they are as many as a power of two.
fn padded<T: Copy>(mut list: Vec<T>) -> Vec<T> {
    if let Some(last) = list.last().copied() {
        list.resize(list.len().next_power_of_two(), last);
    }
    list
}

fn number(position: u64) -> i64 {
    i64::try_from(position).unwrap_or(i64::MAX)
}
