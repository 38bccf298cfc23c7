//! Rows that are left during a unit of work and written together before its COMMIT.

use std::any::{Any, TypeId};

use futures_util::future::LocalBoxFuture;
use sea_orm::DbErr;

use super::View;

/// A pile of rows of one kind, written with as few statements as there are tables: audit entries,
/// jobs, invalidations.
pub trait Leaving: Default + Send + 'static {
    /// What is left.
    type Row: Send;

    /// Adds a row to the pile.
    fn add(&mut self, row: Self::Row);

    /// Writes the pile; `view` is the transaction's own.
    fn write(self, view: &View) -> impl Future<Output = Result<(), DbErr>>;
}

/// Every pile of one unit of work, in the order in which they were begun.
#[derive(Default)]
pub(super) struct Left(Vec<(TypeId, Box<dyn Pile>)>);

impl Left {
    pub fn add<L: Leaving>(&mut self, row: L::Row) {
        let kind = TypeId::of::<L>();
        let at = self.0.iter().position(|(other, _)| *other == kind).unwrap_or_else(|| {
            self.0.push((kind, Box::new(L::default())));
            self.0.len() - 1
        });
        let pile = self.0.get_mut(at).and_then(|(_, pile)| pile.any().downcast_mut::<L>());
        if let Some(pile) = pile {
            pile.add(row);
        }
    }

    pub async fn write(self, view: &View) -> Result<(), DbErr> {
        for (_, pile) in self.0 {
            pile.write(view).await?;
        }
        Ok(())
    }
}

trait Pile: Send {
    fn any(&mut self) -> &mut dyn Any;
    fn write(self: Box<Self>, view: &View) -> LocalBoxFuture<'_, Result<(), DbErr>>;
}

impl<L: Leaving> Pile for L {
    fn any(&mut self) -> &mut dyn Any {
        self
    }

    fn write(self: Box<Self>, view: &View) -> LocalBoxFuture<'_, Result<(), DbErr>> {
        Box::pin(Leaving::write(*self, view))
    }
}
