//! Proving the mailbox that is to take the place of the account's.

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{self, Query, ServiceConfig},
};
use kernel::{Anyone, Fault, Form, Kind as Failure, Problem};
use notifications::{Language, LinkForm, LinkPage};

use super::{Token, busy, over, say};
use crate::{
    models::link::Kind,
    service::{links, verify},
};

const PATH: &str = "/links/change-email";

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
    match links::live(door.view(), &[Kind::ChangeEmail], &token).await {
        Ok(_) => Ok(ask(language, &token)),
        Err(error) => over(language, error),
    }
}

async fn confirm(
    door: Anyone,
    request: HttpRequest,
    Form(Token { token }): Form<Token>,
) -> Result<HttpResponse, Problem> {
    let language = Language::asked_by(&request);
    let link = links::live(door.view(), &[Kind::ChangeEmail], &token).await;
    let confirmed = match link {
        Ok(_) => verify::verify(&door, &token, None).await,
        Err(error) => Err(error),
    };
    match confirmed {
        Ok(()) => Ok(say(StatusCode::OK, language, done(language))),
        Err(error) => match error.kind() {
            Failure::Unavailable(_) => Ok(busy(language)),
            Failure::Conflict(_) | Failure::Forbidden(_) => {
                Ok(say(StatusCode::CONFLICT, language, taken(language)))
            }
            _ => over(language, error),
        },
    }
}

fn ask(language: Language, token: &str) -> HttpResponse {
    let (title, text, button) = match language {
        Language::English => (
            "Confirm your new mail address",
            "Press the button to confirm that this mailbox is yours. From then on you sign in with it.",
            "Confirm address",
        ),
        Language::German => (
            "Bestätige deine neue Mailadresse",
            "Drücke auf den Knopf, um zu bestätigen, dass dieses Postfach dir gehört. Von da an meldest du dich damit an.",
            "Adresse bestätigen",
        ),
    };
    let forms = vec![LinkForm { action: PATH, token, fields: Vec::new(), button }];
    LinkPage { title, text, forms }.answer(StatusCode::OK, language)
}

fn done(language: Language) -> (&'static str, &'static str) {
    match language {
        Language::English => ("Thank you", "Your account has this address now. Sign in with it."),
        Language::German => ("Danke", "Dein Konto hat jetzt diese Adresse. Melde dich damit an."),
    }
}

fn taken(language: Language) -> (&'static str, &'static str) {
    match language {
        Language::English => (
            "This address has an account",
            "By now another account has this address. Yours keeps the one that it has.",
        ),
        Language::German => (
            "Diese Adresse hat ein Konto",
            "Inzwischen hat ein anderes Konto diese Adresse. Deines behält die, die es hat.",
        ),
    }
}
