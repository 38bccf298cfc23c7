//! Files that come in pieces, and answers that go out in pieces.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use actix_web::{
    App as ActixApp, HttpResponse,
    body::{BodySize, BoxBody, MessageBody},
    get,
    http::Method,
    middleware::from_fn,
    post,
    test::{TestRequest, call_service, init_service},
    web::Bytes,
};
use chrono::TimeDelta;
use futures_util::future::poll_fn;
use kernel::{
    Accepted, Can, Download, Feature, FileKind, Kind, OrgView, Problem, Upload,
    http::edge,
    testing::{Actor, App},
};
use serde_json::json;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    connection::exchange,
    demo::{
        READ, WRITE,
        organization::{PERMISSIONS, Read, Write},
    },
};

/// How many steps the operations here have taken.
#[derive(Clone, Default)]
struct Steps(Arc<AtomicUsize>);

impl Steps {
    fn taken(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

const BROKEN_OFF: &str = "response body write error: the answer broke off";

struct Note;

impl FileKind for Note {
    const TYPES: &'static [&'static str] = &["text/plain", "text/csv"];
    const LIMIT: u64 = 40;
    const PATIENCE: Duration = Duration::from_millis(50);
}

#[utoipa::path(request_body(content = String, content_type = "text/plain"))]
#[post("/notes")]
async fn take(can: Can<Write>, mut note: Upload<Note>) -> Result<HttpResponse, Problem> {
    if let Some(kept) = can.kept(&mut note).await? {
        return Ok(kept);
    }
    can.view().of::<Steps>().0.fetch_add(1, Ordering::SeqCst);
    let mut pieces = Vec::new();
    while let Some(piece) = note.piece(10).await? {
        pieces.push(String::from_utf8_lossy(&piece).into_owned());
    }
    let told = json!({ "pieces": pieces, "received": note.received(), "type": note.media_type() });
    can.answer(async |_| Ok(Accepted::beside("shelf/7", told))).await
}

#[utoipa::path]
#[get("/pages")]
async fn pages(can: Can<Read>) -> Result<HttpResponse, Problem> {
    let steps = Arc::clone(&can.view().of::<Steps>().0);
    let file = Download { media_type: "text/plain", name: "pages.txt" };
    can.stream(file, 0, async move |_: &OrgView, page: u8| {
        steps.fetch_add(1, Ordering::SeqCst);
        let text = if page == 1 { Bytes::new() } else { Bytes::from(format!("page {page}\n")) };
        Ok((page < 4).then_some((text, page + 1)))
    })
    .await
}

#[utoipa::path]
#[get("/torn")]
async fn half(can: Can<Read>) -> Result<HttpResponse, Problem> {
    let file = Download { media_type: "text/plain", name: "torn.txt" };
    let step = async |_: &OrgView, page: u8| {
        if page < 2 { Ok(Some(("half".into(), page + 1))) } else { Err(Kind::Internal.into()) }
    };
    can.stream(file, 0, step).await
}

#[utoipa::path]
#[get("/blank")]
async fn blank(can: Can<Read>) -> Result<HttpResponse, Problem> {
    let file = Download { media_type: "text/plain", name: "blank.txt" };
    can.stream(file, (), async |_: &OrgView, ()| Err(Kind::Conflict("not_now").into())).await
}

fn routes(api: &mut ServiceConfig<'_>) {
    api.service(take).service(pages).service(half).service(blank);
}

async fn app() -> App {
    let files = Feature::new("files")
        .organization_routes("/files", routes)
        .permissions(PERMISSIONS)
        .state(Steps::default());
    App::of(vec![files]).await
}

fn sender<'a>(app: &'a App, media_type: &str) -> Actor<'a> {
    app.member(&[WRITE]).with("content-type", media_type)
}

async fn send(actor: &Actor<'_>, body: &'static str) -> kernel::testing::Answer {
    actor.send(Method::POST, "/files/notes", body).await
}

/// The body of a GET, to be taken piece by piece.
pub async fn body(app: &App, member: &Actor<'_>, path: &str) -> BoxBody {
    let ground = app.ground.clone();
    let service =
        init_service(ActixApp::new().wrap(from_fn(edge)).configure(|app| ground.configure(app)))
            .await;
    let uri = format!("/api/v1/organizations/{}{path}", member.organization);
    let bearer = ("authorization", format!("Bearer {}", member.user()));
    let request = TestRequest::with_uri(&uri).insert_header(bearer).to_request();
    BoxBody::new(call_service(&service, request).await.into_body())
}

async fn piece(body: &mut BoxBody) -> Option<Result<String, String>> {
    let taken = poll_fn(|context| Pin::new(&mut *body).poll_next(context)).await;
    let text = |bytes: Bytes| String::from_utf8_lossy(&bytes).into_owned();
    taken.map(|it| it.map(text).map_err(|error| error.to_string()))
}

#[actix_web::test]
async fn a_file_is_read_in_pieces_of_one_size() {
    let app = app().await;
    let took = send(&sender(&app, "Text/CSV; charset=utf-8"), "ten bytes.and ten more.and").await;
    assert!(took.header("location").ends_with("/files/shelf/7"));
    let told = json!({ "pieces": ["ten bytes.", "and ten mo", "re.and"], "received": 26, "type": "text/csv" });
    assert_eq!(took.of(202), told);
    assert_eq!(send(&sender(&app, "text/csv"), "").await.of(202)["pieces"], json!([]));
}

