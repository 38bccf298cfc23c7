//! Choosing a password behind a mailed link: with it the reader proves the mailbox, so no password that
//! somebody else has set before counts any more (A1).

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{self, Query, ServiceConfig},
};
use kernel::{Anyone, Door, Fault, Form, Invalid, Kind as Failure, Problem, View};
use notifications::{Language, LinkField, LinkForm, LinkPage, Writing};
use serde::Deserialize;

use super::{Token, busy, field, over, password_texts as texts, say};
use crate::{
    Error, Password,
    config::password_least,
    models::link::Kind,
    service::{links, reset, verify},
};

const VERIFY: &str = "/links/verify-email";
const RESET: &str = "/links/reset-password";
const SET: &str = "/links/set-password";

/// What the page's form sends.
#[derive(Deserialize)]
struct Filled {
    #[serde(default)]
    token: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    again: String,
}

/// One of the pages: what its links are for, and where it is.
#[derive(Clone, Copy)]
struct Page {
    kind: Kind,
    path: &'static str,
}

/// What was wrong with what was filled in.
#[derive(Default)]
struct Faults {
    password: String,
    again: &'static str,
}

pub fn routes(app: &mut ServiceConfig) {
    for page in [
        Page { kind: Kind::VerifyEmail, path: VERIFY },
        Page { kind: Kind::ResetPassword, path: RESET },
        Page { kind: Kind::SetPassword, path: SET },
    ] {
        let show = move |door, request, token| show(page, door, request, token);
        let choose = move |door, request, form| choose(page, door, request, form);
        let resource = web::resource(page.path);
        app.service(resource.route(web::get().to(show)).route(web::post().to(choose)));
    }
}

/// Mail scanners open links too: only the button chooses (A10).
async fn show(
    page: Page,
    door: Anyone,
    request: HttpRequest,
    Query(Token { token }): Query<Token>,
) -> Result<HttpResponse, Problem> {
    ask(page, &door, Language::asked_by(&request), &token, &Faults::default()).await
}

async fn choose(
    page: Page,
    door: Anyone,
    request: HttpRequest,
    Form(filled): Form<Filled>,
) -> Result<HttpResponse, Problem> {
    let language = Language::asked_by(&request);
    let token = &filled.token;
    // What is no link of this page is not told apart from one that is over (A8).
    if let Err(error) = links::live(door.view(), &[page.kind], token).await {
        return over(language, error);
    }
    if filled.password != filled.again {
        let faults = Faults { again: texts::differs(language), ..Faults::default() };
        return ask(page, &door, language, token, &faults).await;
    }
    let chosen = Password::from(filled.password);
    let error = match set(page, &door, token, &chosen).await {
        Ok(()) => return Ok(say(StatusCode::OK, language, texts::done(page.kind, language))),
        Err(error) => error,
    };
    match error.kind() {
        Failure::Unavailable(_) => Ok(busy(language)),
        Failure::Invalid(broken) => {
            let least = password_least(door.view()).await?;
            let code = broken.first().map_or("", |it: &Invalid| it.code.as_str());
            let faults = Faults { password: texts::fault(code, language, least), again: "" };
            ask(page, &door, language, token, &faults).await
        }
        _ => over(language, error),
    }
}

async fn set(page: Page, door: &Door<View>, token: &str, chosen: &Password) -> Result<(), Error> {
    match page.kind {
        Kind::VerifyEmail => verify::verify(door, token, Some(chosen)).await,
        _ => reset::reset(door, token, chosen).await,
    }
}

/// The account's address, and twice the password that it is to have.
async fn ask(
    page: Page,
    door: &Door<View>,
    language: Language,
    token: &str,
    faults: &Faults,
) -> Result<HttpResponse, Problem> {
    let link = match links::live(door.view(), &[page.kind], token).await {
        Ok(link) => link,
        Err(error) => return over(language, error),
    };
    let user = match verify::owner(door.view(), &link).await {
        Ok(user) => user,
        Err(error) => return over(language, error),
    };
    let [address, password, again, hint, button] = texts::fields(page.kind, language);
    let hint = hint.replace("{}", &password_least(door.view()).await?.to_string());
    let (title, text) = texts::told(page.kind, language);
    let fields = vec![
        field("email", address, user.email.as_str(), Writing::Address),
        LinkField {
            hint: &hint,
            fault: &faults.password,
            ..field("password", password, "", Writing::NewPassword)
        },
        LinkField { fault: faults.again, ..field("again", again, "", Writing::NewPassword) },
    ];
    let status = if faults.password.is_empty() && faults.again.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let forms = vec![LinkForm { action: page.path, token, fields, button }];
    Ok(LinkPage { title, text, forms }.answer(status, language))
}
