//! Products: what an organization sells.
//!
//! # Layout
//!
//! - `router`, `schemas`: the catalogue as clients see it
//! - `service`: one file a matter – `catalogue` (one product), `batch`, `history`, `purge`
//! - `sku`, `price`, `attributes`, `words`: the rules of a product's parts, and what it is found by
//! - `service::imports`, `service::export`, `table`, `cutter`: files of products, in and out
//! - `models`: rows and the queries on them

mod attributes;
mod cutter;
mod errors;
mod models;
mod price;
mod router;
mod schemas;
mod service;
mod sku;
mod table;
mod topics;
mod words;

pub use errors::Error;

use std::time::Duration;

use kernel::{
    Feature, OrgView, Setting, SettingScope,
    settings::{Flag, Toggle},
};

kernel::permissions! { OrgView:
    /// See the catalogue.
    Read = "products:read" for Viewer,
    /// Change the catalogue.
    Write = "products:write" for Member,
}

static IMPORTS: Setting<Flag> = Setting {
    key: "products.imports",
    sentence: "Whether products may be imported from files; what is under way goes on.",
    kind: Flag,
    default: Toggle::On,
    scopes: &[SettingScope::Platform, SettingScope::Organization],
};

/// The feature, for the server's list.
pub fn feature() -> Feature {
    Feature::new("products")
        .permissions(PERMISSIONS)
        .settings(&[&IMPORTS])
        .declare(topics::ALL)
        .organization_routes("/products", router::routes)
        .organization_routes("/products/batch", router::batch::routes)
        .organization_routes("/products/import", router::imports::begin_routes)
        .organization_routes("/products/imports", router::imports::routes)
        .organization_routes("/products/export", router::export::routes)
        .on(service::purge::forget)
        .on(service::imports::purge::forget)
        .job::<service::purge::Erase>()
        .job::<service::imports::job::ImportSlice>()
        .every::<service::imports::purge::PurgeImports>(Duration::from_mins(10))
        .every::<service::purge::Purge>(Duration::from_hours(1))
}
