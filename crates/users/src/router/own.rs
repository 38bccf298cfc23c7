use actix_web::{HttpResponse, get, patch};
use kernel::{Fresh, Merge, Problem, Resource, SignedIn, View};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    schemas::{ProfileIn, UserOut},
    service::{
        self,
        export::{Place, begin, piece},
    },
};

pub fn routes(api: &mut ServiceConfig<'_>) {
    api.service(read_me).service(update_me).service(export_me);
}

/// Read your own account
#[utoipa::path(tag = "users", responses((status = 200, body = UserOut)))]
#[get("/me")]
async fn read_me(me: SignedIn) -> Result<Resource<UserOut>, Problem> {
    Ok(Resource(service::me(me.view()).await?.into()))
}

/// Change your own profile
#[utoipa::path(tag = "users", request_body(content = ProfileIn, content_type = "application/merge-patch+json"), responses((status = 200, body = UserOut), (status = 412, description = "Changed since the version you name.")))]
#[patch("/me")]
async fn update_me(me: SignedIn, patch: Merge<ProfileIn>) -> Result<Resource<UserOut>, Problem> {
    let user = me.run(async |tx| service::update_me(tx, patch).await).await?;
    Ok(Resource(user.into()))
}

/// Export everything that is held on you
///
/// One JSON document: `person`, `exported_at` and, in `data`, an array for each kind of thing. Nothing
/// secret is in it, such as hashes of passwords. It is made while it is sent: where it breaks off, the
/// connection is closed without an end of the body. It takes a sign-in of the last ten minutes, until
/// its end.
#[utoipa::path(tag = "users", responses((status = 200, description = "The archive.", content((serde_json::Value = "application/json"))), (status = 403, description = "Your last sign-in is too long ago (`reauthentication_required`).")))]
#[get("/me/export")]
async fn export_me(me: Fresh) -> Result<HttpResponse, Problem> {
    let file = begin(&me).await?;
    me.stream(file, Place::Begin, async |view: &View, place| piece(view, place).await).await
}
