//! A product: as clients write and see it, as a row, and by which words it is found.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

/// The columns that a new row fills.
pub const COLUMNS: &str = "id, organization_id, sku, name, description, status, price_amount, \
                           price_currency, attributes, search, version, created_at, updated_at";

/// What it costs.
#[derive(Clone, Serialize, Deserialize)]
pub struct Price {
    pub amount: i64,
    pub currency: String,
}

/// A product as it is written.
#[derive(Clone, Serialize, Deserialize)]
pub struct ProductIn {
    pub sku: String,
    pub name: String,
    pub description: String,
    pub status: String,
    pub price: Price,
    pub attributes: Value,
}

/// A product as it is seen.
#[derive(Serialize)]
pub struct ProductOut {
    pub id: Uuid,
    pub sku: String,
    pub name: String,
    pub description: String,
    pub status: String,
    pub price: Price,
    pub attributes: Value,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub version: i64,
}

/// A row that is to be inserted.
pub struct Product {
    pub id: Uuid,
    pub organization: Uuid,
    pub content: ProductIn,
    pub created_at: DateTime<Utc>,
}

impl Product {
    /// A new one, now.
    #[expect(clippy::disallowed_methods, reason = "a twin has no clock to inject")]
    pub fn new(organization: Uuid, content: ProductIn) -> Self {
        Self { id: Uuid::now_v7(), organization, content, created_at: Utc::now() }
    }

    /// What its column `search` holds, as the server's `products::words` makes it of plain text: each
    /// word once, behind a mark of the organization.
    pub fn words(&self) -> String {
        let [.., a, b, c, d] = *self.organization.as_bytes();
        let mark = format!("{:08x}", u32::from_be_bytes([a, b, c, d]));
        let ProductIn { sku, name, description, attributes, .. } = &self.content;
        let attributes = attributes.as_object().into_iter().flat_map(|it| it.values());
        let texts = [sku.as_str(), name, description].into_iter();
        let texts = texts.chain(attributes.filter_map(Value::as_str));
        let words = texts.flat_map(|it| it.split(|it: char| !it.is_alphanumeric()));
        let words = words.filter(|it| !it.is_empty());
        let words: BTreeSet<String> = words.map(|it| mark.clone() + &it.to_lowercase()).collect();
        Vec::from_iter(words).join(" ")
    }
}

impl From<Product> for ProductOut {
    fn from(product: Product) -> Self {
        let Product { id, content, created_at, .. } = product;
        let ProductIn { sku, name, description, status, price, attributes } = content;
        let updated_at = created_at;
        Self {
            id,
            sku,
            name,
            description,
            status,
            price,
            attributes,
            created_at,
            updated_at,
            version: 1,
        }
    }
}
