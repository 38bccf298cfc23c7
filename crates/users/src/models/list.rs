//! Listing accounts: by the index of their words where few have one, else along the list itself.

#[cfg(test)]
mod plans;

use kernel::{Global, Listing, PageOf, Refusal, UserId, View, db::PageRequest};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, DbErr, QueryFilter, Select,
    sea_query::{Expr, ExprTrait, Func},
};

use super::{
    user::{Column, Entity, Model},
    words,
};
use crate::schemas::account::AccountStatus;

const LISTING: Listing<Entity> =
    Listing { id: Column::Id, sorts: &[("created_at", Column::Id)], default: "-created_at" };

/// A page of the accounts that have all of these words, or words that begin with them: of those in this
/// state or, where none is named, of all that are not deleted. One statement, three with words.
pub async fn page(
    view: &View,
    page: &PageRequest,
    words: &[String],
    status: Option<AccountStatus>,
) -> Result<PageOf<Model>, Refusal> {
    page.of(found(view, words, status).await?, &LISTING, view).await
}

async fn found(
    view: &View,
    words: &[String],
    status: Option<AccountStatus>,
) -> Result<Select<Entity>, DbErr> {
    let candidates = match words {
        [] => None,
        words => words::candidates(view, words).await?,
    };
    let rows = in_state(Entity::rows(view), status);
    let rows = match candidates {
        Some(ids) => rows.filter(Column::Id.is_in(padded(ids))),
        None => rows,
    };
    let place = match view.get_database_backend() {
        DbBackend::Sqlite => "instr",
        _ => "strpos",
    };
    // Of LIKE, PostgreSQL would think that next to nothing has it, and not walk along the list.
    let has = |word: &String| {
        let search = Expr::col((Entity, Column::Search));
        Expr::from(Func::cust(place).arg(search).arg(format!(" {word}"))).gt(0)
    };
    Ok(words.iter().fold(rows, |rows, word| rows.filter(has(word))))
}

/// The rows in this state. It stands in the statement itself and is no value: so the databases see that
/// the index of disabled accounts will do, and PostgreSQL knows how many there are.
fn in_state(rows: Select<Entity>, status: Option<AccountStatus>) -> Select<Entity> {
    let live = rows.clone().filter(Column::DeletedAt.is_null());
    match status {
        None => live,
        Some(AccountStatus::Active) => live.filter(Expr::cust(r#""users"."status" = 'active'"#)),
        Some(AccountStatus::Disabled) => {
            live.filter(Expr::cust(r#""users"."status" = 'disabled'"#))
        }
        Some(AccountStatus::Deleted) => rows.filter(Column::DeletedAt.is_not_null()),
    }
}

/// The same ids, some of them repeated: as many as a power of two, so that there are few statements to
/// prepare.
fn padded(mut ids: Vec<UserId>) -> Vec<UserId> {
    ids.sort_unstable();
    ids.dedup();
    if let Some(last) = ids.last().copied() {
        ids.resize(ids.len().next_power_of_two(), last);
    }
    ids
}
