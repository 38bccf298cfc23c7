//! The products that rows name, as the rows so far would leave them.

use std::collections::{HashMap, hash_map::Entry};

use kernel::{Fault, Invalid, Kind, OrgView, http::fitted};
use serde_json::{Map, Value};

use crate::{
    Error,
    models::{self, Product, ProductId},
    schemas::product::ProductIn,
    service::imports::read::{Named, Row},
    sku::valid_sku,
};

/// What a row says.
pub enum Said {
    /// That there is to be this product.
    New(ProductIn),
    /// What this product is to be.
    Other(Box<Product>, ProductIn),
    /// Nothing that is not so already.
    Nothing,
}

/// The live products that rows name.
#[derive(Default)]
pub struct Known {
    products: HashMap<ProductId, Product>,
    skus: HashMap<String, ProductId>,
    /// The versions in which those were found that were there.
    found: HashMap<ProductId, i64>,
    text: usize,
}

impl Known {
    /// Looks up what these rows are about.
    pub async fn look_up(&mut self, view: &OrgView, rows: &[Row]) -> Result<(), Error> {
        let named = || rows.iter().filter_map(|row| row.content.as_ref().ok());
        let ids = named().filter_map(|it| it.id).collect();
        let skus = named().filter_map(|it| it.sku.clone());
        let skus = skus.filter(|it| valid_sku(it).is_ok()).collect();
        for product in models::named(view, ids, skus).await? {
            // What the rows have made of one that was found before is newer, and so is who has its SKU.
            if let Entry::Vacant(place) = self.found.entry(product.id) {
                place.insert(product.version);
                self.skus.entry(product.sku.clone()).or_insert(product.id);
                self.text += size(&product);
                self.products.insert(product.id, product);
            }
        }
        Ok(())
    }

    /// How many bytes of text there are in the products that were found.
    pub fn text(&self) -> usize {
        self.text
    }

    /// What a row says; else what is wrong with it.
    pub fn said(&self, named: &Named) -> Result<Said, Vec<Invalid>> {
        let Some(before) = self.target(named) else {
            return Ok(Said::New(product(named.members.clone())?));
        };
        let now = ProductIn::from(before);
        let mut document = members(&now);
        for (name, said) in &named.members {
            match (document.get_mut(name), said) {
                (Some(Value::Object(price)), Value::Object(said)) if name == "price" => {
                    price.extend(said.clone());
                }
                _ => drop(document.insert(name.clone(), said.clone())),
            }
        }
        let after = product(document)?;
        if self.skus.get(&after.sku).is_some_and(|other| *other != before.id) {
            return Err(vec![Invalid::new("/sku", "sku_taken", "is another product's")]);
        }
        Ok(if after == now { Said::Nothing } else { Said::Other(Box::new(before.clone()), after) })
    }

    /// Notes what has become of a product, which may be new.
    pub fn put(&mut self, before: Option<&Product>, after: Product) {
        if let Some(before) = before {
            self.skus.remove(&before.sku);
        }
        self.skus.insert(after.sku.clone(), after.id);
        self.products.insert(after.id, after);
    }

    /// In which versions those of these were found that were there.
    pub fn as_found(
        &self,
        products: impl IntoIterator<Item = ProductId>,
    ) -> HashMap<ProductId, i64> {
        let version = |id| Some((id, *self.found.get(&id)?));
        products.into_iter().filter_map(version).collect()
    }

    /// The product that a row is about, if there is one.
    fn target(&self, named: &Named) -> Option<&Product> {
        let by_sku = || self.products.get(self.skus.get(named.sku.as_ref()?)?);
        named.id.and_then(|id| self.products.get(&id)).or_else(by_sku)
    }
}

/// About how many bytes a product has.
fn size(product: &Product) -> usize {
    let attributes = product.attributes.to_string();
    [&product.sku, &product.name, &product.description, &attributes].map(String::len).iter().sum()
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
