//! A product from its making to its end.

use audit_log::{Entry, Target};
use chrono::TimeDelta;
use kernel::{Invalid, Merge, OrgTx, OrgView, PageOf, Refusal, db::PageRequest};
use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

use crate::{
    Error, attributes,
    models::{self, Found, Product, ProductId, Words, Written},
    schemas::product::{ProductFilter, ProductIn, Recorded},
    words,
};

/// How long a deleted product can be restored.
pub const KEPT: TimeDelta = TimeDelta::days(30);

/// A product to be made, whose words are known before the transaction that makes it.
pub struct New {
    document: ProductIn,
    words: Words,
}

impl New {
    /// What is to be made in the organization.
    pub fn of(view: &OrgView, document: ProductIn) -> Self {
        let own = [&document.sku, &document.name, &document.description].map(String::as_str);
        let texts = own.into_iter().chain(document.attributes.values().flat_map(attributes::texts));
        Self { words: Words::of(view.org(), texts), document }
    }
}

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
pub async fn create(tx: &OrgTx, new: New) -> Result<Product, Error> {
    let new = worded(tx, new);
    models::insert(tx, &new).await?;
    audit_log::record(tx, entry_created(&new.product));
    Ok(new.product)
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
    audit_log::record(tx, entry_changed("product.restored", &before, &after));
    Ok(after)
}

/// The same with its words.
pub fn worded(tx: &OrgTx, new: New) -> Written {
    Written { product: made(tx, new.document), words: new.words }
}

/// A product that is still to be inserted.
pub fn made(view: &OrgView, new: ProductIn) -> Product {
    let ProductIn { sku, name, description, status, price, attributes } = new;
    Product {
        id: view.id(),
        organization_id: view.org(),
        sku,
        name,
        description,
        status,
        price_amount: price.amount,
        price_currency: price.currency,
        attributes: Value::Object(attributes),
        version: 1,
        created_at: view.now(),
        updated_at: view.now(),
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
    audit_log::record(tx, entry_changed("product.updated", &before, &after));
    Ok(after)
}

/// Deletes `before`, which is locked.
pub async fn hide(tx: &OrgTx, before: Product) -> Result<(), Error> {
    let after = Product { deleted_at: Some(tx.now()), ..before.clone() };
    let after = models::save(tx, &before, after).await?;
    audit_log::record(tx, entry_changed("product.deleted", &before, &after));
    Ok(())
}

/// The audit entry of a new product.
pub fn entry_created(product: &Product) -> Entry {
    Entry::of("product.created", target(product.id)).created(&Recorded::from(product))
}

/// The audit entry of what has become of a product.
pub fn entry_changed(action: &'static str, before: &Product, after: &Product) -> Entry {
    let entry = Entry::of(action, target(after.id));
    entry.changed(&Recorded::from(before), &Recorded::from(after))
}

/// A product as the audit log knows it.
pub fn target(id: ProductId) -> Target {
    Target::new("product", id)
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
