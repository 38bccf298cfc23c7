//! A product from its making to its end.

use audit_log::{Entry, Target};
use chrono::TimeDelta;
use kernel::{Invalid, Merge, OrgTx, OrgView, PageOf, Refusal, db::PageRequest};
use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

use crate::{
    Error,
    models::{self, Found, Product, ProductId},
    schemas::product::{ProductFilter, ProductIn, Recorded},
    words,
};

/// How long a deleted product can be restored.
pub const KEPT: TimeDelta = TimeDelta::days(30);

/// A page of the catalogue.
pub async fn list(
    view: &OrgView,
    page: &PageRequest,
    filter: ProductFilter,
) -> Result<PageOf<Product>, Error> {
    let priced = priced(&filter, page);
    let faults = faults(&filter, &priced);
    if !faults.is_empty() {
        return Err(Refusal::Invalid(faults).into());
    }
    let words = filter.q.map(|q| words::wanted(view.org(), &q)).transpose()?;
    let found = Found {
        words: words.unwrap_or_default(),
        status: filter.status,
        sku: filter.sku.map(|sku| sku.nfc().collect()),
        currency: filter.currency,
        at_least: filter.price_gte,
        at_most: filter.price_lte,
        priced: !priced.is_empty(),
    };
    Ok(models::page(view, page, found).await?)
}

/// The product of this id.
pub async fn read(view: &OrgView, id: ProductId) -> Result<Product, Error> {
    models::live(view, id).await?.ok_or(Error::NotFound)
}

/// The product of this SKU.
pub async fn read_by_sku(view: &OrgView, sku: &str) -> Result<Product, Error> {
    let sku: String = sku.nfc().collect();
    models::by_sku(view, &sku).await?.ok_or(Error::NotFound)
}

/// Adds a product to the catalogue.
pub async fn create(tx: &OrgTx, new: ProductIn) -> Result<Product, Error> {
    let product = made(tx, new);
    models::insert(tx, &product).await?;
    note_created(tx, &product);
    Ok(product)
}

/// Changes what the patch names.
pub async fn update(tx: &OrgTx, id: ProductId, patch: Merge<ProductIn>) -> Result<Product, Error> {
    let before = models::changing(tx, id).await?;
    let document = patch.onto(&ProductIn::from(&before))?;
    change(tx, before, document).await
}

/// Takes a product out of the catalogue; its SKU may be used again.
pub async fn delete(tx: &OrgTx, id: ProductId) -> Result<(), Error> {
    let before = models::changing(tx, id).await?;
    hide(tx, before).await
}

/// Brings a deleted product back; one that is not deleted stays as it is.
pub async fn restore(tx: &OrgTx, id: ProductId) -> Result<Product, Error> {
    let before = models::changing_deleted(tx, id, tx.now() - KEPT).await?;
    if before.deleted_at.is_none() {
        return Ok(before);
    }
    let after = Product { deleted_at: None, ..before.clone() };
    let after = models::save(tx, &before, after).await?;
    note_changed(tx, "product.restored", &before, &after);
    Ok(after)
}

/// A product that is still to be inserted.
pub fn made(tx: &OrgTx, new: ProductIn) -> Product {
    let ProductIn { sku, name, description, status, price, attributes } = new;
    Product {
        id: tx.id(),
        organization_id: tx.org(),
        sku,
        name,
        description,
        status,
        price_amount: price.amount,
        price_currency: price.currency,
        attributes: Value::Object(attributes),
        version: 1,
        created_at: tx.now(),
        updated_at: tx.now(),
        deleted_at: None,
    }
}

/// The product with what `document` says; it is still to be saved.
pub fn document_onto(before: &Product, document: ProductIn) -> Product {
    let ProductIn { sku, name, description, status, price, attributes } = document;
    Product {
        sku,
        name,
        description,
        status,
        price_amount: price.amount,
        price_currency: price.currency,
        attributes: Value::Object(attributes),
        ..before.clone()
    }
}

/// Makes of `before`, which is locked, what `document` says; where it says nothing new, nothing
/// happens.
pub async fn change(tx: &OrgTx, before: Product, document: ProductIn) -> Result<Product, Error> {
    if document == ProductIn::from(&before) {
        return Ok(before);
    }
    let after = document_onto(&before, document);
    let after = models::save(tx, &before, after).await?;
    note_changed(tx, "product.updated", &before, &after);
    Ok(after)
}

/// Deletes `before`, which is locked.
pub async fn hide(tx: &OrgTx, before: Product) -> Result<(), Error> {
    let after = Product { deleted_at: Some(tx.now()), ..before.clone() };
    let after = models::save(tx, &before, after).await?;
    note_changed(tx, "product.deleted", &before, &after);
    Ok(())
}

/// Leaves the audit entry of a new product.
pub fn note_created(tx: &OrgTx, product: &Product) {
    let entry = Entry::of("product.created", target(product.id));
    audit_log::record(tx, entry.created(&Recorded::from(product)));
}

/// A product as the audit log knows it.
pub fn target(id: ProductId) -> Target {
    Target::new("product", id)
}

/// Leaves the audit entry of what has become of a product.
pub fn note_changed(tx: &OrgTx, action: &'static str, before: &Product, after: &Product) {
    let entry = Entry::of(action, target(after.id));
    audit_log::record(tx, entry.changed(&Recorded::from(before), &Recorded::from(after)));
}

/// What of a list's parameters is about prices.
fn priced(filter: &ProductFilter, page: &PageRequest) -> Vec<&'static str> {
    let sort = page.sort.as_deref().unwrap_or_default();
    let all = [
        ("price[gte]", filter.price_gte.is_some()),
        ("price[lte]", filter.price_lte.is_some()),
        ("sort", matches!(sort, "price" | "-price")),
    ];
    all.into_iter().filter_map(|(name, given)| given.then_some(name)).collect()
}

/// What is wrong with the filters taken together: prices of two currencies do not compare.
fn faults(filter: &ProductFilter, priced: &[&str]) -> Vec<Invalid> {
    let lacking = priced.iter().filter(|_| filter.currency.is_none());
    let mut faults: Vec<Invalid> = lacking
        .map(|name| Invalid::new(*name, "needs_currency", "takes a currency as well"))
        .collect();
    if let (Some(least), Some(most)) = (filter.price_gte, filter.price_lte)
        && least > most
    {
        faults.push(Invalid::new("price[lte]", "range", "must not be less than price[gte]"));
    }
    faults
}
