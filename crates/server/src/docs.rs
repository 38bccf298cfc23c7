//! The OpenAPI document and its browser, both offline.

use actix_web::{
    HttpResponse,
    http::header::CONTENT_SECURITY_POLICY,
    middleware::DefaultHeaders,
    web::{self, Bytes, ServiceConfig},
};
use kernel::Ground;
use utoipa::openapi::{InfoBuilder, OpenApi};
use utoipa_swagger_ui::{Config, SwaggerUi};

/// What the browser of the document needs: its own files, and styles that it writes itself.
const POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                      frame-ancestors 'none'";

const DOCUMENT: &str = "/openapi.json";

/// The features' document, with what is not theirs to say.
pub fn complete(mut document: OpenApi) -> OpenApi {
    document.info = InfoBuilder::new()
        .title("Groundwork")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "The backend a team starts a multi-tenant product from. Send the `access_token` of \
             `POST /api/v1/auth/login` as `Authorization: Bearer`.",
        ))
        .build();
    document
}

/// The document as it is served.
pub fn written(ground: &Ground) -> Bytes {
    serde_json::to_vec(&complete(ground.document().clone())).unwrap_or_default().into()
}

/// Mounts `/openapi.json` and `/docs`.
pub fn configure(document: Bytes, app: &mut ServiceConfig) {
    let document = move || {
        let document = document.clone();
        async move { HttpResponse::Ok().content_type("application/json").body(document) }
    };
    let browser = SwaggerUi::new("/docs/{_:.*}").config(Config::from(DOCUMENT));
    let policy = DefaultHeaders::new()
        .add((CONTENT_SECURITY_POLICY, POLICY))
        .add(("cross-origin-opener-policy", "same-origin"));
    app.route(DOCUMENT, web::get().to(document)).route("/docs", web::get().to(docs)).service(
        web::scope("")
            .guard(actix_web::guard::fn_guard(|it| it.head().uri.path().starts_with("/docs/")))
            .wrap(policy)
            .service(browser),
    );
}

async fn docs() -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header(("location", "/docs/")).finish()
}
