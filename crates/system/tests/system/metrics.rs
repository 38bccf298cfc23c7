//! What Prometheus reads.

use actix_web::{
    App as ActixApp,
    http::Method,
    test::{TestRequest, call_and_read_body, init_service},
};
use chrono::TimeDelta;
use kernel::{Env, testing::App};
use tokio::sync::Mutex;

use crate::{app, app_in, enqueue};

const TOKEN: &str = "sixteen-characters-or-more";

/// The recorder is one for the process, so tests that compare what it says take turns.
static TURN: Mutex<()> = Mutex::const_new(());

async fn metrics(app: &App) -> String {
    let answer = app.stranger().get("//metrics").await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "text/plain; version=0.0.4"));
    answer.text
}

/// What a gauge or counter without labels says.
fn value<'a>(text: &'a str, name: &str) -> &'a str {
    text.lines().find_map(|line| line.strip_prefix(&format!("{name} "))).unwrap()
}

/// ASVS 13.4.5: in development for everybody, else for nobody but who is told of.
#[actix_web::test]
async fn only_who_was_given_a_way_reads_metrics() {
    let production = ("APP_ENV", "production");
    let apart = ("METRICS_LISTEN", "127.0.0.1:0");
    let token = ("SYSTEM_METRICS_TOKEN", TOKEN);
    for (pairs, anybody, bearer) in [
        (vec![], 200, 200),
        (vec![production], 404, 404),
        (vec![apart], 404, 404),
        (vec![token], 404, 200),
        (vec![production, token], 404, 200),
        (vec![production, token, apart], 404, 200),
    ] {
        let app = app_in(&pairs).await;
        let given = format!("Bearer {TOKEN}");
        assert_eq!(app.stranger().get("//metrics").await.status, anybody, "{pairs:?}");
        let with = app.stranger().with("authorization", &given).get("//metrics").await;
        assert_eq!(with.status, bearer, "{pairs:?}");
    }
}

#[actix_web::test]
async fn a_token_that_is_not_the_one_finds_nothing() {
    let app = app_in(&[("SYSTEM_METRICS_TOKEN", TOKEN)]).await;
    for wrong in [
        "",
        "Bearer",
        "Bearer ",
        TOKEN,
        "Bearer sixteen-characters-or-mor",
        "Bearer sixteen-characters-or-more2",
    ] {
        let answer = app.stranger().with("authorization", wrong).get("//metrics").await;
        assert!(!answer.text.contains("database_"), "{}", answer.text);
        answer.problem(404, "not_found");
    }
    app.staff(&["system:read"]).get("//metrics").await.problem(404, "not_found");
}

/// ASVS 13.3.1: a token that can be guessed stops the start, and is not told.
#[actix_web::test]
async fn a_short_token_is_refused() {
    let env = Env::of([("SYSTEM_METRICS_TOKEN", "hunter2")]);
    let _ = system::feature(&env);
    let told = env.check().unwrap_err().to_string();
    assert!(told.contains("SYSTEM_METRICS_TOKEN must have at least 16"), "{told}");
    assert!(!told.contains("hunter2"), "{told}");
}

#[actix_web::test]
async fn whoever_reaches_the_listener_apart_reads_metrics_and_nothing_else() {
    let app = app_in(&[("METRICS_LISTEN", "127.0.0.1:0")]).await;
    let apart = ActixApp::new().configure(|it| system::serve_metrics(&app.ground, it));
    let apart = init_service(apart).await;
    let read = call_and_read_body(&apart, TestRequest::with_uri("/metrics").to_request()).await;
    assert!(String::from_utf8_lossy(&read).contains("database_connections"));
    for path in ["/livez", "/api/v1/system/info", "/"] {
        let request = TestRequest::with_uri(path).to_request();
        assert_eq!(actix_web::test::call_service(&apart, request).await.status(), 404);
    }
}

#[actix_web::test]
async fn gauges_tell_of_the_database_and_the_queue() {
    let _turn = TURN.lock().await;
    let app = app().await;
    enqueue(&app).await;
    app.database.clock.advance(TimeDelta::seconds(90));
    let text = metrics(&app).await;
    let number = |name| value(&text, name).parse::<u32>().unwrap();
    assert!(number("database_connections") >= 2, "{text}");
    assert!(number("database_connections_idle") <= number("database_connections"), "{text}");
    assert!(number("database_statements_total") >= 3, "{text}");
    let jobs = ["jobs_waiting", "jobs_dead", "jobs_lag_seconds"];
    assert_eq!(jobs.map(|name| value(&text, name)), ["1", "0", "90"]);

    app.run_jobs().await;
    let text = metrics(&app).await;
    assert_eq!(jobs.map(|name| value(&text, name)), ["0", "1", "0"]);
    assert!(text.contains(r#"jobs_total{kind="test.failing",outcome="dead"} 1"#), "{text}");
}

#[actix_web::test]
async fn requests_are_counted_by_route_method_and_status() {
    let _turn = TURN.lock().await;
    let app = app().await;
    app.stranger().get("//livez").await.ok();
    app.stranger().get("/api/v1/system/info").await.of(401);
    let text = metrics(&app).await;
    assert!(
        text.contains(r#"http_requests_total{method="GET",route="/livez",status="200"}"#),
        "{text}"
    );
    let refused = r#"{method="GET",route="/api/v1/system/info",status="401"}"#;
    assert!(text.contains(refused) && text.contains("http_request_seconds_bucket"), "{text}");
}

/// A20: what a client makes up does not become a series.
#[actix_web::test]
async fn made_up_paths_and_methods_add_no_series() {
    let _turn = TURN.lock().await;
    let app = app().await;
    let knock = async |round: u32| {
        for path in ["//livez/canary", "//canary", "/api/v1/canary", "/api/v1/system/canary"] {
            let path = format!("{path}{round}?canary={round}");
            app.stranger().get(&path).await.of(404);
            let made_up = Method::from_bytes(format!("CANARY{round}").as_bytes()).unwrap();
            app.stranger().send(made_up, &path, "").await;
        }
    };
    knock(0).await;
    let series = metrics(&app).await.lines().count();
    for round in 1..5 {
        knock(round).await;
    }
    let text = metrics(&app).await;
    assert!(!text.to_lowercase().contains("canary"), "{text}");
    assert!(text.lines().count() <= series + 20, "{text}");
    assert!(text.contains(r#"method="other""#) && text.contains(r#"route="unmatched""#), "{text}");
}
