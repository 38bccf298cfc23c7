pub mod batch;
pub mod export;
pub mod imports;

use actix_web::{HttpResponse, delete, get, patch, post, web::Path};
use kernel::{
    At, Can, Created, Merge, NoContent, Page, PageOf, PageParameters, Problem, Resource, Valid,
};
use serde::Deserialize;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    Read, Write,
    models::ProductId,
    schemas::{
        history::ProductEventOut,
        product::{ProductFilter, ProductIn, ProductOut},
    },
    service::{
        catalogue::{self, New},
        history,
    },
};

pub fn routes(api: &mut ServiceConfig<'_>) {
    api.service(list_products)
        .service(create_product)
        .service(read_product_by_sku)
        .service(read_product)
        .service(update_product)
        .service(delete_product)
        .service(restore_product)
        .service(list_product_history);
}

/// What of the path says which product.
#[derive(Deserialize)]
struct BySku {
    sku: String,
}

/// List the organization's products
///
/// To be sorted by `created_at`, `name` (as code points) or, within a `currency`, `price`.
#[utoipa::path(tag = "products", params(PageParameters, ProductFilter), responses((status = 200, body = PageOf<ProductOut>)))]
#[get("")]
async fn list_products(
    can: Can<Read>,
    Page { page, filter }: Page<ProductFilter>,
) -> Result<PageOf<ProductOut>, Problem> {
    Ok(catalogue::list(can.view(), &page, filter).await?.map(ProductOut::from))
}

/// Add a product
#[utoipa::path(tag = "products", request_body = ProductIn, responses((status = 201, body = ProductOut), (status = 409, description = "Another product has this SKU (`sku_taken`).")))]
#[post("")]
async fn create_product(can: Can<Write>, new: Valid<ProductIn>) -> Result<HttpResponse, Problem> {
    let new = New::of(can.view(), new.into_inner());
    can.answer(async |tx| {
        let product = catalogue::create(tx, new).await?;
        Ok(Created::at(product.id, ProductOut::from(product)))
    })
    .await
}

/// Read a product by its SKU
#[utoipa::path(tag = "products", params(("sku" = String, Path, max_length = 64, description = "The SKU, percent-encoded; upper and lower case differ.", example = "A-1")), responses((status = 200, body = ProductOut), (status = 404, description = "There is none.")))]
#[get("/by-sku/{sku}")]
async fn read_product_by_sku(
    can: Can<Read>,
    place: Path<BySku>,
) -> Result<Resource<ProductOut>, Problem> {
    Ok(Resource(catalogue::read_by_sku(can.view(), &place.sku).await?.into()))
}

/// Read a product
#[utoipa::path(tag = "products", params(("id" = ProductId, Path, description = "The product.")), responses((status = 200, body = ProductOut), (status = 404, description = "There is none.")))]
#[get("/{id}")]
async fn read_product(can: Can<Read>, id: At<ProductId>) -> Result<Resource<ProductOut>, Problem> {
    Ok(Resource(catalogue::read(can.view(), id.0).await?.into()))
}

/// Change a product
#[utoipa::path(tag = "products", params(("id" = ProductId, Path, description = "The product.")), request_body(content = ProductIn, content_type = "application/merge-patch+json"), responses((status = 200, body = ProductOut), (status = 404, description = "There is none."), (status = 409, description = "Another product has this SKU (`sku_taken`).")))]
#[patch("/{id}")]
async fn update_product(
    can: Can<Write>,
    id: At<ProductId>,
    patch: Merge<ProductIn>,
) -> Result<Resource<ProductOut>, Problem> {
    let product = can.run(async |tx| catalogue::update(tx, id.0, patch).await).await?;
    Ok(Resource(product.into()))
}

/// Delete a product
///
/// It can be restored for 30 days; its SKU may be used again at once.
#[utoipa::path(tag = "products", params(("id" = ProductId, Path, description = "The product.")), responses((status = 204, description = "It is gone."), (status = 404, description = "There is none.")))]
#[delete("/{id}")]
async fn delete_product(can: Can<Write>, id: At<ProductId>) -> Result<NoContent, Problem> {
    can.run(async |tx| catalogue::delete(tx, id.0).await).await?;
    Ok(NoContent)
}

/// Restore a deleted product
///
/// One that is not deleted stays as it is.
#[utoipa::path(tag = "products", params(("id" = ProductId, Path, description = "The product.")), responses((status = 200, body = ProductOut), (status = 404, description = "There is none, or not any more."), (status = 409, description = "Another product has its SKU by now (`sku_taken`).")))]
#[post("/{id}/restore")]
async fn restore_product(can: Can<Write>, id: At<ProductId>) -> Result<HttpResponse, Problem> {
    can.answer(async |tx| {
        let product = catalogue::restore(tx, id.0).await?;
        Ok(Resource(ProductOut::from(product)))
    })
    .await
}

/// Read what has happened to a product
///
/// Who has changed which member, and when; of deleted products too.
#[utoipa::path(tag = "products", params(("id" = ProductId, Path, description = "The product."), PageParameters), responses((status = 200, body = PageOf<ProductEventOut>), (status = 404, description = "There is none, and there was none.")))]
#[get("/{id}/history")]
async fn list_product_history(
    can: Can<Read>,
    id: At<ProductId>,
    Page { page, .. }: Page,
) -> Result<PageOf<ProductEventOut>, Problem> {
    Ok(history::list(can.view(), id.0, &page).await?)
}
