//! An organization's products by plain sea-orm: one, and a page of them.

use actix_web::{
    HttpRequest, Responder,
    error::{ErrorInternalServerError as Failed, ErrorNotFound},
    get,
    web::{Data, Json, Path, Query},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sea_orm::{
    ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::authority::Authority;
use crate::product::{Price, ProductOut};

mod product {
    #![expect(clippy::disallowed_methods, reason = "sea-orm's derive calls find()")]

    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "products")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub organization_id: Uuid,
        pub sku: String,
        pub name: String,
        pub description: String,
        pub status: String,
        pub price_amount: i64,
        pub price_currency: String,
        pub attributes: Json,
        pub version: i64,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
        pub deleted_at: Option<DateTimeUtc>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// With what the places of pages are marked, so that nobody makes one up.
const SECRET: &[u8] = b"a twin's secret";

/// A page by name.
#[derive(Deserialize)]
struct Wanted {
    limit: u64,
    status: String,
}

#[derive(Serialize)]
struct Page {
    items: Vec<ProductOut>,
    next_cursor: Option<String>,
    prev_cursor: Option<String>,
}

#[get("/api/v1/organizations/{organization}/products/{id}")]
pub async fn read_product(
    request: HttpRequest,
    place: Path<(Uuid, Uuid)>,
    authority: Data<Authority>,
    database: Data<DatabaseConnection>,
) -> Result<impl Responder, actix_web::Error> {
    let (organization, id) = place.into_inner();
    authority.member(&request, organization)?;
    let row = live(organization).filter(product::Column::Id.eq(id)).one(&**database).await;
    Ok(Json(ProductOut::from(row.map_err(Failed)?.ok_or_else(|| ErrorNotFound("no"))?)))
}

#[get("/api/v1/organizations/{organization}/products")]
pub async fn list_products(
    request: HttpRequest,
    organization: Path<Uuid>,
    wanted: Query<Wanted>,
    authority: Data<Authority>,
    database: Data<DatabaseConnection>,
) -> Result<impl Responder, actix_web::Error> {
    authority.member(&request, *organization)?;
    let Wanted { limit, status } = wanted.into_inner();
    let rows = live(*organization).filter(product::Column::Status.eq(status));
    let rows = rows.order_by_asc(product::Column::Name).order_by_asc(product::Column::Id);
    let mut rows = rows.limit(limit + 1).all(&**database).await.map_err(Failed)?;
    let more = u64::try_from(rows.len()).is_ok_and(|found| found > limit);
    if more {
        rows.pop();
    }
    let next_cursor = rows.last().filter(|_| more).map(behind);
    let items = rows.into_iter().map(ProductOut::from).collect();
    Ok(Json(Page { items, next_cursor, prev_cursor: None }))
}

#[expect(clippy::disallowed_methods, reason = "a twin names the organization by hand")]
fn live(organization: Uuid) -> Select<product::Entity> {
    let mine = product::Column::OrganizationId.eq(organization);
    product::Entity::find().filter(mine).filter(product::Column::DeletedAt.is_null())
}

/// The place behind a row.
fn behind(row: &product::Model) -> String {
    let place = serde_json::to_vec(&(&row.name, row.id)).unwrap();
    let mark = Sha256::new().chain_update(SECRET).chain_update(&place).finalize();
    URL_SAFE_NO_PAD.encode([place.as_slice(), &mark].concat())
}

impl From<product::Model> for ProductOut {
    fn from(row: product::Model) -> Self {
        Self {
            id: row.id,
            sku: row.sku,
            name: row.name,
            description: row.description,
            status: row.status,
            price: Price { amount: row.price_amount, currency: row.price_currency },
            attributes: row.attributes,
            created_at: row.created_at,
            updated_at: row.updated_at,
            version: row.version,
        }
    }
}
