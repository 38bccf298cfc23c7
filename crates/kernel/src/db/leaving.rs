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
            self.0.push((kind, Box::new(Rows::<L>(Vec::new()))));
            self.0.len() - 1
        });
        let pile = self.0.get_mut(at).and_then(|(_, pile)| pile.any().downcast_mut::<Rows<L>>());
        if let Some(Rows(rows)) = pile {
            rows.push(row);
        }
    }

    /// How high each pile is.
    pub fn heights(&self) -> Vec<usize> {
        self.0.iter().map(|(_, pile)| pile.height()).collect()
    }

    /// Takes away what was added since they were so high.
    pub fn cut(&mut self, heights: &[usize]) {
        self.0.truncate(heights.len());
        for ((_, pile), height) in self.0.iter_mut().zip(heights) {
            pile.cut(*height);
        }
    }

    pub async fn write(self, view: &View) -> Result<(), DbErr> {
        for (_, pile) in self.0 {
            pile.write(view).await?;
        }
        Ok(())
    }
}

struct Rows<L: Leaving>(Vec<L::Row>);

trait Pile: Send {
    fn any(&mut self) -> &mut dyn Any;
    fn height(&self) -> usize;
    fn cut(&mut self, height: usize);
    fn write(self: Box<Self>, view: &View) -> LocalBoxFuture<'_, Result<(), DbErr>>;
}

impl<L: Leaving> Pile for Rows<L> {
    fn any(&mut self) -> &mut dyn Any {
        self
    }

    fn height(&self) -> usize {
        self.0.len()
    }

    fn cut(&mut self, height: usize) {
        self.0.truncate(height);
    }

    fn write(self: Box<Self>, view: &View) -> LocalBoxFuture<'_, Result<(), DbErr>> {
        let mut pile = L::default();
        self.0.into_iter().for_each(|row| pile.add(row));
        Box::pin(pile.write(view))
    }
}
