//! The small pages behind mailed links: readable on a phone, without a script.

use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY},
    },
    web::{self, ServiceConfig},
};
use minijinja::{Environment, context};

use crate::Language;

const POLICY: &str = "default-src 'none'; style-src 'self'; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";

/// A page behind a mailed link. Showing it changes nothing; only its form does.
#[derive(Debug)]
pub struct LinkPage<'a> {
    /// What it says first.
    pub title: &'a str,
    /// What else it says.
    pub text: &'a str,
    /// What there is to do.
    pub form: Option<LinkForm<'a>>,
}

/// The one thing to do on a page.
#[derive(Debug)]
pub struct LinkForm<'a> {
    /// The path it is sent to.
    pub action: &'a str,
    /// The token of the link.
    pub token: &'a str,
    /// What the button says.
    pub button: &'a str,
}

impl LinkPage<'_> {
    /// The page as an answer of this status.
    pub fn answer(&self, status: StatusCode, language: Language) -> HttpResponse {
        let mut templates = Environment::new();
        let page = templates.add_template("page.html", include_str!("templates/page.html"));
        let html = page.and_then(|()| {
            let form = self.form.as_ref().map(|it| {
                context! { action => it.action, token => it.token, button => it.button }
            });
            let page = context! { title => self.title, text => self.text, form };
            let values = context! { page, language => language.tag() };
            templates.get_template("page.html")?.render(values)
        });
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
