//! Products as a table: the columns of a CSV file (RFC 4180), and how a cell says what it means.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use kernel::{
    Invalid,
    http::{
        csv::{meant, neutral, row},
        read_json,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::schemas::product::ProductOut;

/// A column, called in the first row as it is here in snake case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Column {
    Id,
    Sku,
    Name,
    Description,
    Status,
    PriceAmount,
    PriceCurrency,
    Attributes,
}

impl Column {
    /// All of them, in the order of an export.
    pub const ALL: [Self; 8] = [
        Self::Id,
        Self::Sku,
        Self::Name,
        Self::Description,
        Self::Status,
        Self::PriceAmount,
        Self::PriceCurrency,
        Self::Attributes,
    ];

    /// What the first row calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Sku => "sku",
            Self::Name => "name",
            Self::Description => "description",
            Self::Status => "status",
            Self::PriceAmount => "price_amount",
            Self::PriceCurrency => "price_currency",
            Self::Attributes => "attributes",
        }
    }
}

/// The columns of a first row: each known and there once, and one of them tells products apart.
pub fn columns(names: &[Vec<u8>]) -> Option<Vec<Column>> {
    let known = |name: &Vec<u8>| {
        Column::ALL.into_iter().find(|it| it.name().as_bytes() == name.trim_ascii())
    };
    let columns: Vec<Column> = names.iter().map(known).collect::<Option<_>>()?;
    let once: BTreeSet<_> = columns.iter().collect();
    let telling = columns.contains(&Column::Sku) || columns.contains(&Column::Id);
    (telling && once.len() == columns.len()).then_some(columns)
}

/// The first row of an export.
pub fn heading() -> Vec<u8> {
    row(Column::ALL.map(|it| it.name().to_owned()))
}

/// A product's row of an export.
pub fn written(product: &ProductOut) -> Vec<u8> {
    let status = serde_json::to_value(product.status).unwrap_or_default();
    row(Column::ALL.map(|column| match column {
        Column::Id => product.id.to_string(),
        Column::Sku => neutral(&product.sku),
        Column::Name => neutral(&product.name),
        Column::Description => neutral(&product.description),
        Column::Status => status.as_str().unwrap_or_default().to_owned(),
        Column::PriceAmount => product.price.amount.to_string(),
        Column::PriceCurrency => product.price.currency.clone(),
        Column::Attributes => product.attributes.to_string(),
    }))
}

/// A product's line of an export in NDJSON.
pub fn line(product: &ProductOut) -> Vec<u8> {
    let ProductOut { id, sku, name, description, status, price, attributes, .. } = product;
    let line = json!({
        "id": id, "sku": sku, "name": name, "description": description, "status": status,
        "price": price, "attributes": attributes,
    });
    format!("{line}\n").into_bytes()
}

/// What a row says of a product, as JSON would. An empty cell says nothing, but for a description
/// that is empty.
pub fn document(columns: &[Column], cells: &[Vec<u8>]) -> Result<Map<String, Value>, Invalid> {
    let (mut document, mut price) = (Map::new(), Map::new());
    if cells.len() != columns.len() {
        let message = format!("has {} cells under {} columns", cells.len(), columns.len());
        return Err(Invalid::new("", "columns", message));
    }
    for (column, cell) in columns.iter().zip(cells) {
        let cell = std::str::from_utf8(cell).map_err(|_| not_utf8())?;
        if cell.is_empty() && *column != Column::Description {
            continue;
        }
        let text = || Value::String(meant(cell).to_owned());
        match column {
            Column::PriceAmount => price.insert("amount".to_owned(), number(cell)),
            Column::PriceCurrency => price.insert("currency".to_owned(), text()),
            Column::Attributes => {
                let malformed =
                    |_| Invalid::new("/attributes", "malformed", "must be a JSON object");
                let read = read_json(cell.as_bytes()).map_err(malformed)?;
                document.insert(column.name().to_owned(), read)
            }
            _ => document.insert(column.name().to_owned(), text()),
        };
    }
    if !price.is_empty() {
        document.insert("price".to_owned(), Value::Object(price));
    }
    Ok(document)
}

/// A row whose bytes are no text.
pub fn not_utf8() -> Invalid {
    Invalid::new("", "encoding", "is not UTF-8")
}

/// What is no number stays text, for the rule of prices to refuse.
fn number(cell: &str) -> Value {
    let read = serde_json::from_str(cell).ok().filter(Value::is_number);
    read.unwrap_or_else(|| Value::String(cell.to_owned()))
}
