//! Ending mail about a topic with one click (RFC 8058), signed in or not: by a link that only its reader
//! has, on a page that changes nothing by being looked at.

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{self, Payload, Query, ServiceConfig},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use kernel::{
    Anyone, Kind, Problem, Refusal, UserId, View,
    http::{LIMIT, read_body},
};
use serde::{Deserialize, Serialize};

use crate::{
    Channel, Language, LinkForm, LinkPage, Recipient, Topic, models, preferences, service,
};

const PATH: &str = "/links/unsubscribe";

/// What the tokens are sealed for.
const SEAL: &str = "unsubscribe";

/// What a token says; it is sealed, so that a forwarded mail tells nobody who its reader is.
#[derive(Serialize, Deserialize)]
struct Claim {
    user: UserId,
    /// The address that it was sent to: who has it by then ends nobody else's mail.
    address: String,
    topic: String,
}

#[derive(Deserialize)]
struct Token {
    #[serde(default)]
    token: String,
}

/// The link that ends mail about a topic to somebody. It is good for as long as they have this address.
pub fn link(view: &View, to: &Recipient, topic: &Topic) -> String {
    let (address, topic) = (to.address.clone(), topic.key.to_owned());
    let claim = serde_json::to_vec(&Claim { user: to.user_id, address, topic });
    let sealed = view.keyring().seal(SEAL, &[], &claim.unwrap_or_default());
    service::link(view, "unsubscribe", &URL_SAFE_NO_PAD.encode(sealed))
}

pub fn routes(app: &mut ServiceConfig) {
    let page = web::resource(PATH).route(web::get().to(show)).route(web::post().to(stop));
    app.service(page);
}

/// Mail scanners open links too: only the button, or a mail program's own, ends anything (A10).
async fn show(
    door: Anyone,
    request: HttpRequest,
    Query(Token { token }): Query<Token>,
) -> Result<HttpResponse, Problem> {
    Ok(match claimed(door.view(), &token).await? {
        Some((recipient, topic)) => ask(Language::of(&recipient.locale), &topic, &token),
        None => over(Language::asked_by(&request)),
    })
}

async fn stop(
    door: Anyone,
    request: HttpRequest,
    Query(linked): Query<Token>,
    body: Payload,
) -> Result<HttpResponse, Problem> {
    let token = token_of(&request, linked, body).await?;
    let Some((recipient, topic)) = claimed(door.view(), &token).await? else {
        return Ok(over(Language::asked_by(&request)));
    };
    let stopped = door.run(async |tx| preferences::stop_mail(tx, recipient.user_id, &topic).await);
    stopped.await?;
    Ok(stopped_page(Language::of(&recipient.locale), &topic))
}

/// The token of the page's form, or of the address that a mail program posts to.
async fn token_of(request: &HttpRequest, linked: Token, body: Payload) -> Result<String, Problem> {
    let types = ["application/x-www-form-urlencoded", "multipart/form-data"];
    let body = read_body(request.clone(), body.into_inner(), &types, LIMIT).await?;
    if !linked.token.is_empty() {
        let body = String::from_utf8_lossy(&body);
        let click = body.contains("List-Unsubscribe") && body.contains("One-Click");
        return if click {
            Ok(linked.token)
        } else {
            Err(Kind::Malformed("malformed_body").into())
        };
    }
    let form: Token =
        serde_urlencoded::from_bytes(&body).map_err(|_| Kind::Malformed("malformed_body"))?;
    Ok(form.token)
}

/// Whose mail about what a token ends; `None` where it is none of ours, or not any more.
async fn claimed(view: &View, token: &str) -> Result<Option<(Recipient, Topic)>, Refusal> {
    let sealed = URL_SAFE_NO_PAD.decode(token).ok();
    let claim = sealed.and_then(|it| view.keyring().open(SEAL, &[], &it).ok());
    let claim = claim.and_then(|it| serde_json::from_slice::<Claim>(&it).ok());
    let Some(Claim { user, address, topic }) = claim else { return Ok(None) };
    let recipient = models::by_user(view, user).await?.filter(|it| it.address == address);
    let topic = Topic::named(view, &topic).filter(|it| it.email != Channel::Required);
    Ok(recipient.zip(topic))
}

fn ask(language: Language, topic: &Topic, token: &str) -> HttpResponse {
    let about = topic.wording(language).about;
    let (title, text, button) = match language {
        Language::English => {
            ("No more of these mails?", format!("They are about this: {about}"), "Stop these mails")
        }
        Language::German => {
            ("Keine solchen Mails mehr?", format!("Darum geht es in ihnen: {about}"), "Abbestellen")
        }
    };
    let forms = vec![LinkForm { action: PATH, token, fields: Vec::new(), button }];
    LinkPage { title, text: &text, forms }.answer(StatusCode::OK, language)
}

fn stopped_page(language: Language, topic: &Topic) -> HttpResponse {
    let about = topic.wording(language).about;
    let (title, text) = match language {
        Language::English => ("Done", format!("You get no more mails about this: {about}")),
        Language::German => ("Erledigt", format!("Darüber bekommst du keine Mails mehr: {about}")),
    };
    LinkPage { title, text: &text, forms: Vec::new() }.answer(StatusCode::OK, language)
}

fn over(language: Language) -> HttpResponse {
    let (title, text) = match language {
        Language::English => (
            "This link is over",
            "It belongs to another address, or to nothing that there is any more. What you are mailed about is in your preferences.",
        ),
        Language::German => (
            "Dieser Link gilt nicht mehr",
            "Er gehört zu einer anderen Adresse oder zu etwas, das es nicht mehr gibt. Worüber du Mails bekommst, steht in deinen Einstellungen.",
        ),
    };
    LinkPage { title, text, forms: Vec::new() }.answer(StatusCode::GONE, language)
}
