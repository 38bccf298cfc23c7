//! What the product holds on a person: every feature tells its own part, a page at a time.

use std::marker::PhantomData;

use futures_util::future::LocalBoxFuture;
use sea_orm::DbErr;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::View;
use crate::{id::UserId, problem::Problem};

/// Some of what a feature holds on a person, and where the rest goes on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Exported {
    /// One document a thing; nothing secret is in it.
    pub rows: Vec<Value>,
    /// What the next page is asked with; `None` where this is the last.
    pub next: Option<Uuid>,
}

impl Exported {
    /// All there is: of what nobody has more than some dozens.
    pub fn whole<T: Serialize>(rows: impl IntoIterator<Item = T>) -> Result<Self, DbErr> {
        let document = |row| serde_json::to_value(row).map_err(|it| DbErr::Json(it.to_string()));
        Ok(Self { rows: rows.into_iter().map(document).collect::<Result<_, _>>()?, next: None })
    }

    /// A page of up to `most` rows; the next one begins behind the last of these, by its id.
    pub fn page<T: Serialize>(
        rows: Vec<T>,
        most: u64,
        id: impl Fn(&T) -> Uuid,
    ) -> Result<Self, DbErr> {
        let full = u64::try_from(rows.len()).is_ok_and(|found| found >= most);
        let next = rows.last().filter(|_| full).map(id);
        Ok(Self { next, ..Self::whole(rows)? })
    }
}

/// A part of what the product holds on people, as a feature declared it.
pub struct Export {
    name: &'static str,
    read: Box<dyn Reader>,
}

impl Export {
    /// What it is called in the archive.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The page of it behind `after`, which the page before answered.
    pub async fn read(
        &self,
        view: &View,
        person: UserId,
        after: Option<Uuid>,
    ) -> Result<Exported, Problem> {
        self.read.read(view, person, after).await
    }

    pub(crate) fn of<X: Into<Problem> + 'static>(
        name: &'static str,
        function: impl AsyncFn(&View, UserId, Option<Uuid>) -> Result<Exported, X>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        Self { name, read: Box::new(Function(function, PhantomData)) }
    }
}

trait Reader: Send + Sync {
    fn read<'a>(
        &'a self,
        view: &'a View,
        person: UserId,
        after: Option<Uuid>,
    ) -> LocalBoxFuture<'a, Result<Exported, Problem>>;
}

struct Function<F, X>(F, PhantomData<fn() -> X>);

impl<F, X> Reader for Function<F, X>
where
    F: AsyncFn(&View, UserId, Option<Uuid>) -> Result<Exported, X> + Send + Sync,
    X: Into<Problem>,
{
    fn read<'a>(
        &'a self,
        view: &'a View,
        person: UserId,
        after: Option<Uuid>,
    ) -> LocalBoxFuture<'a, Result<Exported, Problem>> {
        Box::pin(async move { (self.0)(view, person, after).await.map_err(Into::into) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_page_tells_where_the_next_begins_and_another_is_the_last() {
        let ids: Vec<_> = (1..=3).map(Uuid::from_u128).collect();
        let page = |most| Exported::page(ids.clone(), most, |id| *id).unwrap();
        assert_eq!(page(3).next, ids.last().copied());
        assert_eq!((page(4).next, page(4).rows.len()), (None, 3));
        assert_eq!(Exported::page(Vec::<Uuid>::new(), 3, |id| *id).unwrap(), Exported::default());
    }
}
