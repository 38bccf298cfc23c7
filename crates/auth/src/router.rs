use actix_web::{
    HttpResponse, Responder, get,
    http::{StatusCode, header::CACHE_CONTROL},
    post,
    web::Json,
};
use kernel::{Anyone, NoContent, Problem, SignedIn, Valid};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    schemas::{
        EmailIn, JwksOut, LoginIn, RefreshIn, RegisterIn, TokensOut, VerifyIn,
        passwords::ReauthenticateIn,
    },
    service::{Auth, leave, login, reauthenticate, refresh, register, resend, verify},
};

mod accounts;
mod passwords;
mod sessions;

pub use accounts::{account, users};

pub fn routes(api: &mut ServiceConfig<'_>) {
    api.service(register_user)
        .service(verify_email)
        .service(resend_verification)
        .service(log_in)
        .service(refresh_tokens)
        .service(log_out)
        .service(prove_again);
    passwords::routes(api);
    sessions::routes(api);
}

pub fn well_known(root: &mut ServiceConfig<'_>) {
    root.service(read_jwks);
}

/// Register
///
/// The answer is the same whether the address has an account or not: a mail tells its owner. With the
/// token of an invitation to the address, which was mailed there, the account is confirmed, joins the
/// organization and is signed in.
#[utoipa::path(tag = "auth", request_body = RegisterIn, responses((status = 201, body = TokensOut, description = "Invited: the account is confirmed and has joined."), (status = 202, description = "A mail is on its way."), (status = 403, description = "The invitation is for another address (`wrong_recipient`)."), (status = 409, description = "The invited address has an account (`account_exists`), or there is no seat left."), (status = 410, description = "The invitation is used, expired or withdrawn.")))]
#[post("/register")]
async fn register_user(door: Anyone, new: Valid<RegisterIn>) -> Result<HttpResponse, Problem> {
    let tokens = register::register(&door, new.into_inner()).await?;
    let mailed = || HttpResponse::new(StatusCode::ACCEPTED);
    Ok(tokens.map_or_else(mailed, |tokens| secret(StatusCode::CREATED, &tokens)))
}

/// Confirm a mail address with the token of the mailed link
///
/// It is that of an account that was registered, or the new one of an account that changes it.
#[utoipa::path(tag = "auth", request_body = VerifyIn, responses((status = 204, description = "Confirmed."), (status = 410, description = "The link is used, expired or replaced."), (status = 409, description = "The new address has become another account's.")))]
#[post("/verify-email")]
async fn verify_email(door: Anyone, proof: Valid<VerifyIn>) -> Result<NoContent, Problem> {
    let VerifyIn { token, password } = proof.into_inner();
    verify::verify(&door, &token, password.as_ref()).await?;
    Ok(NoContent)
}

/// Mail another link to confirm an address
#[utoipa::path(tag = "auth", request_body = EmailIn, responses((status = 202, description = "If the address waits for it, a mail is on its way.")))]
#[post("/verify-email/resend")]
async fn resend_verification(door: Anyone, to: Valid<EmailIn>) -> Result<impl Responder, Problem> {
    resend::resend(&door, &to.into_inner().email).await?;
    Ok(HttpResponse::new(StatusCode::ACCEPTED))
}

/// Sign in
#[utoipa::path(tag = "auth", request_body = LoginIn, responses((status = 200, body = TokensOut), (status = 401, description = "The address or the password is wrong."), (status = 403, description = "The address is not confirmed, or the account is disabled.")))]
#[post("/login")]
async fn log_in(door: Anyone, input: Valid<LoginIn>) -> Result<HttpResponse, Problem> {
    Ok(secret(StatusCode::OK, &login::login(&door, input.into_inner()).await?))
}

/// Exchange a refresh token for new tokens
///
/// Each is good once. Within ten seconds the one before gives the very same successor, so that
/// racing tabs do no harm; later it ends the session.
#[utoipa::path(tag = "auth", request_body = RefreshIn, responses((status = 200, body = TokensOut), (status = 401, description = "The token is not good, or was used before.")))]
#[post("/refresh")]
async fn refresh_tokens(door: Anyone, input: Valid<RefreshIn>) -> Result<HttpResponse, Problem> {
    let token = input.into_inner().refresh_token;
    Ok(secret(StatusCode::OK, &refresh::refresh(&door, &token).await?))
}

/// Sign out
#[utoipa::path(tag = "auth", responses((status = 204, description = "This session is over.")))]
#[post("/logout")]
async fn log_out(me: SignedIn) -> Result<impl Responder, Problem> {
    me.run(async |tx| leave::logout(tx).await).await?;
    Ok(NoContent.customize().insert_header(("clear-site-data", "\"cache\", \"storage\"")))
}

/// Prove once more who you are
///
/// For what asks for a fresh sign-in. The session goes on under another id; of the old one no token is
/// good any more.
#[utoipa::path(tag = "auth", request_body = ReauthenticateIn, responses((status = 200, body = TokensOut), (status = 403, description = "The password is wrong (`wrong_password`).")))]
#[post("/reauthenticate")]
async fn prove_again(
    me: SignedIn,
    input: Valid<ReauthenticateIn>,
) -> Result<HttpResponse, Problem> {
    let password = input.into_inner().password;
    Ok(secret(StatusCode::OK, &reauthenticate::reauthenticate(&me, &password).await?))
}

/// Read the keys that access tokens are signed with
#[utoipa::path(tag = "auth", responses((status = 200, body = JwksOut)))]
#[get("/jwks.json")]
async fn read_jwks(door: Anyone) -> Result<impl Responder, Problem> {
    let keys = door.view().of::<Auth>().keys.published(door.view()).await?;
    Ok(Json(keys).customize().insert_header((CACHE_CONTROL, "public, max-age=300")))
}

/// Tokens are kept by nobody on their way (ASVS 14.2.2).
fn secret(status: StatusCode, tokens: &TokensOut) -> HttpResponse {
    HttpResponse::build(status).insert_header((CACHE_CONTROL, "no-store")).json(tokens)
}
