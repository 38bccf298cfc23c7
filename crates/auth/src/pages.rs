//! What mailed links open: a page that changes nothing by being looked at.

mod invitation;
mod invitation_texts;
mod verify;

use actix_web::{HttpResponse, http::StatusCode, web::ServiceConfig};
use notifications::{Language, LinkPage};
use serde::Deserialize;

/// The token of a link, in its address or in the page's form.
#[derive(Deserialize)]
struct Token {
    #[serde(default)]
    token: String,
}

pub fn routes(app: &mut ServiceConfig) {
    verify::routes(app);
    invitation::routes(app);
}

/// A page on which there is nothing to do.
fn say(status: StatusCode, language: Language, (title, text): (&str, &str)) -> HttpResponse {
    LinkPage { title, text, forms: Vec::new() }.answer(status, language)
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
