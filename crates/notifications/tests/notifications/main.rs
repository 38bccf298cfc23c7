//! Mails and pages, with a feature of the tests that greets people.
#![recursion_limit = "256"]
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "what helps a test may end it")]

mod api;
mod config;
mod delivery;
mod demo;
mod inbox;
mod integration;
mod listening;
mod marking;
mod notify;
mod numbering;
mod post;
mod sockets;
mod tickets;

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{self, ServiceConfig},
};
use chrono::{DateTime, Utc};
use kernel::{
    Env, Feature, UserId,
    testing::{App, MailCatcher},
};
use notifications::{
    Channel, Language, LinkField, LinkForm, LinkPage, Mail, Notice, Recipient, Topic, Window,
    Wording, Words, Writing,
};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};
use serde_json::{Value, json};

const PUBLIC_URL: &str = "https://app.example.com/base";

static MAILS: [Mail; 2] = [
    Mail {
        kind: "greeter.welcome",
        english: "{% extends layout %}{% block subject %}Welcome, {{ name }}{% endblock %}\
                  {% block text %}Dear {{ name }},\n\nnice to see you.{% endblock %}\
                  {% block action %}Look around{% endblock %}",
        german: "{% extends layout %}{% block subject %}Grüß Gott, {{ name }}{% endblock %}\
                 {% block text %}Schön, dass Sie da sind.{% endblock %}\
                 {% block action %}Umsehen{% endblock %}",
    },
    Mail { kind: "greeter.broken", english: "{% extends nothing %}", german: "{{" },
];

static WELCOME: &Mail = &MAILS[0];
static BROKEN: &Mail = &MAILS[1];

static TOPICS: [Topic; 2] = [
    Topic {
        key: "greeter.waved",
        english: Wording {
            about: "Somebody waves at you.",
            title: "{{ name }} waves",
            body: "From {{ place }}.",
        },
        german: Wording {
            about: "Jemand winkt Ihnen.",
            title: "{{ name }} winkt",
            body: "Aus {{ place }}.",
        },
        in_app: Channel::On,
        email: Channel::Off,
        window: Window::Immediate,
        words: Words::Ours,
    },
    Topic {
        key: "greeter.called",
        english: Wording { about: "Somebody calls.", title: "", body: "" },
        german: Wording { about: "Jemand ruft.", title: "", body: "" },
        in_app: Channel::On,
        email: Channel::On,
        window: Window::Digest,
        words: Words::Theirs,
    },
];

static WAVED: &Topic = &TOPICS[0];
static CALLED: &Topic = &TOPICS[1];

/// Declared by nobody, as one that an older release has queued.
static FORGOTTEN: Mail = Mail { kind: "greeter.forgotten", ..MAILS[0] };

/// The feature below a greeter, with mail going to `url`.
async fn app(url: &str) -> App {
    App::of(features(url)).await
}

fn features(url: &str) -> Vec<Feature> {
    let env = Env::of([
        ("MAIL_URL", url),
        ("MAIL_FROM", "Groundwork <post@example.org>"),
        ("PUBLIC_URL", PUBLIC_URL),
        ("CORS_ORIGINS", "https://other.example.com"),
    ]);
    let greeter = Feature::new("greeter").declare(&MAILS).declare(&TOPICS);
    let greeter = greeter.pages(|app: &mut ServiceConfig| {
        app.route("/links/greet", web::get().to(page)).route("/links/join", web::get().to(form));
    });
    let below = notifications::feature(&env);
    env.check().unwrap();
    vec![below, greeter]
}

async fn page(request: HttpRequest) -> HttpResponse {
    let (action, token) = ("/links/greet", "\"><script>");
    let form = LinkForm { action, token, fields: Vec::new(), button: "<Go>" };
    let page = LinkPage { title: "Tom & <b>Jerry</b>", text: "{{7*7}} '\"", forms: vec![form] };
    page.answer(StatusCode::OK, Language::asked_by(&request))
}

/// A page with a form that was not filled in well.
async fn form(request: HttpRequest) -> HttpResponse {
    let field = |name, writing, value| LinkField {
        name,
        label: "Your <name>",
        value,
        writing,
        hint: "",
        fault: "",
    };
    let fields = vec![
        field("email", Writing::Address, "ada@example.com"),
        LinkField { fault: "It's \"empty\"", ..field("name", Writing::Name, "\"><script>") },
        LinkField { hint: "<15>", ..field("password", Writing::NewPassword, "s3cret") },
    ];
    let filled = LinkForm { action: "/links/join", token: "t", fields, button: "Join" };
    let other = LinkForm { action: "/links/join/no", token: "t", fields: Vec::new(), button: "No" };
    let page = LinkPage { title: "Join", text: "One.\n\nTwo <b>.", forms: vec![filled, other] };
    page.answer(StatusCode::UNPROCESSABLE_ENTITY, Language::asked_by(&request))
}

