//! A page that shows the live inbox in a browser, in development only: an example of how to listen.

use actix_web::{
    HttpResponse,
    http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY},
    web::{self, ServiceConfig},
};

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                      form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

pub fn routes(app: &mut ServiceConfig) {
    app.route("/notifications/demo", web::get().to(page))
        .route("/notifications/demo/inbox.js", web::get().to(script))
        .route("/notifications/demo/style.css", web::get().to(style));
}

async fn page() -> HttpResponse {
    answer("text/html; charset=utf-8", include_str!("demo/page.html"))
}

async fn script() -> HttpResponse {
    answer("text/javascript; charset=utf-8", include_str!("demo/inbox.js"))
}

async fn style() -> HttpResponse {
    answer("text/css; charset=utf-8", include_str!("demo/style.css"))
}

fn answer(media_type: &'static str, text: &'static str) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((CACHE_CONTROL, "no-store"))
        .content_type(media_type)
        .body(text)
}
