use actix_web::{HttpResponse, post};
use kernel::{Can, Problem, Valid};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    SendNotifications, schemas::announcements::AnnouncementIn, service::announcements::send,
};

pub fn routes(organization: &mut ServiceConfig<'_>) {
    organization.service(send_notifications);
}

/// Notify an organization's members
///
/// Some of them at once, all of them a few hundred at a time. Whoever does not want the topic is spared.
#[utoipa::path(tag = "notifications", request_body = AnnouncementIn, responses((status = 202, description = "It will be with them in a moment.")))]
#[post("")]
async fn send_notifications(
    can: Can<SendNotifications>,
    new: Valid<AnnouncementIn>,
) -> Result<HttpResponse, Problem> {
    can.answer(async |tx| {
        send(tx, new.into_inner()).await?;
        Ok(HttpResponse::Accepted().finish())
    })
    .await
}
