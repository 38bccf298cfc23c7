//! Many changes in one transaction.

use std::collections::HashMap;

use kernel::{
    Fault, Invalid, Kind, Merge, OrgTx, OrgView, Problem, Refusal,
    http::{cleaned, faults_of, fitted},
};
use serde_json::Value;

use super::catalogue::{New, change, entry_created, hide, worded};
use crate::{
    Error,
    models::{self, Product, ProductId, Written},
    schemas::{
        batch::{BatchIn, CreationIn, DeletionIn, OnError, OperationIn, ResultOut, UpdateIn},
        product::ProductIn,
    },
};

/// Changes that are read, and whose words are known, before the transaction that makes them.
pub struct Batch {
    changes: Vec<Result<Change, Error>>,
    on_error: OnError,
}

/// A change that can be made, as far as it can be told without the catalogue.
enum Change {
    Create(Box<New>),
    Update(UpdateIn),
    Delete(DeletionIn),
}

/// What became of a change: the status it would have had alone, and the product.
type Outcome = Result<(u16, ProductId), Error>;

/// Reads the changes one by one.
pub fn prepared(view: &OrgView, batch: BatchIn) -> Batch {
    let BatchIn { operations, on_error } = batch;
    Batch { changes: operations.into_iter().map(|it| Change::read(view, it)).collect(), on_error }
}

/// Makes the changes in their order. Where some cannot be made, nothing is done and all of them are
/// told, or each is told beside the others, which are done.
pub async fn run(tx: &OrgTx, batch: Batch) -> Result<Vec<ResultOut>, Error> {
    let mut work = Work::begin(tx, &batch.changes).await?;
    for change in batch.changes {
        work.take(change).await?;
    }
    work.add().await?;
    told(work.outcomes, batch.on_error, &tx.origin().request_id)
}

impl Change {
    fn read(view: &OrgView, operation: Value) -> Result<Self, Error> {
        let clean = cleaned(operation).map_err(|problem| Refusal::Invalid(faults_of(&problem)))?;
        Ok(match OperationIn::read(clean)? {
            OperationIn::Create(CreationIn { data }) => {
                Self::Create(Box::new(New::of(view, fitted(data).map_err(in_data)?)))
            }
            OperationIn::Update(change) => Self::Update(change),
            OperationIn::Delete(change) => Self::Delete(change),
        })
    }
}

/// A batch under way.
struct Work<'a> {
    tx: &'a OrgTx,
    /// What is to be changed, as it is by now.
    held: HashMap<ProductId, Product>,
    /// What is to be added in one statement, and which change it is.
    new: Vec<(usize, Written)>,
    outcomes: Vec<Outcome>,
}

impl<'a> Work<'a> {
    /// All that is to be changed is locked at once, in the order of the ids: no two batches wait for
    /// one another there.
    async fn begin(tx: &'a OrgTx, changes: &[Result<Change, Error>]) -> Result<Self, Error> {
        let ids = changes.iter().filter_map(|it| match it {
            Ok(Change::Update(UpdateIn { id, .. }) | Change::Delete(DeletionIn { id, .. })) => {
                Some(*id)
            }
            Ok(Change::Create(_)) | Err(_) => None,
        });
        let ids: Vec<ProductId> = ids.collect();
        let held = if ids.is_empty() { Vec::new() } else { models::changing_all(tx, ids).await? };
        let held = held.into_iter().map(|it| (it.id, it)).collect();
        Ok(Self { tx, held, new: Vec::new(), outcomes: Vec::new() })
    }

    async fn take(&mut self, change: Result<Change, Error>) -> Result<(), Error> {
        let outcome = match change {
            Err(error) => Err(error),
            Ok(Change::Create(new)) => Ok(self.create(*new)),
            Ok(Change::Update(change)) => {
                self.add().await?;
                self.update(change).await
            }
            Ok(Change::Delete(change)) => {
                self.add().await?;
                self.delete(change).await
            }
        };
        self.outcomes.push(match outcome {
            Err(error) => Err(refused(error)?),
            done => done,
        });
        Ok(())
    }

    /// It is taken for added until it is found that its SKU is taken.
    fn create(&mut self, new: New) -> (u16, ProductId) {
        let new = worded(self.tx, new);
        let outcome = (201, new.product.id);
        self.new.push((self.outcomes.len(), new));
        outcome
    }

    async fn update(&mut self, UpdateIn { id, if_match, data }: UpdateIn) -> Outcome {
        let before = self.held(id, if_match)?.clone();
        let document = Merge::of(data).onto(&ProductIn::from(&before)).map_err(in_data)?;
        let after = if document.sku == before.sku {
            change(self.tx, before, document).await?
        } else {
            self.tx.attempt(async || change(self.tx, before, document).await).await?
        };
        self.held.insert(id, after);
        Ok((200, id))
    }

    async fn delete(&mut self, DeletionIn { id, if_match }: DeletionIn) -> Outcome {
        let before = self.held(id, if_match)?.clone();
        hide(self.tx, before).await?;
        self.held.remove(&id);
        Ok((204, id))
    }

    fn held(&self, id: ProductId, if_match: Option<i64>) -> Result<&Product, Error> {
        let product = self.held.get(&id).ok_or(Error::NotFound)?;
        let current = if_match.is_none_or(|version| version == product.version);
        current.then_some(product).ok_or_else(|| Refusal::Stale.into())
    }

    /// Adds what is new: what comes next may be about the same SKUs.
    async fn add(&mut self) -> Result<(), Error> {
        // In one order everywhere: batches and imports of the same SKUs wait for one another.
        self.new.sort_by(|(_, a), (_, b)| a.product.sku.cmp(&b.product.sku));
        let (places, new): (Vec<usize>, Vec<Written>) = self.new.drain(..).unzip();
        let added = models::insert_all(self.tx, &new).await?;
        for (place, Written { product, .. }) in places.into_iter().zip(&new) {
            if added.contains(&product.id) {
                audit_log::record(self.tx, entry_created(product));
            } else if let Some(outcome) = self.outcomes.get_mut(place) {
                *outcome = Err(Error::SkuTaken);
            }
        }
        Ok(())
    }
}

fn told(outcomes: Vec<Outcome>, on_error: OnError, request: &str) -> Result<Vec<ResultOut>, Error> {
    let (mut results, mut faults) = (Vec::new(), Vec::new());
    for (index, outcome) in outcomes.into_iter().enumerate() {
        match outcome {
            Ok((status, id)) => results.push(ResultOut::made(status, id)),
            Err(error) => {
                let problem = Problem::from(error);
                faults.extend(faults_of(&problem).into_iter().map(|mut fault| {
                    fault.pointer = format!("/operations/{index}{}", fault.pointer);
                    fault
                }));
                results.push(ResultOut::refused(&problem, request));
            }
        }
    }
    let whole = faults.is_empty() || on_error == OnError::Continue;
    if whole { Ok(results) } else { Err(Refusal::Invalid(faults).into()) }
}

/// Faults of the product that a change brings, told by their places in the change.
fn in_data(refusal: Refusal) -> Refusal {
    let Refusal::Invalid(faults) = refusal else { return refusal };
    let there = |fault: Invalid| Invalid { pointer: format!("/data{}", fault.pointer), ..fault };
    Refusal::Invalid(faults.into_iter().map(there).collect())
}

/// What one change is refused with; a failing database ends the whole batch at once.
fn refused(error: Error) -> Result<Error, Error> {
    match error.kind() {
        Kind::Internal | Kind::Unavailable(_) => Err(error),
        _ => Ok(error),
    }
}