/// ASVS 5.2.1, A16: what is too long, of another type or folded is told as such.
#[actix_web::test]
async fn a_file_that_is_not_wanted_is_refused() {
    let app = app().await;
    let long = "0123456789012345678901234567890123456789!";
    send(&sender(&app, "text/csv"), &long[..40]).await.of(202);
    send(&sender(&app, "text/csv"), long).await.problem(413, "too_large");
    let refused = send(&sender(&app, "application/json"), "{}").await;
    let told = refused.problem(415, "unsupported_media_type");
    assert_eq!(told["detail"], "Send text/plain or text/csv, not encoded.");
    let folded = sender(&app, "text/csv").with("content-encoding", "gzip");
    send(&folded, "{}").await.problem(415, "unsupported_media_type");
}

/// ASVS 15.2.2, A23: who announces more than they send is not waited for.
#[actix_web::test]
async fn a_file_that_does_not_come_is_not_waited_for() {
    let app = app().await;
    let member = app.member(&[WRITE]);
    let head = format!(
        "POST /api/v1/organizations/{}/files/notes HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {}\r\n\
         Content-Type: text/plain\r\n",
        member.organization,
        member.user()
    );
    let heard = exchange(&app.ground, &format!("{head}Content-Length: 30\r\n\r\nonly this")).await;
    assert!(heard.starts_with("HTTP/1.1 408") && heard.contains("request_timeout"), "{heard}");
    let chunk = format!("29\r\n{}\r\n0\r\n\r\n", "x".repeat(0x29));
    let long = format!("{head}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}");
    assert!(exchange(&app.ground, &long).await.starts_with("HTTP/1.1 413"), "nobody announced it");
}

/// R13: what was answered is answered again, whatever has become of the first since, and the file is
/// let pass.
#[actix_web::test]
async fn a_file_that_was_answered_before_is_not_taken_again() {
    let app = app().await;
    let steps = app.ground.db().registry().state::<Steps>();
    let sender = sender(&app, "text/csv");
    let keyed = sender.with("idempotency-key", "file-1");
    send(&keyed, "anvil").await.of(202);
    let again = send(&keyed, "anvil").await;
    assert_eq!((again.status, again.header("idempotency-replayed")), (202, "true"));
    assert_eq!(again.of(202)["pieces"], json!(["anvil"]));
    let long = "0123456789012345678901234567890123456789!";
    send(&keyed, long).await.problem(413, "too_large");
    send(&keyed, "hammer").await.problem(422, "idempotency_key_reused");
    assert_eq!(steps.taken(), 1);

    app.database.clock.advance(TimeDelta::hours(24));
    send(&keyed, "hammer").await.of(202);
    send(&sender, "hammer").await.of(202);
    assert_eq!(steps.taken(), 3, "without a key, or with one of long ago, each is the first");
}

/// R13: the digest of a file is known when it has passed.
#[actix_web::test]
async fn a_key_belongs_to_one_file() {
    let app = app().await;
    let sender = sender(&app, "text/csv").with("idempotency-key", "file-1");
    send(&sender, "anvil").await.of(202);
    let again = send(&sender, "anvil").await;
    assert_eq!((again.status, again.header("idempotency-replayed")), (202, "true"));
    send(&sender, "hammer").await.problem(422, "idempotency_key_reused");
}

/// R6: what a client does not take is not read.
#[actix_web::test]
async fn a_page_is_read_when_the_one_before_it_is_taken() {
    let app = app().await;
    let (member, steps) = (app.member(&[READ]), app.ground.db().registry().state::<Steps>());
    let mut body = body(&app, &member, "/files/pages").await;
    assert_eq!((body.size(), steps.taken()), (BodySize::Stream, 1));
    for (page, taken) in [("page 0\n", 1), ("page 2\n", 3), ("page 3\n", 4)] {
        assert_eq!((piece(&mut body).await, steps.taken()), (Some(Ok(page.into())), taken));
    }
    assert_eq!(piece(&mut body).await, None);

    let whole = member.get("/files/pages").await;
    assert_eq!(whole.header("content-disposition"), "attachment; filename=\"pages.txt\"");
    assert_eq!(
        (whole.header("cache-control"), &*whole.text),
        ("no-store", "page 0\npage 2\npage 3\n")
    );
}

/// ASVS 16.5.3: half an answer is never taken for the whole.
#[actix_web::test]
async fn an_answer_that_fails_halfway_has_no_end() {
    let app = app().await;
    let member = app.member(&[READ]);
    let mut torn = body(&app, &member, "/files/torn").await;
    assert_eq!(piece(&mut torn).await, Some(Ok("half".into())));
    assert_eq!(piece(&mut torn).await, Some(Ok("half".into())));
    assert_eq!(piece(&mut torn).await, Some(Err(BROKEN_OFF.into())));

    let request = format!(
        "GET /api/v1/organizations/{}/files/torn HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {}\r\n\r\n",
        member.organization,
        member.user()
    );
    let heard = exchange(&app.ground, &request).await;
    assert!(!heard.contains("\r\n0\r\n"), "{heard}");
    member.get("/files/blank").await.problem(409, "not_now");
}

/// ASVS 8.3.2: what one may do no more one may not do at the next page.
#[actix_web::test]
async fn who_loses_the_permission_gets_no_further_page() {
    let app = app().await;
    let (member, steps) = (app.member(&[READ]), app.ground.db().registry().state::<Steps>());
    let mut body = body(&app, &member, "/files/pages").await;
    assert_eq!(piece(&mut body).await, Some(Ok("page 0\n".into())));
    app.dismiss(&member);
    assert_eq!(piece(&mut body).await, Some(Err(BROKEN_OFF.into())));
    assert_eq!(steps.taken(), 1);
}
