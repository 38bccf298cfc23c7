use actix_web::{get, patch};
use kernel::{Merge, Problem, Resource, SignedIn};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    schemas::{ProfileIn, UserOut},
    service,
};

pub fn routes(api: &mut ServiceConfig<'_>) {
    api.service(read_me).service(update_me);
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
