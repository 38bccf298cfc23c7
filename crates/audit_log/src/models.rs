//! The rows of the log and of the people's keys, and the queries on them.

mod entry;
mod key;

use kernel::{Global, Listing, OrgView, PageOf, Refusal, Tenanted, UserId, View, db::PageRequest};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, Select,
    prelude::Uuid,
};

use crate::{AuditFilter, Target};

pub use entry::{ActiveModel as NewEntry, EntryId, Model as EntryRow};
pub use key::Model as KeyRow;

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

/// A page of the platform's own entries.
pub async fn page(
    view: &View,
    page: &PageRequest,
    filter: &AuditFilter,
) -> Result<PageOf<EntryRow>, Refusal> {
    page.of(filtered(entry::Entity::of_platform(view), filter), &LISTING, view).await
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

fn filtered(mut rows: Select<entry::Entity>, filter: &AuditFilter) -> Select<entry::Entity> {
    let AuditFilter { action, actor_id, target_type, target_id, outcome, from, to } = filter;
    if let Some(action) = action {
        rows = rows.filter(entry::COLUMN.action.eq(action));
    }
    if let Some(actor) = actor_id {
        rows = rows.filter(entry::COLUMN.actor_id.eq(*actor));
    }
    if let Some(kind) = target_type {
        rows = rows.filter(entry::COLUMN.target_type.eq(kind));
    }
    if let Some(target) = target_id {
        rows = rows.filter(entry::COLUMN.target_id.eq(*target));
    }
    if let Some(outcome) = outcome {
        rows = rows.filter(entry::COLUMN.outcome.eq(outcome.word()));
    }
    if let Some(from) = from {
        rows = rows.filter(entry::COLUMN.created_at.gte(*from));
    }
    if let Some(to) = to {
        rows = rows.filter(entry::COLUMN.created_at.lt(*to));
    }
    rows
}
