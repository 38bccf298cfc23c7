use actix_web::{HttpResponse, Responder, http::StatusCode, post};
use kernel::{Anyone, Fresh, NoContent, Problem, Valid};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    schemas::{
        EmailIn,
        passwords::{ChangePasswordIn, ResetPasswordIn},
    },
    service::{change_password, forgot, reset},
};

pub fn routes(api: &mut ServiceConfig<'_>) {
    api.service(forgot_password).service(reset_password).service(change_my_password);
}

/// Ask for a link to choose another password
#[utoipa::path(tag = "auth", request_body = EmailIn, responses((status = 202, description = "If the address has an account, a mail is on its way.")))]
#[post("/password/forgot")]
async fn forgot_password(door: Anyone, to: Valid<EmailIn>) -> Result<impl Responder, Problem> {
    forgot::forgot(&door, &to.into_inner().email).await?;
    Ok(HttpResponse::new(StatusCode::ACCEPTED))
}

/// Choose a password with the token of the mailed link
///
/// Every session of the account is over, and every other mailed link void; second factors stay.
#[utoipa::path(tag = "auth", request_body = ResetPasswordIn, responses((status = 204, description = "Sign in with it."), (status = 410, description = "The link is used, expired or replaced.")))]
#[post("/password/reset")]
async fn reset_password(door: Anyone, new: Valid<ResetPasswordIn>) -> Result<NoContent, Problem> {
    let ResetPasswordIn { token, new_password } = new.into_inner();
    reset::reset(&door, &token, &new_password).await?;
    Ok(NoContent)
}

/// Change your password
///
/// Every other session is over, and every mailed link void.
#[utoipa::path(tag = "auth", request_body = ChangePasswordIn, responses((status = 204, description = "It is changed."), (status = 403, description = "The current password is wrong (`wrong_password`), or your last sign-in is too long ago (`reauthentication_required`).")))]
#[post("/password/change")]
async fn change_my_password(
    me: Fresh,
    input: Valid<ChangePasswordIn>,
) -> Result<NoContent, Problem> {
    change_password::change(&me, input.into_inner()).await?;
    Ok(NoContent)
}
