use actix_web::{get, put};
use kernel::{Composite, Problem, SignedIn, Valid};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    schemas::{PreferencesIn, PreferencesOut},
    service,
};

pub fn routes(api: &mut ServiceConfig<'_>) {
    api.service(read_notification_preferences).service(replace_notification_preferences);
}

/// Read what you are notified of
///
/// Every topic there is, whether it comes to your inbox and by mail, and when the mail goes out.
#[utoipa::path(tag = "notifications", responses((status = 200, body = PreferencesOut)))]
#[get("")]
async fn read_notification_preferences(me: SignedIn) -> Result<Composite<PreferencesOut>, Problem> {
    Ok(Composite(service::read(me.view()).await?))
}

/// Say what you want to be notified of
///
/// In place of everything that you have said before: a topic that you do not name is as it has it by
/// itself. It counts from the next notification. A topic whose `can_change` is false stays as it is: that
/// it be switched off is answered 422, at its place (`required_topic`).
#[utoipa::path(tag = "notifications", request_body = PreferencesIn, responses((status = 200, body = PreferencesOut), (status = 412, description = "Changed since the version you name."), (status = 422, description = "It names what there is not, or switches off what nobody can do without.")))]
#[put("")]
async fn replace_notification_preferences(
    me: SignedIn,
    wanted: Valid<PreferencesIn>,
) -> Result<Composite<PreferencesOut>, Problem> {
    let wanted = wanted.into_inner();
    Ok(Composite(me.run(async |tx| service::replace(tx, wanted).await).await?))
}
