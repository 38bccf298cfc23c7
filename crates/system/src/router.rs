mod jobs;

use actix_web::{Responder, get, http::StatusCode, web::Json};
use kernel::{Anyone, Can, Problem};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    Read,
    schemas::{HealthOut, InfoOut},
    service,
};

pub use jobs::routes as jobs;

pub fn root(root: &mut ServiceConfig<'_>) {
    root.service(read_liveness).service(read_readiness);
}

pub fn routes(api: &mut ServiceConfig<'_>) {
    api.service(read_info);
}

/// Does the process live?
#[utoipa::path(tag = "system", responses((status = 200, body = HealthOut)))]
#[get("/livez")]
async fn read_liveness(_: Anyone) -> Json<HealthOut> {
    Json(HealthOut { status: "ok", checks: Vec::new() })
}

/// Can requests be served?
#[utoipa::path(tag = "system", responses((status = 200, body = HealthOut), (status = 503, body = HealthOut)))]
#[get("/readyz")]
async fn read_readiness(door: Anyone) -> impl Responder {
    let health = service::readiness(door.view()).await;
    let ready = health.status == "ok";
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    Json(health).customize().with_status(status)
}

/// See what is running here
#[utoipa::path(tag = "system", responses((status = 200, body = InfoOut)))]
#[get("/info")]
async fn read_info(can: Can<Read>) -> Result<Json<InfoOut>, Problem> {
    Ok(Json(service::info(can.view()).await?))
}
