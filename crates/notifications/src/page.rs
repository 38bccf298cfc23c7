//! The small pages behind mailed links: readable on a phone, without a script.

use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY},
    },
    web::{self, ServiceConfig},
};
use minijinja::{Environment, value::Serde};
use serde::Serialize;

use crate::Language;

const POLICY: &str = "default-src 'none'; style-src 'self'; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";

/// A page behind a mailed link. Showing it changes nothing; only its forms do.
#[derive(Debug, Serialize)]
pub struct LinkPage<'a> {
    /// What it says first.
    pub title: &'a str,
    /// What else it says.
    pub text: &'a str,
    /// What there is to do, the likeliest first.
    pub forms: Vec<LinkForm<'a>>,
}

/// One thing to do on a page.
#[derive(Debug, Serialize)]
pub struct LinkForm<'a> {
    /// The path it is sent to.
    pub action: &'a str,
    /// The token of the link.
    pub token: &'a str,
    /// What there is to fill in.
    pub fields: Vec<LinkField<'a>>,
    /// What the button says.
    pub button: &'a str,
}

/// What somebody fills in.
#[derive(Debug, Serialize)]
pub struct LinkField<'a> {
    /// What the form calls it.
    pub name: &'a str,
    /// What the reader calls it.
    pub label: &'a str,
    /// What stands in it.
    pub value: &'a str,
    /// What kind of text it takes.
    pub writing: Writing,
    /// What to know before filling it in; may be empty.
    pub hint: &'a str,
    /// What is wrong with what was filled in; empty where nothing is.
    pub fault: &'a str,
}

/// What kind of text a field takes: browsers and password managers fill in by it (WCAG 1.3.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Writing {
    /// The address of the account; it stands there already.
    Address,
    /// What somebody is called.
    Name,
    /// A password to be; it is never sent back.
    NewPassword,
}

/// The page as its template reads it.
#[derive(Serialize)]
struct Shown<'a> {
    page: &'a LinkPage<'a>,
    language: &'static str,
}

impl LinkPage<'_> {
    /// The page as an answer of this status.
    pub fn answer(&self, status: StatusCode, language: Language) -> HttpResponse {
        let mut templates = Environment::new();
        let page = templates.add_template("page.html", include_str!("templates/page.html"));
        let shown = Shown { page: self, language: language.tag() };
        let html = page.and_then(|()| templates.get_template("page.html")?.render(Serde(&shown)));
        match html {
            Ok(html) => HttpResponse::build(status)
                .insert_header((CONTENT_SECURITY_POLICY, POLICY))
                .insert_header((CACHE_CONTROL, "no-store"))
                .insert_header((CONTENT_LANGUAGE, language.tag()))
                .content_type("text/html; charset=utf-8")
                .body(html),
            Err(error) => {
                tracing::error!(%error, "a page cannot be rendered");
                HttpResponse::InternalServerError().finish()
            }
        }
    }
}

pub fn routes(app: &mut ServiceConfig) {
    app.route("/links/style.css", web::get().to(style));
}

async fn style() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "public, max-age=3600"))
        .content_type("text/css; charset=utf-8")
        .body(include_str!("templates/style.css"))
}
