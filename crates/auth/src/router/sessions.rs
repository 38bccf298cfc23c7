use actix_web::{delete, get};
use kernel::{At, NoContent, Page, PageOf, PageParameters, Problem, Query, SessionId, SignedIn};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    schemas::sessions::{EndSessions, SessionOut},
    service::sessions,
};

pub fn routes(api: &mut ServiceConfig<'_>) {
    api.service(list_sessions).service(end_sessions).service(end_session);
}

/// List where you are signed in
///
/// Sorted by `last_seen_at` or `first_seen_at`.
#[utoipa::path(tag = "auth", params(PageParameters), responses((status = 200, body = PageOf<SessionOut>)))]
#[get("/sessions")]
async fn list_sessions(me: SignedIn, page: Page) -> Result<PageOf<SessionOut>, Problem> {
    Ok(sessions::list(me.view(), &page.page).await?)
}

/// End your other sessions, or all of them
#[utoipa::path(tag = "auth", params(EndSessions), responses((status = 204, description = "They are over, and their tokens with them.")))]
#[delete("/sessions")]
async fn end_sessions(me: SignedIn, which: Query<EndSessions>) -> Result<NoContent, Problem> {
    me.run(async |tx| sessions::end_many(tx, which.0.scope).await).await?;
    Ok(NoContent)
}

/// End one of your sessions
#[utoipa::path(tag = "auth", params(("id" = SessionId, Path)), responses((status = 204, description = "It is over, and its tokens with it."), (status = 404, description = "You have no such session.")))]
#[delete("/sessions/{id}")]
async fn end_session(me: SignedIn, At(id): At<SessionId>) -> Result<NoContent, Problem> {
    me.run(async |tx| sessions::end_one(tx, id).await).await?;
    Ok(NoContent)
}
