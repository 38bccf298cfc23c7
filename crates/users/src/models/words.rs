//! The words by which accounts are found: those of name and address.

use std::collections::BTreeSet;

use kernel::{Global, Scope, Tx, UserId, View, words};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Asterisk, Expr, ExprTrait, OnConflict, Query, SubQueryStatement},
};

use super::{user, word};

/// Behind every word that begins as another does.
const END: char = '\u{10ffff}';

/// Up to how many accounts are looked up one by one, if they have a word.
const FEW: u64 = 512;

/// An account's words.
pub struct Words(BTreeSet<String>);

impl Words {
    pub fn of(name: &str, email: &str) -> Self {
        Self(words::indexed(&format!("{name}\n{email}")))
    }

    /// Those that an account's row says have been entered.
    pub fn entered(text: Option<&str>) -> Self {
        Self(text.into_iter().flat_map(str::split_ascii_whitespace).map(str::to_owned).collect())
    }

    /// As the account's own row has them: a space before each, so that one can be found by its
    /// beginning.
    pub fn text(&self) -> String {
        self.0.iter().flat_map(|word| [" ", word.as_str()]).collect()
    }
}

/// Enters an account's words in place of those that were entered before: only what has changed.
pub async fn replace(
    tx: &Tx<impl Scope>,
    user: UserId,
    before: &Words,
    after: Words,
) -> Result<(), DbErr> {
    let gone: Vec<_> = before.0.difference(&after.0).cloned().collect();
    if !gone.is_empty() {
        let rows = word::Entity::remove(tx).filter(word::Column::UserId.eq(user));
        rows.filter(word::Column::Word.is_in(gone)).exec(tx).await?;
    }
    let row = |word| word::ActiveModel { word: Set(word), user_id: Set(user) };
    let new: Vec<_> =
        after.0.into_iter().filter(|word| !before.0.contains(word)).map(row).collect();
    if !new.is_empty() {
        // Another may be entering them, for whom they lacked.
        let there = OnConflict::new().do_nothing().to_owned();
        word::Entity::insert_many(new).on_conflict(there).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Removes all words of an account.
pub async fn remove(tx: &Tx<impl Scope>, user: UserId) -> Result<(), DbErr> {
    let words = word::Entity::remove(tx).filter(word::Column::UserId.eq(user));
    words.exec(tx).await?;
    Ok(())
}

/// The accounts that have the rarest of these words, if they are few; all that has every word is among
/// them.
pub async fn candidates(view: &View, words: &[String]) -> Result<Option<Vec<UserId>>, DbErr> {
    let Some(rarest) = rarest(view, words).await? else { return Ok(None) };
    let found: Vec<UserId> = word::Entity::rows(view)
        .select_only()
        .column(word::Column::UserId)
        .filter(word::Column::Word.between(rarest, &format!("{rarest}{END}")))
        .order_by_asc(word::Column::Word)
        .limit(FEW + 1)
        .into_tuple()
        .all(view)
        .await?;
    Ok(Some(found).filter(|found| found.len() <= usize::try_from(FEW).unwrap_or_default()))
}

/// Accounts, deleted ones too, whose words have not been entered: they are older than the index, or
/// were made past it.
pub async fn lacking(view: &View, most: u64) -> Result<Vec<user::Model>, DbErr> {
    let rows = user::Entity::rows(view).filter(user::Column::Search.is_null());
    rows.order_by_asc(user::Column::Id).limit(most).all(view).await
}

/// Enters the words of an account that lacks them.
pub async fn enter(tx: &Tx<impl Scope>, user: &user::Model) -> Result<(), DbErr> {
    let words = Words::of(&user.name, &user.email);
    let row = user::Entity::change(tx).filter(user::Column::Id.eq(user.id));
    let row = row.filter(user::Column::Search.is_null());
    let entered = row.col_expr(user::Column::Search, Expr::val(words.text())).exec(tx).await?;
    if entered.rows_affected == 1 {
        replace(tx, user.id, &Words::entered(None), words).await
    } else {
        Ok(())
    }
}

/// The word that the fewest accounts have, if those are few: counted in the index no further than
/// that, all words in one statement.
async fn rarest<'a>(view: &View, words: &'a [String]) -> Result<Option<&'a String>, DbErr> {
    let mut counts = Query::select();
    for word in words {
        let mut few = Query::select();
        few.expr(Expr::val(1)).from(word::Entity).limit(FEW + 1);
        few.and_where(word::Column::Word.between(word, &format!("{word}{END}")));
        let mut count = Query::select();
        count.expr(Expr::col(Asterisk).count()).from_subquery(few, "counted");
        counts.expr(SubQueryStatement::from(count));
    }
    let Some(row) = view.query_one(&counts).await? else { return Ok(None) };
    let mut rarest = None;
    for (at, word) in words.iter().enumerate() {
        let count: i64 = row.try_get_by_index(at)?;
        if rarest.is_none_or(|(least, _)| count < least) {
            rarest = Some((count, word));
        }
    }
    Ok(rarest.filter(|(count, _)| count.unsigned_abs() <= FEW).map(|(_, word)| word))
}
