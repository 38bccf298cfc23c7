use actix_web::{
    HttpResponse, delete, get, patch, post, put,
    web::{Json, Path},
};
use kernel::{Composite, Merge, NoContent, Page, PageOf, PageParameters, Problem, SignedIn, Valid};
use utoipa_actix_web::service_config::ServiceConfig;

use super::Named;
use crate::{
    place::Owner,
    schemas::{RollbackIn, SettingIn, SettingOut, SettingRevisionOut, SettingsIn, SettingsOut},
    service::{read, write},
};

pub fn routes(api: &mut ServiceConfig<'_>) {
    api.service(list_my_settings)
        .service(update_my_settings)
        .service(read_my_setting)
        .service(put_my_setting)
        .service(delete_my_setting)
        .service(list_my_setting_revisions)
        .service(roll_back_my_setting);
}

/// List your own settings
///
/// What you may set for yourself, each with what counts for you outside of organizations.
#[utoipa::path(tag = "settings", params(PageParameters), responses((status = 200, body = PageOf<SettingOut>)))]
#[get("")]
async fn list_my_settings(
    me: SignedIn,
    Page { page, .. }: Page,
) -> Result<PageOf<SettingOut>, Problem> {
    Ok(read::list(me.view(), Owner::Caller, &page).await?)
}

/// Change your own settings
///
/// All or none: each key with a value to set, or with `null` to inherit it again, which opens its lock;
/// else a lock stays as it is. `If-Match` goes with one key at a time.
#[utoipa::path(tag = "settings", request_body(content = SettingsIn, content_type = "application/merge-patch+json"), responses((status = 200, body = SettingsOut), (status = 409, description = "It is locked above (`setting_locked`).")))]
#[patch("")]
async fn update_my_settings(
    me: SignedIn,
    patch: Merge<SettingsIn>,
) -> Result<Json<SettingsOut>, Problem> {
    let set = me.run(async |tx| write::patch(tx, Owner::Caller, patch).await).await?;
    Ok(Json(set))
}

/// Read a setting of your own
///
/// What counts for you outside of organizations, and where it comes from.
#[utoipa::path(tag = "settings", params(("key" = String, Path, description = "Which setting.", max_length = 64)), responses((status = 200, body = SettingOut), (status = 404, description = "There is none of this key that is set here.")))]
#[get("/{key}")]
async fn read_my_setting(
    me: SignedIn,
    named: Path<Named>,
) -> Result<Composite<SettingOut>, Problem> {
    Ok(Composite(read::read(me.view(), Owner::Caller, &named.key).await?))
}

/// Set a setting of your own
///
/// It counts for you, wherever you are.
#[utoipa::path(tag = "settings", params(("key" = String, Path, description = "Which setting.", max_length = 64)), request_body = SettingIn, responses((status = 200, body = SettingOut), (status = 404, description = "There is none of this key that is set here."), (status = 409, description = "It is locked above (`setting_locked`).")))]
#[put("/{key}")]
async fn put_my_setting(
    me: SignedIn,
    named: Path<Named>,
    new: Valid<SettingIn>,
) -> Result<Composite<SettingOut>, Problem> {
    let new = new.into_inner();
    let set = me.run(async |tx| write::put(tx, Owner::Caller, &named.key, new).await);
    Ok(Composite(set.await?))
}

/// Inherit a setting of your own again
///
/// What counts above counts for you then, also what will; what it was set to stays in its history.
#[utoipa::path(tag = "settings", params(("key" = String, Path, description = "Which setting.", max_length = 64)), responses((status = 204, description = "It is inherited."), (status = 404, description = "There is none of this key that is set here."), (status = 409, description = "It is locked above (`setting_locked`).")))]
#[delete("/{key}")]
async fn delete_my_setting(me: SignedIn, named: Path<Named>) -> Result<NoContent, Problem> {
    me.run(async |tx| write::unset(tx, Owner::Caller, &named.key).await).await?;
    Ok(NoContent)
}

/// List what a setting of your own was set to
#[utoipa::path(tag = "settings", params(("key" = String, Path, description = "Which setting.", max_length = 64), PageParameters), responses((status = 200, body = PageOf<SettingRevisionOut>), (status = 404, description = "There is none of this key that is set here.")))]
#[get("/{key}/history")]
async fn list_my_setting_revisions(
    me: SignedIn,
    named: Path<Named>,
    Page { page, .. }: Page,
) -> Result<PageOf<SettingRevisionOut>, Problem> {
    Ok(read::history(me.view(), Owner::Caller, &named.key, &page).await?)
}

/// Bring back what a setting of your own was set to
///
/// As a new revision, with its lock.
#[utoipa::path(tag = "settings", params(("key" = String, Path, description = "Which setting.", max_length = 64)), request_body = RollbackIn, responses((status = 200, body = SettingOut), (status = 404, description = "There is none of this key that is set here."), (status = 409, description = "It is locked above (`setting_locked`).")))]
#[post("/{key}/rollback")]
async fn roll_back_my_setting(
    me: SignedIn,
    named: Path<Named>,
    to: Valid<RollbackIn>,
) -> Result<HttpResponse, Problem> {
    let (key, to) = (&named.key, to.into_inner());
    me.answer(async |tx| Ok(Composite(write::roll_back(tx, Owner::Caller, key, to).await?))).await
}
