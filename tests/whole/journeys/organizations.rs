//! Organizations, as the people in them live them.

use serde_json::{Value, json};

use crate::harness::{Client, PASSWORD, Server};

/// Somebody founds an organization and answers its path.
pub async fn found(client: &Client, name: &str) -> String {
    let made = client.post("/api/v1/organizations", json!({ "name": name })).await;
    let location = made.header("location").to_owned();
    assert_eq!(made.created()["name"], name);
    location
}

/// Somebody is invited and accepts.
pub async fn invite(
    server: &Server,
    owner: &Client,
    place: &str,
    email: &str,
    role: &str,
) -> Client {
    let invited = server.user(email).await;
    let new = json!({ "email": email, "roles": [role] });
    owner.post(&format!("{place}/invitations"), new).await.created();
    let mail = server.mail.wait_for_mention(email, "Acme").await;
    let token = json!({ "token": mail.token() });
    let joined = invited.post("/api/v1/invitations/accept", token).await;
    assert!(joined.status < 300, "{}", joined.text);
    invited
}

fn names(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect()
}

/// ASVS 8.4.1: one and the same server, and neither knows of the other.
#[actix_web::test]
async fn two_organizations_grow_side_by_side() {
    let server = Server::start().await;
    let (ada, zoe) = (server.user("ada@example.com").await, server.user("zoe@example.com").await);
    let (acme, rival) = (found(&ada, "Acme").await, found(&zoe, "Rival").await);
    let max = invite(&server, &ada, &acme, "max@example.com", "member").await;

    assert_eq!(names(&ada.get("/api/v1/organizations").await.ok()), ["Acme"]);
    assert_eq!(names(&max.get("/api/v1/organizations").await.ok()), ["Acme"]);
    assert_eq!(names(&zoe.get("/api/v1/organizations").await.ok()), ["Rival"]);
    let members = max.get(&format!("{acme}/members?count=exact")).await.ok();
    assert_eq!(members["total"]["value"], 2);
    for stranger in [&ada, &max] {
        stranger.get(&rival).await.problem(404, "not_found");
        stranger.get(&format!("{rival}/members")).await.problem(404, "not_found");
    }

    // Whoever is in both has in each what they were given there.
    let invited = json!({ "email": "max@example.com", "roles": ["viewer"] });
    zoe.post(&format!("{rival}/invitations"), invited).await.created();
    let waiting = max.get("/api/v1/users/me/invitations").await.ok();
    assert_eq!(waiting["items"].as_array().unwrap().len(), 1);
    let mail = server.mail.wait_for_mention("max@example.com", "Rival").await;
    let token = json!({ "token": mail.token() });
    assert!(max.post("/api/v1/invitations/accept", token).await.status < 300);
    let checks: Vec<_> = [&acme, &rival]
        .map(|place| place.rsplit('/').next().unwrap())
        .map(|id| json!({ "permission": "organizations:read", "organization_id": id }))
        .into();
    let told = max.post("/api/v1/permissions/check", json!({ "checks": checks })).await.ok();
    assert_eq!(told["results"][0], json!({ "allowed": true, "via": ["member"] }));
    assert_eq!(told["results"][1], json!({ "allowed": true, "via": ["viewer"] }));
    server.stop().await;
}

/// ASVS 8.3.2: what somebody may do is asked at every request, not at their sign-in.
#[actix_web::test]
async fn a_member_is_demoted_in_the_middle_of_a_session() {
    let server = Server::start().await;
    let ada = server.user("ada@example.com").await;
    let acme = found(&ada, "Acme").await;
    let max = invite(&server, &ada, &acme, "max@example.com", "admin").await;
    let renamed = json!({ "name": "Acme & Co" });
    max.patch(&acme, renamed.clone()).await.ok();

    let id = max.get("/api/v1/users/me").await.ok()["id"].as_str().unwrap().to_owned();
    let member = format!("{acme}/members/{id}");
    ada.patch(&member, json!({ "roles": ["viewer"] })).await.ok();
    max.patch(&acme, renamed).await.problem(403, "permission_denied");
    max.get(&acme).await.ok();
    let promoted = max.patch(&member, json!({ "roles": ["owner"] })).await;
    promoted.problem(403, "permission_denied");

    ada.delete(&member).await.of(204);
    max.get(&acme).await.problem(404, "not_found");
    ada.post(&format!("{acme}/leave"), json!({})).await.problem(409, "last_owner");
    ada.delete("/api/v1/users/me").await.problem(409, "last_owner");
    server.stop().await;
}

#[actix_web::test]
async fn an_organization_is_deleted_and_restored() {
    let server = Server::start().await;
    let ada = server.user("ada@example.com").await;
    let acme = found(&ada, "Acme").await;
    let max = invite(&server, &ada, &acme, "max@example.com", "admin").await;
    let slug = ada.get(&acme).await.ok()["slug"].clone();

    ada.delete(&acme).await.of(204);
    max.get(&acme).await.problem(404, "not_found");
    max.post(&format!("{acme}/restore"), json!({})).await.problem(404, "not_found");
    assert_eq!(names(&max.get("/api/v1/organizations").await.ok()), [""; 0]);
    assert_eq!(names(&ada.get("/api/v1/organizations?deleted=true").await.ok()), ["Acme"]);

    // Its slug is free meanwhile, and then it is not.
    let zoe = server.user("zoe@example.com").await;
    let other = zoe.post("/api/v1/organizations", json!({ "name": "Other", "slug": slug })).await;
    let other = other.header("location").to_owned();
    let restore = format!("{acme}/restore");
    ada.post(&restore, json!({})).await.problem(409, "slug_taken");
    zoe.patch(&other, json!({ "slug": "another-slug" })).await.ok();

    let restored = ada.post(&restore, json!({})).await.ok();
    assert_eq!(restored["slug"], slug);
    max.get(&acme).await.ok();
    server.stop().await;
}

/// A1, A10: who is invited without an account registers with the mailed token, and is in.
#[actix_web::test]
async fn somebody_without_an_account_is_invited() {
    let server = Server::start().await;
    let ada = server.user("ada@example.com").await;
    let acme = found(&ada, "Acme").await;
    let new = json!({ "email": "max@example.com", "roles": ["member"] });
    ada.post(&format!("{acme}/invitations"), new).await.created();
    let mail = server.mail.wait_for("max@example.com").await;
    let stranger = server.stranger();
    let token = json!({ "token": mail.token() });
    let shown = stranger.post("/api/v1/invitations/preview", token.clone()).await.ok();
    assert_eq!(shown["organization"]["name"], "Acme");

    let register = json!({
        "email": "max@example.com", "password": PASSWORD, "name": "Max",
        "invitation_token": mail.token(),
    });
    let tokens = stranger.post("/api/v1/auth/register", register).await.created();
    let max = stranger.bearing(tokens["access_token"].as_str().unwrap());
    max.get(&acme).await.ok();
    assert_eq!(max.get("/api/v1/users/me").await.ok()["email_verified"], true);
    let again = max.post("/api/v1/invitations/accept", token).await;
    again.problem(410, "link_expired");
    server.stop().await;
}
