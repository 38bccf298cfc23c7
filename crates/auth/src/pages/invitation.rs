//! Answering an invitation without a program of one's own: whoever has no account makes one here.

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{self, Query, ServiceConfig},
};
use kernel::{Anyone, Door, Fault, Form, Invalid, Kind, Problem, Refusal, View, http::checked};
use notifications::{Language, LinkField, LinkForm, LinkPage, Writing};
use organizations::PreviewOut;
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;

use super::{Token, busy, field, invitation_texts as texts, say};
use crate::{Error, Password, RegisterIn, config::password_least, service::invited};

const PATH: &str = "/links/invitation";
const DECLINE: &str = "/links/invitation/decline";

/// What the page's form sends; the address is the invitation's, whatever stands in the form.
#[derive(Deserialize)]
struct Filled {
    #[serde(default)]
    token: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: String,
}

/// Where a form was not filled in well.
#[derive(Default)]
struct Faults {
    name: String,
    password: String,
}

pub fn routes(app: &mut ServiceConfig) {
    let page = web::resource(PATH).route(web::get().to(show)).route(web::post().to(join));
    app.service(page).service(web::resource(DECLINE).route(web::post().to(decline)));
}

/// Mail scanners open links too: only a button answers (A10).
async fn show(
    door: Anyone,
    request: HttpRequest,
    Query(Token { token }): Query<Token>,
) -> Result<HttpResponse, Problem> {
    let language = Language::asked_by(&request);
    match organizations::preview(door.view(), &token).await {
        Ok(it) if it.account_exists => Ok(sign_in(StatusCode::OK, language, &it, &token)),
        Ok(it) => ask(language, &door, &it, &Filled::of(token), &Faults::default()).await,
        Err(error) => otherwise(language, error.into()),
    }
}

async fn join(
    door: Anyone,
    request: HttpRequest,
    Form(filled): Form<Filled>,
) -> Result<HttpResponse, Problem> {
    let language = Language::asked_by(&request);
    match organizations::preview(door.view(), &filled.token).await {
        Ok(it) => outcome(language, &door, &it, &filled).await,
        Err(error) => otherwise(language, error.into()),
    }
}

async fn decline(
    door: Anyone,
    request: HttpRequest,
    Form(Token { token }): Form<Token>,
) -> Result<HttpResponse, Problem> {
    let language = Language::asked_by(&request);
    match door.run(async |tx| organizations::decline(tx, &token).await).await {
        Ok(()) => Ok(say(StatusCode::OK, language, texts::declined(language))),
        Err(error) => otherwise(language, error.into()),
    }
}

async fn register(
    door: &Door<View>,
    language: Language,
    invitation: &PreviewOut,
    filled: &Filled,
) -> Result<(), Error> {
    let new = RegisterIn {
        email: invitation.email.clone(),
        password: Password::from(filled.password.clone()),
        name: filled.name.nfc().collect(),
        locale: Some(language.tag().to_owned()),
        invitation_token: None,
    };
    invited::join(door, checked(new)?, &filled.token).await
}

/// Joins, and tells the reader how that went.
async fn outcome(
    language: Language,
    door: &Door<View>,
    invitation: &PreviewOut,
    filled: &Filled,
) -> Result<HttpResponse, Problem> {
    let error = match register(door, language, invitation, filled).await {
        Ok(()) => return Ok(joined(language, invitation)),
        Err(Error::AccountExists) => {
            return Ok(sign_in(StatusCode::CONFLICT, language, invitation, &filled.token));
        }
        Err(error) => error,
    };
    let least = password_least(door.view()).await?;
    match Faults::of(&error, language, least) {
        Some(faults) => ask(language, door, invitation, filled, &faults).await,
        None => otherwise(language, error),
    }
}

/// Who is invited where, by whom and to do what; and a form to join with.
async fn ask(
    language: Language,
    door: &Door<View>,
    invitation: &PreviewOut,
    filled: &Filled,
    faults: &Faults,
) -> Result<HttpResponse, Problem> {
    let (title, join, no) = texts::choice(language);
    let [address, name, password, hint] = texts::fields(language);
    let hint = hint.replace("{}", &password_least(door.view()).await?.to_string());
    let told = texts::told(language, invitation);
    let fields = vec![
        field("email", address, &invitation.email, Writing::Address),
        LinkField { fault: &faults.name, ..field("name", name, &filled.name, Writing::Name) },
        LinkField {
            hint: &hint,
            fault: &faults.password,
            ..field("password", password, "", Writing::NewPassword)
        },
    ];
    let token = &filled.token;
    let register = LinkForm { action: PATH, token, fields, button: join };
    let decline = LinkForm { action: DECLINE, token, fields: Vec::new(), button: no };
    let status = match faults {
        Faults { name, password } if name.is_empty() && password.is_empty() => StatusCode::OK,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    Ok(LinkPage { title, text: &told, forms: vec![register, decline] }.answer(status, language))
}

/// Whoever has an account answers where they are signed in; declining takes the mail only.
fn sign_in(
    status: StatusCode,
    language: Language,
    invitation: &PreviewOut,
    token: &str,
) -> HttpResponse {
    let (title, _, no) = texts::choice(language);
    let text = format!("{}\n\n{}", texts::told(language, invitation), texts::has_account(language));
    let decline = LinkForm { action: DECLINE, token, fields: Vec::new(), button: no };
    LinkPage { title, text: &text, forms: vec![decline] }.answer(status, language)
}

fn joined(language: Language, invitation: &PreviewOut) -> HttpResponse {
    let (title, text) = texts::joined(language, invitation);
    say(StatusCode::OK, language, (title, &text))
}

/// What the ground broke is its own to tell; all else is told in the reader's language.
fn otherwise(language: Language, error: Error) -> Result<HttpResponse, Problem> {
    match error.kind() {
        Kind::Gone(_) => Ok(say(StatusCode::GONE, language, texts::over(language))),
        Kind::Unavailable(_) => Ok(busy(language)),
        Kind::Conflict("seat_limit_reached") => {
            Ok(say(StatusCode::CONFLICT, language, texts::full(language)))
        }
        Kind::Internal => Err(error.into()),
        refused => Ok(say(refused.status(), language, texts::refused(language))),
    }
}

impl Filled {
    fn of(token: String) -> Self {
        Self { token, name: String::new(), password: String::new() }
    }
}

impl Faults {
    /// What can be filled in better, in the reader's words; `None` for what else went wrong.
    fn of(error: &Error, language: Language, least: usize) -> Option<Self> {
        let [name, long] = texts::faults(language);
        match error {
            Error::Password(weak) => {
                let password = super::password_texts::fault(weak.code, language, least);
                Some(Self { password, ..Self::default() })
            }
            Error::Refused(Refusal::Invalid(broken)) => {
                let at = |pointer| broken.iter().any(|it: &Invalid| it.pointer == pointer);
                let told = |pointer, text: &str| {
                    if at(pointer) { text.to_owned() } else { String::new() }
                };
                let it = Self { name: told("/name", name), password: told("/password", long) };
                // What is wrong with a field that is not on the page is not filled in better.
                (!it.name.is_empty() || !it.password.is_empty()).then_some(it)
            }
            _ => None,
        }
    }
}
