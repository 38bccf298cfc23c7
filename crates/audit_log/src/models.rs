//! The rows of the log and of the people's keys, and the queries on them; those on seals are apart.

mod anchor;
mod chain;
mod checkpoint;
mod entry;
mod key;
pub mod months;
mod node;
mod people;
#[cfg(test)]
mod plans;
pub mod pruning;
mod seal;
pub mod seals;
pub mod signed;
mod signing_key;
mod unsealed;
mod verification;
pub mod verifications;

use std::collections::HashMap;

use kernel::{
    Global, Listing, OrgView, PageOf, Refusal, Scope, Tenanted, Tx, UserId, View, db::PageRequest,
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, DbBackend, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    prelude::Uuid,
    sea_query::{Expr, SimpleExpr},
};

use crate::{AuditFilter, Target, order};

pub use entry::{ActiveModel as NewEntry, Concern, EntryId, Model as EntryRow};
pub use key::Model as KeyRow;
pub use people::concerning;
use seals::Seal;

const LISTING: Listing<entry::Entity> = Listing {
    id: entry::Column::Id,
    sorts: &[("created_at", entry::Column::Id)],
    default: "-created_at",
};

/// How many rows one statement adds: databases take only so many parameters.
const MANY: usize = 1000;

pub async fn insert(view: &View, entries: Vec<NewEntry>) -> Result<(), DbErr> {
    let mut entries = entries.into_iter().peekable();
    while entries.peek().is_some() {
        let some = entries.by_ref().take(MANY);
        entry::Entity::insert_many(some).exec_without_returning(view).await?;
    }
    Ok(())
}

/// A page of the entries of the place one stands at.
pub async fn page(
    view: &impl Scope,
    page: &PageRequest,
    filter: &AuditFilter,
) -> Result<PageOf<EntryRow>, Refusal> {
    page.of(filtered(view, filter), &LISTING, view.view()).await
}

/// The entry of this id of the place one stands at.
pub async fn by_id(view: &impl Scope, id: EntryId) -> Result<Option<EntryRow>, DbErr> {
    entry::Entity::here(view).filter(entry::COLUMN.id.eq(id)).one(view).await
}

/// A page of the organization's entries about a thing.
pub async fn page_of_target(
    view: &OrgView,
    target: Target,
    page: &PageRequest,
) -> Result<PageOf<EntryRow>, Refusal> {
    let rows = entry::Entity::mine(view).filter(entry::COLUMN.target_id.eq(target.id));
    page.of(rows.filter(entry::COLUMN.target_type.eq(target.kind)), &LISTING, view).await
}

/// The platform's entries about a thing, in order.
pub async fn of_target(view: &View, target: Uuid) -> Result<Vec<EntryRow>, DbErr> {
    let rows = entry::Entity::of_platform(view).filter(entry::COLUMN.target_id.eq(target));
    rows.order_by_asc(entry::Column::Id).all(view).await
}

/// The sealed keys of these people, where they have one.
pub async fn keys(view: &View, people: &[UserId]) -> Result<Vec<KeyRow>, DbErr> {
    let rows = key::Entity::rows(view);
    rows.filter(key::Column::PersonId.is_in(people.iter().copied())).all(view).await
}

/// Gives these people keys, but for those who have just been given one.
pub async fn insert_keys(view: &View, keys: Vec<(UserId, Vec<u8>)>) -> Result<(), DbErr> {
    let rows = keys.into_iter().map(|(person, sealed)| key::ActiveModel {
        person_id: Set(person),
        key: Set(sealed),
        created_at: Set(view.now()),
    });
    key::Entity::insert_many(rows).on_conflict_do_nothing().exec_without_returning(view).await?;
    Ok(())
}

/// Removes this person's key, if they have one.
pub async fn remove_key(tx: &Tx<impl Scope>, person: UserId) -> Result<(), DbErr> {
    key::Entity::remove(tx).filter(key::Column::PersonId.eq(person)).exec(tx).await?;
    Ok(())
}

/// Up to `most` of the entries that are found, the oldest first, after this one.
pub async fn following(
    view: &impl Scope,
    filter: &AuditFilter,
    last: Option<EntryId>,
    most: u64,
) -> Result<Vec<EntryRow>, DbErr> {
    let rows = filtered(view, filter);
    let rows = match last {
        Some(last) => rows.filter(entry::Column::Id.gt(last)),
        None => rows,
    };
    rows.order_by_asc(entry::Column::Id).limit(most).all(view).await
}

/// The seals of these entries of this place, as far as they have one.
pub async fn seals_of(
    view: &impl Scope,
    entries: impl Iterator<Item = EntryId>,
) -> Result<HashMap<EntryId, Seal>, DbErr> {
    let rows = seal::Entity::here(view).filter(seal::Column::EntryId.is_in(entries));
    Ok(rows.all(view).await?.into_iter().map(|seal| (seal.entry_id, seal)).collect())
}

/// Each filter has an index of its own, which ends with the id; a span of time is one of ids.
fn filtered(view: &impl Scope, filter: &AuditFilter) -> Select<entry::Entity> {
    let AuditFilter { action, actor_id, target_type, target_id, outcome, from, to } = filter;
    // SQLite takes two bounds for narrow, and would go by time whatever else is asked for.
    let sqlite = view.get_database_backend() == DbBackend::Sqlite;
    let wide = |bound: SimpleExpr| {
        if sqlite { Expr::cust_with_expr("likelihood(?, 0.99)", bound) } else { bound }
    };
    let conditions = [
        action.as_ref().map(|action| entry::COLUMN.action.eq(action)),
        actor_id.map(|actor| entry::COLUMN.actor_id.eq(actor)),
        target_type.as_ref().map(|kind| entry::COLUMN.target_type.eq(kind)),
        target_id.map(|target| entry::COLUMN.target_id.eq(target)),
        outcome.map(|outcome| entry::COLUMN.outcome.eq(outcome.word())),
        from.map(|from| wide(entry::Column::Id.gte(order::first(from)))),
        from.map(|from| entry::COLUMN.created_at.gte(from)),
        to.map(|to| wide(entry::Column::Id.lt(order::end(to)))),
        to.map(|to| entry::COLUMN.created_at.lt(to)),
    ];
    conditions.into_iter().flatten().fold(entry::Entity::here(view), Select::filter)
}
