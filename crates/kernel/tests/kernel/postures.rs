//! Whom each posture lets in, and in which order a request is refused.

use std::collections::BTreeSet;

use actix_web::http::Method;
use async_trait::async_trait;
use chrono::TimeDelta;
use kernel::{
    Actor, Authenticate, Authorize, Caller, Feature, OrganizationId, Permissions, Problem, UserId,
    View, testing::App,
};
use serde_json::{Value, json};

use crate::demo::{self, READ, WRITE, app};

#[actix_web::test]
async fn each_posture_lets_in_whom_it_names() {
    let app = app().await;
    let (inspector, guest) = (app.staff(&["demo:inspect"]), app.staff(&[]));

    app.stranger().get("/api/v1/demo/open").await.no_content();
    app.stranger().get("/api/v1/demo/own").await.problem(401, "not_authenticated");
    assert_eq!(guest.get("/api/v1/demo/own").await.text, guest.user().to_string());
    guest.get("/api/v1/demo/cellar").await.problem(403, "permission_denied");
    inspector.get("/api/v1/demo/cellar").await.no_content();
}

/// ASVS 7.5.1.
#[actix_web::test]
async fn a_sign_in_is_fresh_for_ten_minutes() {
    let app = app().await;
    let guest = app.staff(&[]);
    app.stranger().get("/api/v1/demo/fresh").await.problem(401, "not_authenticated");

    app.database.clock.advance(TimeDelta::minutes(10));
    guest.get("/api/v1/demo/fresh").await.no_content();
    app.database.clock.advance(TimeDelta::microseconds(1));
    guest.get("/api/v1/demo/fresh").await.problem(403, "reauthentication_required");
    guest.get("/api/v1/demo/own").await.ok();
}

/// ASVS 7.5.3: what is not taken back takes the permission first, and then a recent sign-in.
#[actix_web::test]
async fn a_permission_may_ask_for_a_fresh_sign_in_too() {
    let app = app().await;
    let (inspector, guest) = (app.staff(&["demo:inspect"]), app.staff(&[]));
    app.stranger().get("/api/v1/demo/vault").await.problem(401, "not_authenticated");

    inspector.get("/api/v1/demo/vault").await.no_content();
    app.database.clock.advance(TimeDelta::minutes(10) + TimeDelta::microseconds(1));
    inspector.get("/api/v1/demo/vault").await.problem(403, "reauthentication_required");
    inspector.get("/api/v1/demo/cellar").await.no_content();
    guest.get("/api/v1/demo/vault").await.problem(403, "permission_denied");
}

/// A4: what one may do on the platform opens no organization, and the other way round.
#[actix_web::test]
async fn a_permission_counts_where_it_was_given() {
    let app = app().await;
    let member = app.member(&[READ, "demo:inspect"]);
    let inspector = app.staff(&["demo:inspect", READ]);

    member.get("/things").await.ok();
    member.get("/api/v1/demo/cellar").await.problem(403, "permission_denied");
    inspector.at(member.organization).get("/things").await.problem(404, "not_found");
    app.member_of(member.organization, &[WRITE])
        .get("/things")
        .await
        .problem(403, "permission_denied");
}

/// A3: a foreign organization, an unknown one and what is no id at all are one answer.
#[actix_web::test]
async fn a_foreign_an_unknown_and_a_malformed_organization_are_answered_alike() {
    let app = app().await;
    let (acme, rival) = (app.member(&[READ, WRITE]), app.member(&[READ, WRITE]));
    let foreign = rival.organization.to_string();

    let mut told = BTreeSet::new();
    for id in
        [foreign.as_str(), "01900000-0000-7000-8000-000000000000", "acme", "%2e%2e", "..%2f.."]
    {
        for method in [Method::GET, Method::POST] {
            let path = format!("/api/v1/organizations/{id}/things");
            let mut body = acme.send(method, &path, "{").await.problem(404, "not_found");
            body["request_id"] = Value::Null;
            told.insert(body.to_string());
        }
    }
    assert_eq!(told.len(), 1, "{told:?}");
}