/// An application whose mail a catcher catches, and somebody in Vienna with this language.
async fn caught(locale: &str) -> (App, MailCatcher, UserId) {
    let catcher = MailCatcher::start();
    let app = app(&catcher.url()).await;
    let user = somebody(&app, "Ada@Example.com", locale).await;
    (app, catcher, user)
}

async fn somebody(app: &App, address: &str, locale: &str) -> UserId {
    let user = app.staff(&[]).user();
    write_to(app, user, address, locale).await;
    user
}

async fn write_to(app: &App, user_id: UserId, address: &str, locale: &str) {
    let recipient = Recipient {
        user_id,
        address: address.to_owned(),
        locale: locale.to_owned(),
        time_zone: "Europe/Vienna".to_owned(),
        updated_at: app.database.clock().now(),
    };
    let door = app.database.system();
    door.run(async |tx| notifications::recipient(tx, recipient).await).await.unwrap();
}

async fn queue(app: &App, to: UserId, mail: &'static Mail, values: Value) {
    let door = app.database.system();
    let queued = door.run(async |tx| notifications::mail(tx, to, mail, values));
    queued.await.unwrap();
}

async fn queue_to(app: &App, address: &str, locale: &str, values: Value) {
    let door = app.database.system();
    let queued = door.run(async |tx| notifications::mail_to(tx, address, locale, WELCOME, values));
    queued.await.unwrap();
}

async fn welcome(app: &App, to: UserId) {
    let link = notifications::link(app.database.system().view(), "greet", "t0ken");
    queue(app, to, WELCOME, json!({ "name": "Ada", "link": link })).await;
}

/// Waves at somebody so often, and has it delivered.
async fn wave_at(app: &App, user: UserId, times: usize) {
    let wave = || Notice::of(json!({ "name": "Ada", "place": "Vienna" }));
    let door = app.database.system();
    let waving = door.run(async |tx| {
        (0..times).try_for_each(|_| notifications::notify(tx, user, WAVED, wave()))
    });
    waving.await.unwrap();
    app.run_duties().await;
}

/// The places of these items, in their order.
fn places(page: &Value) -> Vec<i64> {
    page["items"].as_array().unwrap().iter().map(|it| it["seq"].as_i64().unwrap()).collect()
}

/// A mail that is still to be sent.
#[derive(Debug)]
struct Waiting {
    state: String,
    attempts: i32,
    error: String,
    run_at: DateTime<Utc>,
}

async fn waiting(app: &App) -> Vec<Waiting> {
    let door = app.database.system();
    let sql = "select state, attempts, last_error, run_at from jobs \
               where kind = 'notifications.send_mail' order by id";
    let backend = door.view().get_database_backend();
    let rows = Statement::from_sql_and_values(backend, sql, []);
    let rows = door.view().query_all_raw(rows).await.unwrap();
    let read = |row: &sea_orm::QueryResult| {
        let error = row.try_get_by_index::<Option<String>>(2)?.unwrap_or_default();
        let (state, attempts) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        Ok::<_, DbErr>(Waiting { state, attempts, error, run_at: row.try_get_by_index(3)? })
    };
    rows.iter().map(|row| read(row).unwrap()).collect()
}

/// What the queue holds of the one mail that waits, in hexadecimal digits.
async fn payload(app: &App) -> String {
    let door = app.database.system();
    let backend = door.view().get_database_backend();
    let sql = match backend {
        DbBackend::Sqlite => "select hex(payload) from jobs where kind like 'notifications.%'",
        _ => "select encode(payload, 'hex') from jobs where kind like 'notifications.%'",
    };
    let ask = Statement::from_sql_and_values(backend, sql, []);
    let row = door.view().query_one_raw(ask).await.unwrap().unwrap();
    row.try_get_by_index(0).unwrap()
}

/// Text as it stands among hexadecimal digits.
fn digits(text: &str) -> String {
    let halves = text.bytes().flat_map(|it| [it >> 4, it & 15]);
    halves.filter_map(|it| char::from_digit(it.into(), 16)).collect()
}

/// Does this to the database, past every feature.
async fn tamper(app: &App, sql: &str) {
    let door = app.database.system();
    door.run(async |tx| tx.execute_unprepared(sql).await).await.unwrap();
}

/// The one number that this asks for.
async fn number(app: &App, sql: &str) -> i64 {
    let door = app.database.system();
    let ask = Statement::from_sql_and_values(door.view().get_database_backend(), sql, []);
    let row = door.view().query_one_raw(ask).await.unwrap().unwrap();
    row.try_get_by_index(0).unwrap()
}

/// A header of a mail as it came, empty where there is none.
fn header<'a>(mail: &'a kernel::testing::Mail, name: &str) -> &'a str {
    let head = mail.raw.split("\r\n\r\n").next().unwrap();
    let lines = head.lines().filter_map(|line| line.split_once(": "));
    lines.into_iter().find(|(it, _)| *it == name).map(|(_, value)| value).unwrap_or_default()
}
