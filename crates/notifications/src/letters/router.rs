use actix_web::{HttpResponse, delete, get, post, put, web::Path};
use kernel::{Can, NoContent, Page, PageOf, PageParameters, Problem, Resource, Valid};
use serde::Deserialize;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    LetterIn, LetterOut, PreviewIn, PreviewOut, Templates,
    service::{self, Place},
};

/// Which words a path is about.
#[derive(Deserialize)]
struct Named {
    topic: String,
    language: String,
}

pub fn routes(api: &mut ServiceConfig<'_>) {
    api.service(list_notification_templates)
        .service(read_notification_template)
        .service(put_notification_template)
        .service(delete_notification_template)
        .service(preview_notification_template);
}

/// List the words of mails about notifications
///
/// For every topic that goes out by mail, in every language there is: the organization's own words, or
/// ours.
#[utoipa::path(tag = "notifications", params(PageParameters), responses((status = 200, body = PageOf<LetterOut>)))]
#[get("")]
async fn list_notification_templates(
    can: Can<Templates>,
    Page { page, .. }: Page,
) -> Result<PageOf<LetterOut>, Problem> {
    Ok(service::list(can.view(), &page).await?)
}

/// Read the words of mails about a topic
#[utoipa::path(tag = "notifications", params(("topic" = String, Path, max_length = 64, description = "The topic."), ("language" = String, Path, max_length = 16, description = "The language's tag.")), responses((status = 200, body = LetterOut), (status = 404, description = "There is no such topic that goes out by mail, or not in that language.")))]
#[get("/{topic}/{language}")]
async fn read_notification_template(
    can: Can<Templates>,
    named: Path<Named>,
) -> Result<Resource<LetterOut>, Problem> {
    let place = Place::named(can.view(), &named.topic, &named.language)?;
    Ok(Resource(service::read(can.view(), &place).await?))
}

/// Write mails about a topic in your own words
///
/// They count from the next mail. What cannot be used is refused with its line; should it turn out so when
/// a mail is written, that mail has our words.
#[utoipa::path(tag = "notifications", params(("topic" = String, Path, max_length = 64, description = "The topic."), ("language" = String, Path, max_length = 16, description = "The language's tag.")), request_body = LetterIn, responses((status = 200, body = LetterOut), (status = 404, description = "There is no such topic that goes out by mail, or not in that language."), (status = 412, description = "Changed since the version you name."), (status = 422, description = "It cannot be used; the message names the line.")))]
#[put("/{topic}/{language}")]
async fn put_notification_template(
    can: Can<Templates>,
    named: Path<Named>,
    new: Valid<LetterIn>,
) -> Result<Resource<LetterOut>, Problem> {
    let place = Place::named(can.view(), &named.topic, &named.language)?;
    let put = can.run(async |tx| service::put(tx, &place, new.into_inner()).await);
    Ok(Resource(put.await?))
}

/// Write mails about a topic in our words again
#[utoipa::path(tag = "notifications", params(("topic" = String, Path, max_length = 64, description = "The topic."), ("language" = String, Path, max_length = 16, description = "The language's tag.")), responses((status = 204, description = "Our words count."), (status = 404, description = "They count already, or there is no such place."), (status = 412, description = "Changed since the version you name.")))]
#[delete("/{topic}/{language}")]
async fn delete_notification_template(
    can: Can<Templates>,
    named: Path<Named>,
) -> Result<NoContent, Problem> {
    let place = Place::named(can.view(), &named.topic, &named.language)?;
    can.run(async |tx| service::remove(tx, &place).await).await?;
    Ok(NoContent)
}

/// See a mail about a topic before it is sent
///
/// In words that you try, or in those that count now, about made-up notifications. Nothing is kept or sent.
#[utoipa::path(tag = "notifications", params(("topic" = String, Path, max_length = 64, description = "The topic."), ("language" = String, Path, max_length = 16, description = "The language's tag.")), request_body = PreviewIn, responses((status = 200, body = PreviewOut), (status = 404, description = "There is no such topic that goes out by mail, or not in that language."), (status = 422, description = "It cannot be used; the message names the line.")))]
#[post("/{topic}/{language}/preview")]
async fn preview_notification_template(
    can: Can<Templates>,
    named: Path<Named>,
    tried: Valid<PreviewIn>,
) -> Result<HttpResponse, Problem> {
    let place = Place::named(can.view(), &named.topic, &named.language)?;
    let tried = tried.into_inner();
    can.answer(async |tx| Ok(HttpResponse::Ok().json(service::preview(tx, &place, tried).await?)))
        .await
}
