//! What some rows would do, found out before the transaction that does it.
//!
//! A row is about the live product of its `id`, else about that of its `sku`, else about a new one: an
//! id of a product that is deleted or another organization's says nothing. What it names replaces what
//! the product has – a price member by member – and what it does not name stays.

use std::collections::{HashMap, HashSet};

use kernel::{Fault, Invalid, Kind, OrgView, http::fitted};
use serde_json::{Map, Value};

use super::read::{Named, Rest, Row, Slice};
use crate::{
    Error,
    cutter::Place,
    models::{self, Product, ProductId},
    schemas::product::ProductIn,
    sku::valid_sku,
    table::Column,
};

/// What some rows would do.
pub struct Plan {
    pub columns: Vec<Column>,
    pub created: Vec<ProductIn>,
    pub changed: Vec<(Product, ProductIn)>,
    /// Lines, and what is wrong with their rows.
    pub faults: Vec<(i64, Vec<Invalid>)>,
    pub done: i64,
    pub end: Place,
    pub rest: Rest,
}

/// What a row would do.
enum Effect {
    Create(ProductIn),
    Change(Box<Product>, ProductIn),
}

/// The live products that rows name.
struct Known {
    products: HashMap<ProductId, Product>,
    skus: HashMap<String, ProductId>,
}

/// What the rows planned so far are about: of that, more is known when they are done.
#[derive(Default)]
struct Touched {
    products: HashSet<ProductId>,
    skus: HashSet<String>,
}

/// What the rows of a slice would do, up to the first that meets what one before it has done.
pub async fn plan(view: &OrgView, begin: Place, slice: &Slice) -> Result<Plan, Error> {
    let known = Known::of(view, &slice.rows).await?;
    let mut plan = Plan {
        columns: slice.columns.clone(),
        created: Vec::new(),
        changed: Vec::new(),
        faults: Vec::new(),
        done: 0,
        end: begin,
        rest: slice.rest,
    };
    let mut touched = Touched::default();
    for row in &slice.rows {
        let effect = match &row.content {
            Ok(named) if known.is_stale(named, &touched) => {
                plan.rest = Rest::More;
                return Ok(plan);
            }
            Ok(named) => known.effect(named),
            Err(faults) => Err(faults.clone()),
        };
        match effect {
            Ok(Effect::Create(new)) => {
                touched.skus.insert(new.sku.clone());
                plan.created.push(new);
            }
            Ok(Effect::Change(before, after)) if ProductIn::from(&*before) != after => {
                touched.products.insert(before.id);
                touched.skus.insert(after.sku.clone());
                plan.changed.push((*before, after));
            }
            Ok(Effect::Change(..)) => {}
            Err(faults) => plan.faults.push((row.line, faults)),
        }
        plan.done += 1;
        plan.end = row.end;
    }
    plan.end = slice.end;
    Ok(plan)
}

impl Known {
    async fn of(view: &OrgView, rows: &[Row]) -> Result<Self, Error> {
        let named = || rows.iter().filter_map(|row| row.content.as_ref().ok());
        let ids = named().filter_map(|it| it.id).collect();
        let skus = named().filter_map(|it| it.sku.clone());
        let skus = skus.filter(|it| valid_sku(it).is_ok()).collect();
        let found = models::named(view, ids, skus).await?;
        let skus = found.iter().map(|it| (it.sku.clone(), it.id)).collect();
        Ok(Self { products: found.into_iter().map(|it| (it.id, it)).collect(), skus })
    }

    /// Whether what is known of the product, or of who has its SKU, is true no more.
    fn is_stale(&self, named: &Named, touched: &Touched) -> bool {
        let own = self.target(named).map(|it| it.id);
        let ids = [own, named.sku.as_ref().and_then(|sku| self.skus.get(sku)).copied()];
        ids.iter().flatten().any(|id| touched.products.contains(id))
            || named.sku.as_ref().is_some_and(|sku| touched.skus.contains(sku))
    }

    /// The product that a row is about, if there is one.
    fn target(&self, named: &Named) -> Option<&Product> {
        let by_sku = || self.products.get(self.skus.get(named.sku.as_ref()?)?);
        named.id.and_then(|id| self.products.get(&id)).or_else(by_sku)
    }

    fn effect(&self, named: &Named) -> Result<Effect, Vec<Invalid>> {
        let Some(before) = self.target(named) else {
            return Ok(Effect::Create(product(named.members.clone())?));
        };
        let mut document = members(&ProductIn::from(before));
        for (name, said) in &named.members {
            match (document.get_mut(name), said) {
                (Some(Value::Object(price)), Value::Object(said)) if name == "price" => {
                    price.extend(said.clone());
                }
                _ => drop(document.insert(name.clone(), said.clone())),
            }
        }
        let after = product(document)?;
        match self.skus.get(&after.sku) {
            Some(other) if *other != before.id => Err(vec![taken()]),
            _ => Ok(Effect::Change(Box::new(before.clone()), after)),
        }
    }
}

fn product(document: Map<String, Value>) -> Result<ProductIn, Vec<Invalid>> {
    fitted(Value::Object(document)).map_err(|refusal| match refusal.kind() {
        Kind::Invalid(faults) => faults,
        kind => vec![Invalid::new("", kind.code(), refusal.to_string())],
    })
}

fn members(product: &ProductIn) -> Map<String, Value> {
    match serde_json::to_value(product) {
        Ok(Value::Object(members)) => members,
        _ => Map::new(),
    }
}

fn taken() -> Invalid {
    Invalid::new("/sku", "sku_taken", "is another product's")
}
