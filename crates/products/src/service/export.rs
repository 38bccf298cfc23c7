//! The whole catalogue as a file, a page of it at a time.

use actix_web::web::Bytes;
use audit_log::{Entry, Target};
use chrono::{DateTime, Utc};
use kernel::{Door, Download, OrgView, Problem};
use sea_orm::DbErr;
use serde_json::json;

use crate::{
    Error,
    models::{self, ProductId, imports::Format},
    table,
};

/// How many bytes a page is to have, more or less.
const PAGE: usize = 128 * 1024;

/// How many products a page has at the most.
const MOST: usize = 500;

/// How many products come first: nobody knows yet how large they are.
const FIRST: usize = 50;

/// Where an export stands.
#[derive(Clone, Copy, Debug)]
pub enum Place {
    /// Before its first byte.
    Begin,
    /// Behind this product, and how many products come next.
    Behind(Option<(DateTime<Utc>, ProductId)>, usize),
}

/// The file of an export that begins, which is recorded.
pub async fn begin(door: &Door<OrgView>, format: Format) -> Result<Download, DbErr> {
    let entry = Entry::of("products.exported", Target::new("organization", door.view().org()));
    let entry = entry.noting("format", json!(format));
    door.run(async |tx| {
        audit_log::record(tx, entry);
        Ok::<_, DbErr>(())
    })
    .await?;
    Ok(match format {
        Format::Csv => Download { media_type: "text/csv; charset=utf-8", name: "products.csv" },
        Format::Ndjson => Download { media_type: "application/x-ndjson", name: "products.ndjson" },
    })
}

/// The next page, and where it ends; `None` behind the last.
pub async fn page(
    view: &OrgView,
    format: Format,
    place: Place,
) -> Result<Option<(Bytes, Place)>, Problem> {
    let Place::Behind(last, most) = place else {
        let heading = if format == Format::Csv { table::heading() } else { Vec::new() };
        return Ok(Some((heading.into(), Place::Behind(None, FIRST))));
    };
    let most = u64::try_from(most).unwrap_or(1);
    let products = models::following(view, last, most).await.map_err(Error::from)?;
    let Some(last) = products.last().map(|it| (it.created_at, it.id)) else { return Ok(None) };
    let written = match format {
        Format::Csv => table::written,
        Format::Ndjson => table::line,
    };
    let (found, mut page) = (products.len(), Vec::new());
    for product in products {
        page.extend(written(&product.into()));
    }
    let fitting = found.saturating_mul(PAGE) / page.len().max(1);
    Ok(Some((page.into(), Place::Behind(Some(last), fitting.clamp(1, MOST)))))
}
