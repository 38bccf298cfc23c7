use actix_web::{
    HttpResponse, delete, get, patch, post, put,
    web::{Json, Path},
};
use kernel::{Can, Composite, Merge, NoContent, Page, PageOf, PageParameters, Problem, Valid};
use utoipa_actix_web::service_config::ServiceConfig;

use super::Named;
use crate::{
    permissions::organization::{Read, Write},
    place::Owner,
    schemas::{RollbackIn, SettingIn, SettingOut, SettingRevisionOut, SettingsIn, SettingsOut},
    service::{read, write},
};

pub fn routes(api: &mut ServiceConfig<'_>) {
    api.service(list_organization_settings)
        .service(update_organization_settings)
        .service(read_organization_setting)
        .service(put_organization_setting)
        .service(delete_organization_setting)
        .service(list_organization_setting_revisions)
        .service(roll_back_organization_setting);
}

/// List an organization's settings
///
/// What an organization may set, each with what counts in it.
#[utoipa::path(tag = "settings", params(PageParameters), responses((status = 200, body = PageOf<SettingOut>)))]
#[get("")]
async fn list_organization_settings(
    can: Can<Read>,
    Page { page, .. }: Page,
) -> Result<PageOf<SettingOut>, Problem> {
    Ok(read::list(can.view(), Owner::Here, &page).await?)
}

/// Change an organization's settings
///
/// All or none: each key with a value to set, or with `null` to inherit it again, which opens its lock;
/// else a lock stays as it is. `If-Match` goes with one key at a time.
#[utoipa::path(tag = "settings", request_body(content = SettingsIn, content_type = "application/merge-patch+json"), responses((status = 200, body = SettingsOut), (status = 409, description = "It is locked above (`setting_locked`).")))]
#[patch("")]
async fn update_organization_settings(
    can: Can<Write>,
    patch: Merge<SettingsIn>,
) -> Result<Json<SettingsOut>, Problem> {
    let set = can.run(async |tx| write::patch(tx, Owner::Here, patch).await).await?;
    Ok(Json(set))
}

/// Read a setting of an organization
///
/// What counts in the organization, and where it comes from.
#[utoipa::path(tag = "settings", params(("key" = String, Path, description = "Which setting.", max_length = 64)), responses((status = 200, body = SettingOut), (status = 404, description = "There is none of this key that is set here.")))]
#[get("/{key}")]
async fn read_organization_setting(
    can: Can<Read>,
    named: Path<Named>,
) -> Result<Composite<SettingOut>, Problem> {
    Ok(Composite(read::read(can.view(), Owner::Here, &named.key).await?))
}

/// Set a setting of an organization
///
/// It counts in the organization for all who set nothing themselves; with `lock`, for all.
#[utoipa::path(tag = "settings", params(("key" = String, Path, description = "Which setting.", max_length = 64)), request_body = SettingIn, responses((status = 200, body = SettingOut), (status = 404, description = "There is none of this key that is set here."), (status = 409, description = "It is locked above (`setting_locked`).")))]
#[put("/{key}")]
async fn put_organization_setting(
    can: Can<Write>,
    named: Path<Named>,
    new: Valid<SettingIn>,
) -> Result<Composite<SettingOut>, Problem> {
    let new = new.into_inner();
    let set = can.run(async |tx| write::put(tx, Owner::Here, &named.key, new).await);
    Ok(Composite(set.await?))
}

/// Inherit a setting of an organization again
///
/// What counts above counts then, also what will; what it was set to stays in its history.
#[utoipa::path(tag = "settings", params(("key" = String, Path, description = "Which setting.", max_length = 64)), responses((status = 204, description = "It is inherited."), (status = 404, description = "There is none of this key that is set here."), (status = 409, description = "It is locked above (`setting_locked`).")))]
#[delete("/{key}")]
async fn delete_organization_setting(
    can: Can<Write>,
    named: Path<Named>,
) -> Result<NoContent, Problem> {
    can.run(async |tx| write::unset(tx, Owner::Here, &named.key).await).await?;
    Ok(NoContent)
}

/// List what a setting of an organization was set to
#[utoipa::path(tag = "settings", params(("key" = String, Path, description = "Which setting.", max_length = 64), PageParameters), responses((status = 200, body = PageOf<SettingRevisionOut>), (status = 404, description = "There is none of this key that is set here.")))]
#[get("/{key}/history")]
async fn list_organization_setting_revisions(
    can: Can<Read>,
    named: Path<Named>,
    Page { page, .. }: Page,
) -> Result<PageOf<SettingRevisionOut>, Problem> {
    Ok(read::history(can.view(), Owner::Here, &named.key, &page).await?)
}

/// Bring back what a setting of an organization was set to
///
/// As a new revision, with its lock.
#[utoipa::path(tag = "settings", params(("key" = String, Path, description = "Which setting.", max_length = 64)), request_body = RollbackIn, responses((status = 200, body = SettingOut), (status = 404, description = "There is none of this key that is set here."), (status = 409, description = "It is locked above (`setting_locked`).")))]
#[post("/{key}/rollback")]
async fn roll_back_organization_setting(
    can: Can<Write>,
    named: Path<Named>,
    to: Valid<RollbackIn>,
) -> Result<HttpResponse, Problem> {
    let (key, to) = (&named.key, to.into_inner());
    can.answer(async |tx| Ok(Composite(write::roll_back(tx, Owner::Here, key, to).await?))).await
}
