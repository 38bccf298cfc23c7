//! Products, as clients send and see them.

use audit_log::Audited;
use chrono::{DateTime, Utc};
use kernel::Versioned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::{
    attributes::{Attributes, valid_attributes},
    models::{Product, ProductId, Status},
    price::{HIGHEST, Price, valid_currency},
    sku::{valid_name, valid_sku},
};

/// A product, as far as one may write it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProductIn {
    /// The organization's own number or name for it, which no other live product of the organization
    /// has: visible characters, with spaces only between them. Upper and lower case differ.
    #[validate(custom(function = "valid_sku"))]
    #[schema(min_length = 1, max_length = 64, example = "A-1")]
    pub sku: String,
    /// What it is called: one line.
    #[validate(length(min = 1, max = 200), custom(function = "valid_name"))]
    #[schema(min_length = 1, max_length = 200, example = "Anvil")]
    pub name: String,
    /// What there is to say of it; empty where there is nothing.
    #[serde(default)]
    #[validate(length(max = 10_000))]
    #[schema(max_length = 10_000)]
    pub description: String,
    /// Whether it is for sale.
    #[serde(default)]
    #[schema(default = "draft")]
    pub status: Status,
    /// What it costs.
    #[validate(nested)]
    pub price: Price,
    /// What else there is to note: at most 16 KiB as JSON, 1000 values, five levels deep, names of at
    /// most 64 characters, numbers of 15 digits before and after the point.
    #[serde(default)]
    #[validate(custom(function = "valid_attributes"))]
    #[schema(value_type = Object, example = json!({ "colour": "black" }))]
    pub attributes: Attributes,
}

/// A product.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProductOut {
    /// Its id.
    pub id: ProductId,
    /// The organization's own number or name for it.
    pub sku: String,
    /// What it is called.
    pub name: String,
    /// What there is to say of it; empty where there is nothing.
    pub description: String,
    /// Whether it is for sale.
    pub status: Status,
    /// What it costs.
    pub price: Price,
    /// What else there is to note.
    #[schema(value_type = Object)]
    pub attributes: Value,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// How often it has changed; its `ETag`.
    pub version: i64,
}

/// Which products.
#[derive(Clone, Debug, Default, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ProductFilter {
    /// Words, each of which is a word or the beginning of a word of the name, the SKU, the
    /// description or the texts among the attributes, whatever its case and accents; at most 32.
    #[validate(length(max = 200))]
    #[param(max_length = 200, example = "big anv")]
    pub q: Option<String>,
    /// Whether they are for sale.
    #[param(inline)]
    pub status: Option<Status>,
    /// The one with this SKU.
    #[validate(length(max = 64))]
    #[param(max_length = 64)]
    pub sku: Option<String>,
    /// What they are sold for; to filter or sort by price takes it.
    #[validate(custom(function = "valid_currency"))]
    #[param(pattern = "^[A-Z]{3}$", example = "EUR")]
    pub currency: Option<String>,
    /// The lowest price, in the currency's minor unit.
    #[serde(rename = "price[gte]")]
    #[validate(range(min = 0, max = HIGHEST))]
    #[param(minimum = 0, maximum = 1_000_000_000_000_000_i64)]
    pub price_gte: Option<i64>,
    /// The highest price, in the currency's minor unit.
    #[serde(rename = "price[lte]")]
    #[validate(range(min = 0, max = HIGHEST))]
    #[param(minimum = 0, maximum = 1_000_000_000_000_000_i64)]
    pub price_lte: Option<i64>,
}

/// What the audit log keeps of a product.
#[derive(Serialize)]
pub struct Recorded {
    #[serde(flatten)]
    product: ProductIn,
    deleted: bool,
}

impl Audited for Recorded {}

impl From<&Product> for Recorded {
    fn from(product: &Product) -> Self {
        Self { product: product.into(), deleted: product.deleted_at.is_some() }
    }
}

impl From<&Product> for ProductIn {
    fn from(product: &Product) -> Self {
        let Product { sku, name, description, status, .. } = product.clone();
        let (amount, currency) = (product.price_amount, product.price_currency.clone());
        let attributes = product.attributes.as_object().cloned().unwrap_or_default();
        Self { sku, name, description, status, price: Price { amount, currency }, attributes }
    }
}

impl From<Product> for ProductOut {
    fn from(product: Product) -> Self {
        Self {
            id: product.id,
            sku: product.sku,
            name: product.name,
            description: product.description,
            status: product.status,
            price: Price { amount: product.price_amount, currency: product.price_currency },
            attributes: product.attributes,
            created_at: product.created_at,
            updated_at: product.updated_at,
            version: product.version,
        }
    }
}

impl Versioned for ProductOut {
    fn version(&self) -> i64 {
        self.version
    }
}