/// A3.
#[actix_web::test]
async fn a_foreign_an_unknown_and_a_malformed_thing_are_answered_alike() {
    let app = app().await;
    let (acme, rival) = (app.member(&[READ, WRITE]), app.member(&[READ, WRITE]));
    let theirs = rival.post("/things", json!({ "name": "Theirs" })).await.created();
    let theirs = theirs["id"].as_str().unwrap();

    let mut told = BTreeSet::new();
    for id in [theirs, "01900000-0000-7000-8000-000000000000", "thing"] {
        let path = format!("/things/{id}");
        for answer in [
            acme.get(&path).await,
            acme.patch(&path, json!({ "name": "Mine" })).await,
            acme.delete(&path).await,
        ] {
            told.insert(answer.problem(404, "not_found")["detail"].to_string());
        }
    }
    assert_eq!(told.len(), 1);
    assert_eq!(rival.get(&format!("/things/{theirs}")).await.ok()["name"], "Theirs");
}

/// api.md, order of checks: 401, then 403 and 404, then the body.
#[actix_web::test]
async fn who_you_are_is_told_before_what_you_may_and_that_before_what_you_sent() {
    let app = app().await;
    let acme = app.member(&[READ, WRITE]);
    let clerk = app.member_of(acme.organization, &[READ]);
    let rival = app.member(&[READ, WRITE]).at(acme.organization);
    let long = || "x".repeat(64 * 1024 + 1);

    for body in [long(), "{".to_owned(), "{\"name\":1}".to_owned()] {
        acme.stranger()
            .send(Method::POST, "/things", body.clone())
            .await
            .problem(401, "not_authenticated");
        rival.send(Method::POST, "/things", body.clone()).await.problem(404, "not_found");
        clerk.send(Method::POST, "/things", body.clone()).await.problem(403, "permission_denied");
        assert!([400, 413, 422].contains(&acme.send(Method::POST, "/things", body).await.status));
    }
    let text = clerk.with("content-type", "text/plain");
    text.send(Method::POST, "/things", "x").await.problem(403, "permission_denied");
    let text = acme.with("content-type", "text/plain");
    text.send(Method::POST, "/things", "x").await.problem(415, "unsupported_media_type");
    acme.stranger().get("/things/thing").await.problem(401, "not_authenticated");
}

/// ASVS 9.1.1: a token that is presented must be good, also where none is needed.
#[actix_web::test]
async fn a_bad_token_is_refused_on_a_public_route_too() {
    let app = app().await;
    let refused = app.stranger().forged().get("/api/v1/demo/open").await;
    assert_eq!(refused.header("www-authenticate"), r#"Bearer error="invalid_token""#);
    refused.problem(401, "invalid_token");

    for header in ["Basic YTpi", "Bearer", "bearer  ", "", "Bearer a b"] {
        let odd = app.stranger().with("authorization", header);
        odd.get("/api/v1/demo/open").await.problem(401, "invalid_token");
    }
    let good = format!("Bearer {}", app.staff(&[]).user());
    let twice = app.stranger().with("authorization", &good).with("authorization", "Bearer forged");
    twice.get("/api/v1/demo/own").await.problem(401, "invalid_token");
}

/// Knows one caller, who may do everything everywhere under a ceiling, as an API key's is.
struct Bounded;

#[async_trait]
impl Authenticate for Bounded {
    async fn caller(&self, view: &View, _: &str) -> Result<Option<Caller>, Problem> {
        let catalogue = view.catalogue();
        Ok(Some(Caller {
            actor: Actor::User(UserId(view.id())),
            session: None,
            authenticated_at: view.now(),
            permissions: catalogue.of_scope("platform"),
            ceiling: Some(catalogue.set("organization", [READ])),
        }))
    }
}

#[async_trait]
impl Authorize for Bounded {
    async fn permissions(
        &self,
        view: &View,
        _: &Caller,
        _: OrganizationId,
    ) -> Result<Option<Permissions>, Problem> {
        Ok(Some(view.catalogue().of_scope("organization")))
    }
}

/// ASVS 8.2.1: a key does no more than its ceiling says, wherever its owner may do more.
#[actix_web::test]
async fn a_ceiling_cuts_every_permission() {
    let ports = Feature::new("keys").authenticates(Bounded).authorizes(Bounded);
    let app = App::signed_in_by(vec![demo::feature(), ports]).await;
    let key = app.bearer("a key");

    key.get("/things").await.ok();
    key.post("/things", json!({ "name": "New" })).await.problem(403, "permission_denied");
    key.get("/api/v1/demo/cellar").await.problem(403, "permission_denied");
}
