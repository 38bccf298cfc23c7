use actix_web::{HttpResponse, delete, get, http::StatusCode, post};
use kernel::{
    At, Can, Created, Fresh, NoContent, Page, PageOf, PageParameters, Problem, UserId, Valid,
};
use users::{Read, UserOut, Write};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    schemas::{
        accounts::{NewEmailIn, NewUserIn},
        sessions::SessionOut,
    },
    service::{change_email, create, leave, sessions},
};

/// One's own account.
pub fn account(api: &mut ServiceConfig<'_>) {
    api.service(delete_me).service(change_my_email);
}

/// Everybody's, for administrators.
pub fn users(api: &mut ServiceConfig<'_>) {
    api.service(create_user)
        .service(delete_user)
        .service(reset_password_of)
        .service(list_sessions_of)
        .service(end_sessions_of);
}

/// Delete your own account
#[utoipa::path(tag = "auth", responses((status = 204, description = "It is gone, and you are signed out everywhere.")))]
#[delete("")]
async fn delete_me(me: Fresh) -> Result<NoContent, Problem> {
    me.run(async |tx| leave::delete_me(tx).await).await?;
    Ok(NoContent)
}

/// Ask for another mail address
///
/// A link is mailed to the new address; the account has it when that link is opened. The old address is
/// told. The answer is the same whether the new address has an account or not.
#[utoipa::path(tag = "auth", request_body = NewEmailIn, responses((status = 202, description = "Mails are on their way.")))]
#[post("/email")]
async fn change_my_email(me: Fresh, to: Valid<NewEmailIn>) -> Result<HttpResponse, Problem> {
    let email = to.into_inner().new_email;
    me.answer(async |tx| {
        change_email::ask(tx, &email)?;
        Ok(HttpResponse::new(StatusCode::ACCEPTED))
    })
    .await
}

/// Delete somebody's account
///
/// It is hidden at once, and they are signed out everywhere and told by mail. It can be restored until it
/// is erased, 30 days later unless the platform has set otherwise. What its platform roles allow you
/// hold yourself.
#[utoipa::path(tag = "users", params(("id" = UserId, Path)), responses((status = 204, description = "It is hidden."), (status = 404, description = "There is no such account."), (status = 409, description = "It is your own (`own_account`), or an organization would have no owner (`last_owner`).")))]
#[delete("/{id}")]
async fn delete_user(can: Can<Write>, At(user): At<UserId>) -> Result<NoContent, Problem> {
    can.run(async |tx| leave::delete_other(tx, user).await).await?;
    Ok(NoContent)
}

/// Make an account for somebody
///
/// They are mailed a link to choose their password, which confirms the address.
#[utoipa::path(tag = "users", request_body = NewUserIn, responses((status = 201, body = UserOut), (status = 409, description = "The address has an account (`email_taken`).")))]
#[post("")]
async fn create_user(can: Can<Write>, new: Valid<NewUserIn>) -> Result<HttpResponse, Problem> {
    can.answer(async |tx| {
        let user = create::create(tx, new.into_inner()).await?;
        Ok(Created::at(user.id, UserOut::from(user)))
    })
    .await
}

/// Have somebody choose another password
///
/// They are mailed a link; until they use it, the password that they have stays. What their platform
/// roles allow you hold yourself.
#[utoipa::path(tag = "users", params(("id" = UserId, Path)), responses((status = 202, description = "A mail is on its way."), (status = 404, description = "There is no such account.")))]
#[post("/{id}/reset-password")]
async fn reset_password_of(can: Can<Write>, At(user): At<UserId>) -> Result<HttpResponse, Problem> {
    can.answer(async |tx| {
        create::send_reset(tx, user).await?;
        Ok(HttpResponse::new(StatusCode::ACCEPTED))
    })
    .await
}

/// List where somebody is signed in
///
/// Sorted by `last_seen_at` or `first_seen_at`.
#[utoipa::path(tag = "users", params(("id" = UserId, Path), PageParameters), responses((status = 200, body = PageOf<SessionOut>), (status = 404, description = "There is no such account.")))]
#[get("/{id}/sessions")]
async fn list_sessions_of(
    can: Can<Read>,
    At(user): At<UserId>,
    page: Page,
) -> Result<PageOf<SessionOut>, Problem> {
    Ok(sessions::list_of(can.view(), user, &page.page).await?)
}

/// End every session of an account
///
/// What its platform roles allow you hold yourself.
#[utoipa::path(tag = "users", params(("id" = UserId, Path)), responses((status = 204, description = "They are signed out everywhere."), (status = 404, description = "There is no such account.")))]
#[delete("/{id}/sessions")]
async fn end_sessions_of(can: Can<Write>, At(user): At<UserId>) -> Result<NoContent, Problem> {
    can.run(async |tx| sessions::end_of(tx, user).await).await?;
    Ok(NoContent)
}
