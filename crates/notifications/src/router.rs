use actix_web::{
    HttpResponse, get, patch, post,
    web::{Json, Payload},
};
use kernel::{
    At, LastEventId, Merge, Page, PageOf, PageParameters, Problem, Query, Resource, SignedIn, Site,
    Valid,
};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    models::notification::NotificationId,
    schemas::{
        CountsOut, ListenFrom, NotificationFilter, NotificationIn, NotificationOut, ReadIn,
        TicketIn, TicketOut,
    },
    service::{inbox, listen},
};

pub fn routes(api: &mut ServiceConfig<'_>) {
    api.service(list_notifications)
        .service(count_notifications)
        .service(mark_all_notifications_read)
        .service(listen_to_notifications)
        .service(listen_by_websocket)
        .service(make_ticket)
        .service(read_notification)
        .service(mark_notification);
}

/// List your notifications
///
/// The last one first, unless you sort otherwise. They are kept for 180 days.
#[utoipa::path(tag = "notifications", params(PageParameters, NotificationFilter), responses((status = 200, body = PageOf<NotificationOut>)))]
#[get("")]
async fn list_notifications(
    me: SignedIn,
    Page { page, filter }: Page<NotificationFilter>,
) -> Result<PageOf<NotificationOut>, Problem> {
    Ok(inbox::list(me.view(), &page, filter.into()).await?)
}

/// Count your unread notifications
#[utoipa::path(tag = "notifications", responses((status = 200, body = CountsOut)))]
#[get("/counts")]
async fn count_notifications(me: SignedIn) -> Result<Json<CountsOut>, Problem> {
    Ok(Json(inbox::counts(me.view()).await?))
}

/// Read a notification
#[utoipa::path(tag = "notifications", params(("id" = NotificationId, Path)), responses((status = 200, body = NotificationOut), (status = 404, description = "There is none of this id in your inbox.")))]
#[get("/{id}")]
async fn read_notification(
    me: SignedIn,
    At(id): At<NotificationId>,
) -> Result<Resource<NotificationOut>, Problem> {
    Ok(Resource(inbox::read(me.view(), id).await?))
}

/// Mark a notification
///
/// As read or unread, and as put away or not.
#[utoipa::path(tag = "notifications", params(("id" = NotificationId, Path)), request_body(content = NotificationIn, content_type = "application/merge-patch+json"), responses((status = 200, body = NotificationOut), (status = 404, description = "There is none of this id in your inbox."), (status = 412, description = "Marked since the version you name.")))]
#[patch("/{id}")]
async fn mark_notification(
    me: SignedIn,
    At(id): At<NotificationId>,
    patch: Merge<NotificationIn>,
) -> Result<Resource<NotificationOut>, Problem> {
    Ok(Resource(me.run(async |tx| inbox::mark(tx, id, patch).await).await?))
}

/// Mark your notifications as read
///
/// All that had come when you last looked; what has come since stays unread.
#[utoipa::path(tag = "notifications", request_body = ReadIn, responses((status = 200, body = CountsOut)))]
#[post("/mark-all-read")]
async fn mark_all_notifications_read(
    me: SignedIn,
    read: Valid<ReadIn>,
) -> Result<HttpResponse, Problem> {
    let read = read.into_inner();
    me.answer(async |tx| Ok(HttpResponse::Ok().json(inbox::mark_all(tx, read).await?))).await
}

/// Listen to your notifications
///
/// Server-Sent Events: each `notification` with its `seq` as `id`; `counts` after whatever changes them;
/// `resync` where more has happened than is told again – read the list then. Come again with
/// `Last-Event-ID`, at any replica, and you miss nothing and hear nothing twice; without it you begin now.
#[utoipa::path(tag = "notifications", params(ListenFrom, ("Last-Event-ID" = Option<String>, Header, max_length = 64, description = "The `id` of the last event you have heard.")), responses((status = 200, description = "Events, for as long as you listen and are signed in.", content_type = "text/event-stream", body = NotificationOut), (status = 403, description = "The page is of an origin that may not listen (`origin_not_allowed`)."), (status = 429, description = "Too many listen in your name already.")))]
#[get("/stream")]
async fn listen_to_notifications(
    me: SignedIn,
    _: Site,
    Query(from): Query<ListenFrom>,
    LastEventId(last): LastEventId,
) -> Result<HttpResponse, Problem> {
    let listener = listen::listen(me.view(), last.or(from.last_event_id).as_deref()).await?;
    me.events(listener)
}

/// Listen to your notifications over a WebSocket
///
/// The same events, each a text message: `{"id": "7", "event": "notification", "data": {…}}`. It only
/// speaks: any message that you send closes it. It closes with 4401 when your session or token ends, 1001
/// when the server does – come again at once then –, 4408 where you take too long, 4429 where you send
/// too many frames, 1009 where you send a large one.
#[utoipa::path(tag = "notifications", params(ListenFrom), responses((status = 101, description = "Events, for as long as you listen and are signed in."), (status = 400, description = "It is not a WebSocket's request (`websocket_expected`)."), (status = 403, description = "The page is of an origin that may not listen (`origin_not_allowed`)."), (status = 429, description = "Too many listen in your name already.")))]
#[get("/ws")]
async fn listen_by_websocket(
    me: SignedIn,
    _: Site,
    Query(from): Query<ListenFrom>,
    body: Payload,
) -> Result<HttpResponse, Problem> {
    let listener = listen::listen(me.view(), from.last_event_id.as_deref()).await?;
    me.socket(body, listener).await
}

/// Make a ticket to listen with
///
/// For browsers, which cannot send a token with an `EventSource` or a WebSocket: open `path` with
/// `?ticket=`. Connect within a minute; then it is good to come again with, for as long as your session
/// lives. It is good nowhere else, and only for a page of the origin that it was made by.
#[utoipa::path(tag = "notifications", request_body = TicketIn, responses((status = 201, body = TicketOut), (status = 403, description = "The page is of an origin that may not listen (`origin_not_allowed`), or you have no session (`session_required`).")))]
#[post("/tickets")]
async fn make_ticket(
    me: SignedIn,
    site: Site,
    what: Valid<TicketIn>,
) -> Result<HttpResponse, Problem> {
    let what = what.into_inner();
    me.answer(async |tx| Ok(HttpResponse::Created().json(listen::ticket(tx, site, what).await?)))
        .await
}
