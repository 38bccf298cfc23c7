//! Proving a mailbox.

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{self, Query, ServiceConfig},
};
use kernel::{Anyone, Fault, Form, Kind, Problem};
use notifications::{Language, LinkForm, LinkPage};

use super::{Token, busy, say};
use crate::{Error, service::verify};

const PATH: &str = "/links/verify-email";

pub fn routes(app: &mut ServiceConfig) {
    let page = web::resource(PATH).route(web::get().to(show)).route(web::post().to(confirm));
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
    let forms = vec![LinkForm { action: PATH, token, fields: Vec::new(), button }];
    LinkPage { title, text, forms }.answer(StatusCode::OK, language)
}

fn confirmed(language: Language) -> HttpResponse {
    let text = match language {
        Language::English => ("Thank you", "Your address is confirmed. You can sign in now."),
        Language::German => {
            ("Danke", "Deine Adresse ist bestätigt. Du kannst dich jetzt anmelden.")
        }
    };
    say(StatusCode::OK, language, text)
}

fn expired(language: Language) -> HttpResponse {
    let text = match language {
        Language::English => (
            "This link is over",
            "It has been used, has expired or was replaced by a newer one. Ask for another where you signed up.",
        ),
        Language::German => (
            "Dieser Link gilt nicht mehr",
            "Er wurde schon benutzt, ist abgelaufen oder durch einen neueren ersetzt. Fordere dort, wo du dich registriert hast, einen neuen an.",
        ),
    };
    say(StatusCode::GONE, language, text)
}
