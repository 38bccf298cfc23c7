mod accounts;
mod own;

use utoipa_actix_web::service_config::ServiceConfig;

pub fn routes(api: &mut ServiceConfig<'_>) {
    own::routes(api);
    accounts::routes(api);
}
