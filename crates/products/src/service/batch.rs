//! Many changes in one transaction.

use std::collections::HashMap;

use kernel::{
    Fault, Kind, Merge, OrgTx, Problem, Refusal,
    http::{faults_of, fitted},
};
use serde_json::{Map, Value};

use super::catalogue::{change, hide, made, note_created};
use crate::{
    Error,
    models::{self, Product, ProductId},
    schemas::{
        batch::{BatchIn, OnError, OperationIn, ResultOut},
        product::ProductIn,
    },
};

/// What became of a change: the status it would have had alone, and the product.
type Outcome = Result<(u16, ProductId), Error>;

/// Makes the changes in their order. Where some cannot be made, nothing is done and all of them are
/// told, or each is told beside the others, which are done.
pub async fn run(tx: &OrgTx, batch: BatchIn) -> Result<Vec<ResultOut>, Error> {
    let mut work = Work::begin(tx, &batch.operations).await?;
    for operation in batch.operations {
        work.take(operation).await?;
    }
    work.add().await?;
    told(work.outcomes, batch.on_error, &tx.origin().request_id)
}

/// A batch under way.
struct Work<'a> {
    tx: &'a OrgTx,
    /// What is to be changed, as it is by now.
    held: HashMap<ProductId, Product>,
    /// What is to be added in one statement, and which change it is.
    new: Vec<(usize, Product)>,
    outcomes: Vec<Outcome>,
}

impl<'a> Work<'a> {
    /// All that is to be changed is locked at once, in the order of the ids: no two batches wait for
    /// one another there.
    async fn begin(tx: &'a OrgTx, operations: &[OperationIn]) -> Result<Self, Error> {
        let ids = operations.iter().filter_map(|it| match it {
            OperationIn::Create { .. } => None,
            OperationIn::Update { id, .. } | OperationIn::Delete { id, .. } => Some(*id),
        });
        let ids: Vec<ProductId> = ids.collect();
        let held = if ids.is_empty() { Vec::new() } else { models::changing_all(tx, ids).await? };
        let held = held.into_iter().map(|it| (it.id, it)).collect();
        Ok(Self { tx, held, new: Vec::new(), outcomes: Vec::new() })
    }

    async fn take(&mut self, operation: OperationIn) -> Result<(), Error> {
        let outcome = match operation {
            OperationIn::Create { data } => self.create(data),
            OperationIn::Update { id, if_match, data } => {
                self.add().await?;
                self.update(id, if_match, data).await
            }
            OperationIn::Delete { id, if_match } => {
                self.add().await?;
                self.delete(id, if_match).await
            }
        };
        self.outcomes.push(match outcome {
            Err(error) => Err(refused(error)?),
            done => done,
        });
        Ok(())
    }

    /// A good one is taken for added until it is found that its SKU is taken.
    fn create(&mut self, data: Value) -> Outcome {
        let product = made(self.tx, fitted::<ProductIn>(data)?);
        let outcome = (201, product.id);
        self.new.push((self.outcomes.len(), product));
        Ok(outcome)
    }

    async fn update(
        &mut self,
        id: ProductId,
        if_match: Option<i64>,
        data: Map<String, Value>,
    ) -> Outcome {
        let before = self.held(id, if_match)?.clone();
        let document = Merge::of(data).onto(&ProductIn::from(&before))?;
        let after = if document.sku == before.sku {
            change(self.tx, before, document).await?
        } else {
            self.tx.attempt(async || change(self.tx, before, document).await).await?
        };
        self.held.insert(id, after);
        Ok((200, id))
    }

    async fn delete(&mut self, id: ProductId, if_match: Option<i64>) -> Outcome {
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
        self.new.sort_by(|(_, a), (_, b)| a.sku.cmp(&b.sku));
        let (places, new): (Vec<usize>, Vec<Product>) = self.new.drain(..).unzip();
        let added = models::insert_all(self.tx, &new).await?;
        for (place, product) in places.into_iter().zip(&new) {
            if added.contains(&product.id) {
                note_created(self.tx, product);
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
                    let member = if fault.pointer.is_empty() { "" } else { "/data" };
                    fault.pointer = format!("/operations/{index}{member}{}", fault.pointer);
                    fault
                }));
                results.push(ResultOut::refused(&problem, request));
            }
        }
    }
    let whole = faults.is_empty() || on_error == OnError::Continue;
    if whole { Ok(results) } else { Err(Refusal::Invalid(faults).into()) }
}

/// What one change is refused with; a failing database ends the whole batch at once.
fn refused(error: Error) -> Result<Error, Error> {
    match error.kind() {
        Kind::Internal | Kind::Unavailable(_) => Err(error),
        _ => Ok(error),
    }
}
