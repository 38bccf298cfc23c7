//! What mailed links open: a page that changes nothing by being looked at.

mod change_email;
mod invitation;
mod invitation_texts;
mod password;
mod password_texts;

use actix_web::{HttpResponse, http::StatusCode, web::ServiceConfig};
use kernel::{Fault, Kind, Problem};
use notifications::{Language, LinkField, LinkPage, Writing};
use serde::Deserialize;

use crate::Error;

/// The token of a link, in its address or in the page's form.
#[derive(Deserialize)]
struct Token {
    #[serde(default)]
    token: String,
}

pub fn routes(app: &mut ServiceConfig) {
    password::routes(app);
    change_email::routes(app);
    invitation::routes(app);
}

/// A page on which there is nothing to do.
fn say(status: StatusCode, language: Language, (title, text): (&str, &str)) -> HttpResponse {
    LinkPage { title, text, forms: Vec::new() }.answer(status, language)
}

/// A field of a form, with nothing to say beside it.
fn field<'a>(name: &'a str, label: &'a str, value: &'a str, writing: Writing) -> LinkField<'a> {
    LinkField { name, label, value, writing, hint: "", fault: "" }
}

/// A link that is over is told so; what else went wrong is the ground's to tell.
fn over(language: Language, error: Error) -> Result<HttpResponse, Problem> {
    if !matches!(error.kind(), Kind::Gone(_)) {
        return Err(error.into());
    }
    let text = match language {
        Language::English => (
            "This link is over",
            "It has been used, has expired or was replaced by a newer one. Ask for another where you asked for this one.",
        ),
        Language::German => (
            "Dieser Link gilt nicht mehr",
            "Er wurde schon benutzt, ist abgelaufen oder durch einen neueren ersetzt. Fordere einen neuen dort an, wo du diesen angefordert hast.",
        ),
    };
    Ok(say(StatusCode::GONE, language, text))
}

fn busy(language: Language) -> HttpResponse {
    let text = match language {
        Language::English => {
            ("Please try again", "This cannot be done right now. Reload the page in a moment.")
        }
        Language::German => (
            "Bitte versuche es noch einmal",
            "Das geht gerade nicht. Lade die Seite gleich noch einmal.",
        ),
    };
    say(StatusCode::SERVICE_UNAVAILABLE, language, text)
}
