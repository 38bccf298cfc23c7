//! What is written of a plan: each product once, however many rows are about it, unless SKUs change
//! hands between rows.

use std::collections::{HashMap, HashSet};

use crate::models::{Product, ProductId, Written};

/// Products that can be written in any order: none takes a SKU that another of them leaves.
#[derive(Default)]
pub struct Step {
    /// New ones, in the order of their SKUs: two imports of the same ones wait for one another.
    pub added: Vec<Written>,
    /// Others, as they are to be.
    pub changed: Vec<Written>,
}

/// The steps so far.
#[derive(Default)]
pub struct Steps {
    done: Vec<Step>,
    /// What the step has that is under way.
    added: HashMap<ProductId, Product>,
    changed: HashMap<ProductId, Product>,
    /// The SKUs that products of it have left.
    left: HashSet<String>,
    all_changed: HashSet<ProductId>,
}

impl Steps {
    /// Adds a product.
    pub fn add(&mut self, product: Product) {
        self.make_room_for(&product.sku);
        self.added.insert(product.id, product);
    }

    /// Makes of a product what it is `after`.
    pub fn change(&mut self, before: &Product, after: Product) {
        if before.sku != after.sku {
            self.make_room_for(&after.sku);
            self.left.insert(before.sku.clone());
        }
        if let Some(added) = self.added.get_mut(&after.id) {
            *added = after;
        } else {
            self.all_changed.insert(after.id);
            self.changed.insert(after.id, after);
        }
    }

    /// All steps, and which products they change.
    pub fn finish(mut self) -> (Vec<Step>, HashSet<ProductId>) {
        self.end_step();
        (self.done, self.all_changed)
    }

    /// What takes a SKU that another has left comes after it.
    fn make_room_for(&mut self, sku: &str) {
        if self.left.contains(sku) {
            self.end_step();
        }
    }

    fn end_step(&mut self) {
        let written = |products: &mut HashMap<ProductId, Product>| -> Vec<Written> {
            products.drain().map(|(_, product)| product.into()).collect()
        };
        let (mut added, mut changed) = (written(&mut self.added), written(&mut self.changed));
        added.sort_by(|a, b| a.product.sku.cmp(&b.product.sku));
        changed.sort_by_key(|it| it.product.id);
        self.left.clear();
        if !added.is_empty() || !changed.is_empty() {
            self.done.push(Step { added, changed });
        }
    }
}
