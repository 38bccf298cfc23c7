//! What some rows would do, found out before the transaction that does it.
//!
//! A row is about the live product of its `id`, else about that of its `sku`, else about a new one: an
//! id of a product that is deleted or another organization's says nothing. What it names replaces what
//! the product has – a price member by member – and what it does not name stays.
//!
//! `known` holds the catalogue as the rows so far would leave it, `steps` what is to be written.

mod known;
mod steps;

use std::collections::HashMap;

use audit_log::Entry;
use kernel::{Invalid, OrgView};

use super::read::{Named, Rest, Row, Slice};
use crate::{
    Error,
    cutter::Place,
    models::{Product, ProductId},
    service::catalogue::{document_onto, entry_changed, entry_created, made},
    table::Column,
};
use known::{Known, Said};
pub use steps::Step;
use steps::Steps;

/// How many rows' products are looked up together.
const TOGETHER: usize = 100;

/// How many bytes of text the products may have that a plan is about, more or less: a short row can be
/// about the largest product, and each is in memory some times over.
const TEXT: usize = 1024 * 1024;

/// What some rows would do.
pub struct Plan {
    pub columns: Vec<Column>,
    /// What is to be written, one after the other.
    pub steps: Vec<Step>,
    /// The products that change, in the version that the plan is about.
    pub relied_on: HashMap<ProductId, i64>,
    /// What the audit log is told: an entry for each row that does something.
    pub entries: Vec<Entry>,
    pub created: i64,
    pub updated: i64,
    /// Lines, and what is wrong with their rows.
    pub faults: Vec<(i64, Vec<Invalid>)>,
    pub done: i64,
    pub end: Place,
    pub rest: Rest,
}

/// What the rows of a slice would do, or its first rows where they are about much.
pub async fn plan(view: &OrgView, begin: Place, slice: &Slice) -> Result<Plan, Error> {
    let mut planner = Planner::new(view, begin, slice);
    let mut rows = slice.rows.chunks(TOGETHER).peekable();
    while let Some(some) = rows.next() {
        planner.known.look_up(view, some).await?;
        for row in some {
            planner.take(row);
        }
        if planner.known.text() > TEXT && rows.peek().is_some() {
            return Ok(planner.finish());
        }
    }
    let plan = planner.finish();
    Ok(Plan { end: slice.end, rest: slice.rest, ..plan })
}

struct Planner<'a> {
    view: &'a OrgView,
    known: Known,
    steps: Steps,
    plan: Plan,
}

impl<'a> Planner<'a> {
    fn new(view: &'a OrgView, begin: Place, slice: &Slice) -> Self {
        let plan = Plan {
            columns: slice.columns.clone(),
            steps: Vec::new(),
            relied_on: HashMap::new(),
            entries: Vec::new(),
            created: 0,
            updated: 0,
            faults: Vec::new(),
            done: 0,
            end: begin,
            rest: Rest::More,
        };
        Self { view, known: Known::default(), steps: Steps::default(), plan }
    }

    fn take(&mut self, row: &Row) {
        let done = match &row.content {
            Ok(named) => self.follow(named),
            Err(faults) => Err(faults.clone()),
        };
        if let Err(faults) = done {
            self.plan.faults.push((row.line, faults));
        }
        self.plan.done += 1;
        self.plan.end = row.end;
    }

    fn follow(&mut self, named: &Named) -> Result<(), Vec<Invalid>> {
        match self.known.said(named)? {
            Said::New(document) => {
                let product = made(self.view, document);
                self.plan.entries.push(entry_created(&product));
                self.plan.created += 1;
                self.steps.add(product.clone());
                self.known.put(None, product);
            }
            Said::Other(before, document) => {
                let after = Product {
                    version: before.version + 1,
                    updated_at: self.view.now(),
                    ..document_onto(&before, document)
                };
                self.plan.entries.push(entry_changed("product.updated", &before, &after));
                self.plan.updated += 1;
                self.steps.change(&before, after.clone());
                self.known.put(Some(&before), after);
            }
            Said::Nothing => {}
        }
        Ok(())
    }

    fn finish(self) -> Plan {
        let (steps, changed) = self.steps.finish();
        let relied_on = self.known.as_found(changed);
        Plan { steps, relied_on, ..self.plan }
    }
}
