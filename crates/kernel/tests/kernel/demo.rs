//! A feature of the tests: an operation for each posture, and things inside organizations.

use actix_web::{HttpResponse, delete, get, patch, post};
use kernel::{
    Anyone, At, Can, Created, Feature, Fresh, Merge, NoContent, Page, PageOf, Problem, Recently,
    Resource, SignedIn, Valid, Versioned, testing::App,
};
use sea_orm::{ColumnTrait, ModelTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use crate::things::{self, Column, Entity, LISTING, Model, ThingId};
use kernel::Tenanted;

pub mod platform {
    kernel::permissions! { kernel::View:
        /// See what the house is made of.
        Inspect = "demo:inspect",
    }
}

pub mod organization {
    kernel::permissions! { kernel::OrgView:
        /// See things.
        Read = "things:read" for Viewer,
        /// Change things.
        Write = "things:write" for Member,
    }
}

pub const READ: &str = "things:read";
pub const WRITE: &str = "things:write";

#[derive(Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ThingIn {
    #[validate(length(min = 1, max = 20))]
    pub name: String,
    #[serde(default)]
    pub rank: i32,
    #[serde(default)]
    #[validate(length(max = 20))]
    pub note: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ThingOut {
    pub id: ThingId,
    pub name: String,
    pub rank: i32,
    pub note: Option<String>,
    pub version: i64,
}

#[derive(Debug, Deserialize, IntoParams, Validate)]
#[serde(deny_unknown_fields)]
pub struct ThingFilter {
    pub note: Option<String>,
}

impl From<Model> for ThingOut {
    fn from(thing: Model) -> Self {
        let Model { id, name, rank, note, version, .. } = thing;
        Self { id, name, rank, note, version }
    }
}

impl Versioned for ThingOut {
    fn version(&self) -> i64 {
        self.version
    }
}

#[utoipa::path]
#[get("/open")]
async fn open(_: Anyone) -> HttpResponse {
    HttpResponse::NoContent().finish()
}

#[utoipa::path]
#[get("/own")]
async fn own(me: SignedIn) -> String {
    me.view().caller().and_then(kernel::Caller::user).map(|it| it.to_string()).unwrap_or_default()
}

#[utoipa::path]
#[get("/fresh")]
async fn fresh(_: Fresh) -> NoContent {
    NoContent
}

#[utoipa::path]
#[get("/cellar")]
async fn cellar(_: Can<platform::Inspect>) -> NoContent {
    NoContent
}

#[utoipa::path]
#[get("/vault")]
async fn vault(_: Can<Recently<platform::Inspect>>) -> NoContent {
    NoContent
}

#[utoipa::path(request_body = ThingIn)]
#[post("/cellar")]
async fn store(_: Can<platform::Inspect>, _: Valid<ThingIn>) -> NoContent {
    NoContent
}

#[utoipa::path]
#[post("/echo")]
async fn echo(_: Anyone, thing: Valid<ThingIn>) -> HttpResponse {
    HttpResponse::Ok().json(thing.into_inner())
}

#[utoipa::path]
#[get("/panic")]
#[expect(clippy::panic, reason = "that is what it is for")]
async fn panics(_: Anyone) -> NoContent {
    panic!("a handler's mistake")
}

#[utoipa::path]
#[get("")]
async fn list(
    can: Can<organization::Read>,
    page: Page<ThingFilter>,
) -> Result<PageOf<ThingOut>, Problem> {
    let Page { page, filter } = page;
    let mut rows = Entity::mine(can.view());
    if let Some(note) = filter.note {
        rows = rows.filter(Column::Note.eq(note));
    }
    Ok(page.of(rows, &LISTING, can.view()).await?.map(ThingOut::from))
}

#[utoipa::path]
#[post("")]
async fn create(
    can: Can<organization::Write>,
    new: Valid<ThingIn>,
) -> Result<HttpResponse, Problem> {
    can.answer(async |tx| {
        let thing = things::create(tx, new.into_inner()).await?;
        Ok(Created::at(thing.id, ThingOut::from(thing)))
    })
    .await
}

#[utoipa::path]
#[get("/{id}")]
async fn show(
    can: Can<organization::Read>,
    id: At<ThingId>,
) -> Result<Resource<ThingOut>, Problem> {
    Ok(Resource(things::by_id(can.view(), id.0).await?.into()))
}

#[utoipa::path]
#[patch("/{id}")]
async fn change(
    can: Can<organization::Write>,
    id: At<ThingId>,
    patch: Merge<ThingIn>,
) -> Result<Resource<ThingOut>, Problem> {
    let changed = can.run(async |tx| {
        let thing = things::for_update(tx, id.0).await?;
        let Model { name, rank, note, .. } = thing.clone();
        let new = patch.onto(&ThingIn { name, rank, note })?;
        Ok::<_, Problem>(things::save(tx, thing, new).await?)
    });
    Ok(Resource(changed.await?.into()))
}

#[utoipa::path]
#[delete("/{id}")]
async fn remove(can: Can<organization::Write>, id: At<ThingId>) -> Result<NoContent, Problem> {
    can.run(async |tx| {
        let thing = things::for_update(tx, id.0).await?;
        thing.delete(tx).await?;
        Ok::<_, Problem>(())
    })
    .await?;
    Ok(NoContent)
}

fn platform_routes(api: &mut ServiceConfig<'_>) {
    api.service(open).service(own).service(fresh).service(cellar).service(vault).service(store);
    api.service(echo).service(panics);
}

fn organization_routes(api: &mut ServiceConfig<'_>) {
    api.service(list).service(create).service(show).service(change).service(remove);
}

pub fn feature() -> Feature {
    Feature::new("demo")
        .routes("/demo", platform_routes)
        .organization_routes("/things", organization_routes)
        .permissions(platform::PERMISSIONS)
        .permissions(organization::PERMISSIONS)
        .prepare(things::table)
}

pub async fn app() -> App {
    App::of(vec![feature()]).await
}
