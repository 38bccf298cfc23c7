//! What mailed links open: a page that changes nothing by being looked at.

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{self, Query, ServiceConfig},
};
use kernel::{Anyone, Fault, Form, Kind, Problem};
use notifications::{Language, LinkForm, LinkPage};
use serde::Deserialize;

use crate::{Error, service::verify};

const VERIFY: &str = "/links/verify-email";

/// The token of a link, in its address or in the page's form.
#[derive(Deserialize)]
struct Token {
    #[serde(default)]
    token: String,
}

pub fn routes(app: &mut ServiceConfig) {
    let page = web::resource(VERIFY).route(web::get().to(show)).route(web::post().to(confirm));
    app.service(page);
}

/// Mail scanners open links too: only the button confirms (A10).
async fn show(
    door: Anyone,
    request: HttpRequest,
    Query(Token { token }): Query<Token>,
) -> Result<HttpResponse, Problem> {
    let language = Language::asked_by(&request);
    let live = verify::is_live(door.view(), &token).await?;
    Ok(if live { ask(language, &token) } else { expired(language) })
}

async fn confirm(
    door: Anyone,
    request: HttpRequest,
    Form(Token { token }): Form<Token>,
) -> Result<HttpResponse, Problem> {
    let language = Language::asked_by(&request);
    match verify::verify(&door, &token).await {
        Ok(()) => Ok(confirmed(language)),
        Err(error) if matches!(error.kind(), Kind::Gone(_)) => Ok(expired(language)),
        Err(error) if matches!(error.kind(), Kind::Unavailable(_)) => Ok(busy(language)),
        Err(error) => Err(Error::into(error)),
    }
}

fn ask(language: Language, token: &str) -> HttpResponse {
    let (title, text, button) = match language {
        Language::English => (
            "Confirm your mail address",
            "Press the button to confirm that this mailbox is yours.",
            "Confirm address",
        ),
        Language::German => (
            "Bestätige deine Mailadresse",
            "Drücke auf den Knopf, um zu bestätigen, dass dieses Postfach dir gehört.",
            "Adresse bestätigen",
        ),
    };
    let form = Some(LinkForm { action: VERIFY, token, button });
    LinkPage { title, text, form }.answer(StatusCode::OK, language)
}

fn confirmed(language: Language) -> HttpResponse {
    let (title, text) = match language {
        Language::English => ("Thank you", "Your address is confirmed. You can sign in now."),
        Language::German => {
            ("Danke", "Deine Adresse ist bestätigt. Du kannst dich jetzt anmelden.")
        }
    };
    LinkPage { title, text, form: None }.answer(StatusCode::OK, language)
}

fn busy(language: Language) -> HttpResponse {
    let (title, text) = match language {
        Language::English => {
            ("Please try again", "This cannot be done right now. Reload the page in a moment.")
        }
        Language::German => (
            "Bitte versuche es noch einmal",
            "Das geht gerade nicht. Lade die Seite gleich noch einmal.",
        ),
    };
    LinkPage { title, text, form: None }.answer(StatusCode::SERVICE_UNAVAILABLE, language)
}

fn expired(language: Language) -> HttpResponse {
    let (title, text) = match language {
        Language::English => (
            "This link is over",
            "It has been used, has expired or was replaced by a newer one. Ask for another where you signed up.",
        ),
        Language::German => (
            "Dieser Link gilt nicht mehr",
            "Er wurde schon benutzt, ist abgelaufen oder durch einen neueren ersetzt. Fordere dort, wo du dich registriert hast, einen neuen an.",
        ),
    };
    LinkPage { title, text, form: None }.answer(StatusCode::GONE, language)
}
