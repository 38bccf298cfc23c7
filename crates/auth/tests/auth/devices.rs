//! Where somebody is signed in: seen and ended (ASVS 7.4.5, 7.5.2).

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::{ADA, House, PASSWORD, Tokens, house, me, refresh};

const SESSIONS: &str = "/api/v1/auth/sessions";
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";
const SAFARI: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1";

async fn login_from(house: &House, agent: &str) -> Tokens {
    let body = json!({ "email": ADA, "password": PASSWORD });
    let door = house.stranger().with("user-agent", agent);
    Tokens::of(&door.post("/api/v1/auth/login", body).await.ok())
}

async fn list(house: &House, tokens: &Tokens) -> Vec<Value> {
    house.bearer(&tokens.access).get(SESSIONS).await.ok()["items"].as_array().unwrap().clone()
}

fn current(sessions: &[Value]) -> String {
    let mut own = sessions.iter().filter(|it| it["current"] == true);
    let id = own.next().unwrap()["id"].as_str().unwrap().to_owned();
    assert!(own.next().is_none());
    id
}

#[actix_web::test]
async fn ones_sessions_are_listed_with_device_and_times_the_last_used_first() {
    let house = house().await;
    house.verified(ADA).await;
    let laptop = login_from(&house, FIREFOX).await;
    house.database.clock.advance(TimeDelta::hours(1));
    let phone = login_from(&house, SAFARI).await;
    house.signed_in("other@example.com").await;

    let seen = list(&house, &phone).await;
    let devices: Vec<_> = seen.iter().map(|it| it["device"].as_str().unwrap()).collect();
    assert_eq!(devices, ["Safari on iPhone", "Firefox on Linux"]);
    assert_eq!(current(&seen), seen[0]["id"].as_str().unwrap());

    house.database.clock.advance(TimeDelta::minutes(5));
    let laptop = Tokens::of(&refresh(&house, &laptop.refresh).await.ok());
    let seen = list(&house, &laptop).await;
    assert_eq!(current(&seen), seen[0]["id"].as_str().unwrap(), "it was used last");
    assert!(seen[0]["first_seen_at"].as_str() < seen[1]["first_seen_at"].as_str());
    assert!(seen[0]["last_seen_at"].as_str() > seen[0]["first_seen_at"].as_str());

    let page = format!("{SESSIONS}?limit=1&sort=first_seen_at");
    let first = house.bearer(&laptop.access).get(&page).await.ok();
    let next = format!("{page}&cursor={}", first["next_cursor"].as_str().unwrap());
    let second = house.bearer(&laptop.access).get(&next).await.ok();
    assert_eq!(second["items"][0]["device"], "Safari on iPhone");
}

/// Design: seeing that a session is in use costs no write.
#[actix_web::test]
async fn a_request_of_a_session_writes_nothing() {
    let house = house().await;
    let tokens = house.signed_in(ADA).await;
    me(&house, &tokens.access).await.ok();
    let before = house.database.statements();
    list(&house, &tokens).await;
    assert_eq!(house.database.statements() - before, 1);
}

/// ASVS 7.5.2, 7.4.1: its access token is refused at once too.
#[actix_web::test]
async fn one_ends_a_session_of_ones_own_and_no_other() {
    let house = house().await;
    let (stranger, ada) = (house.signed_in("eve@example.com").await, house.signed_in(ADA).await);
    let lost = Tokens::of(&house.login(ADA, PASSWORD).await.ok());
    let id = current(&list(&house, &lost).await);
    let path = format!("{SESSIONS}/{id}");
    house.bearer(&stranger.access).delete(&path).await.problem(404, "not_found");
    me(&house, &lost.access).await.ok();

    house.bearer(&ada.access).delete(&path).await.no_content();
    me(&house, &lost.access).await.problem(401, "invalid_token");
    refresh(&house, &lost.refresh).await.problem(401, "invalid_token");
    me(&house, &ada.access).await.ok();
    for gone in [path.as_str(), &format!("{SESSIONS}/{}", uuid::Uuid::nil()), "x"] {
        let path = if gone == "x" { format!("{SESSIONS}/x") } else { gone.to_owned() };
        house.bearer(&ada.access).delete(&path).await.problem(404, "not_found");
    }
    let ended = house.audited("session.ended").await;
    assert_eq!((ended.len(), &ended[0].2["reason"]), (1, &json!("revoked")));
}

#[actix_web::test]
async fn one_ends_the_others_or_all() {
    let house = house().await;
    let first = house.signed_in(ADA).await;
    let mut all = vec![first];
    for _ in 0..2 {
        all.push(Tokens::of(&house.login(ADA, PASSWORD).await.ok()));
    }
    let own = house.bearer(&all[0].access);
    own.delete(SESSIONS).await.problem(422, "validation_failed");
    own.delete(&format!("{SESSIONS}?scope=mine")).await.problem(422, "validation_failed");
    own.delete(&format!("{SESSIONS}?scope=others")).await.no_content();
    for tokens in &all[1..] {
        me(&house, &tokens.access).await.problem(401, "invalid_token");
    }
    assert_eq!(list(&house, &all[0]).await.len(), 1);
    own.delete(&format!("{SESSIONS}?scope=all")).await.no_content();
    me(&house, &all[0].access).await.problem(401, "invalid_token");
    refresh(&house, &all[0].refresh).await.problem(401, "invalid_token");
}

/// ASVS 7.4.5.
#[actix_web::test]
async fn an_administrator_sees_and_ends_anybodys_sessions() {
    let house = house().await;
    let (root, ada) = (house.administrator().await, house.signed_in(ADA).await);
    let id = me(&house, &ada.access).await.ok()["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/users/{id}/sessions");
    house.bearer(&ada.access).get(&path).await.problem(403, "permission_denied");
    house.bearer(&ada.access).delete(&path).await.problem(403, "permission_denied");

    let own = list(&house, &root).await;
    assert_eq!(own.len(), 1);
    let root = house.bearer(&root.access);
    let seen = root.get(&path).await.ok();
    assert_eq!(
        (seen["items"].as_array().unwrap().len(), &seen["items"][0]["current"]),
        (1, &json!(false))
    );
    root.delete(&path).await.no_content();
    me(&house, &ada.access).await.problem(401, "invalid_token");
    let nobody = format!("/api/v1/users/{}/sessions", uuid::Uuid::nil());
    root.get(&nobody).await.problem(404, "not_found");
    root.delete(&nobody).await.problem(404, "not_found");
    let ended = house.audited("session.ended").await;
    assert_eq!((ended.len(), ended[0].1.as_str()), (1, "user"));
}

/// ASVS 8.2.1: who may less than another does not sign them out.
#[actix_web::test]
async fn nobody_signs_out_who_may_more_than_they() {
    let house = house().await;
    let root = house.administrator().await;
    let id = me(&house, &root.access).await.ok()["id"].as_str().unwrap().to_owned();
    let door = house.bearer(&root.access);
    let role =
        json!({ "key": "helper", "name": "Helper", "permissions": ["users:read", "users:write"] });
    let role = door.post("/api/v1/roles", role).await.created();
    let helper = house.signed_in("helper@example.com").await;
    let who = me(&house, &helper.access).await.ok()["id"].as_str().unwrap().to_owned();
    let give = format!("/api/v1/users/{who}/roles/{}", role["id"].as_str().unwrap());
    door.send(actix_web::http::Method::PUT, &give, "").await.no_content();

    let path = format!("/api/v1/users/{id}/sessions");
    house.bearer(&helper.access).get(&path).await.ok();
    assert_eq!(house.bearer(&helper.access).delete(&path).await.status, 403);
    me(&house, &root.access).await.ok();
}

/// ASVS 6.3.5: told by mail and in the inbox, with what device it is – but not of one's own first one.
#[actix_web::test]
async fn a_sign_in_from_a_new_device_is_told() {
    let house = house().await;
    house.verified(ADA).await;
    login_from(&house, FIREFOX).await;
    house.database.clock.advance(TimeDelta::days(3));
    login_from(&house, FIREFOX).await;
    house.run_jobs().await;
    assert_eq!(house.subjects(ADA).len(), 1, "the link of the registration");
    login_from(&house, SAFARI).await;
    login_from(&house, SAFARI).await;
    let mail = house.mailed(ADA).await;
    assert_eq!(house.subjects(ADA)[1..], ["You signed in from a new device"]);
    assert!(mail.text.contains("Safari on iPhone"), "{}", mail.text);
    let told = "select count(*) from notifications where topic = 'auth.new_device'";
    assert_eq!(house.count(told).await, 1);
}

/// ASVS 14.2.6 in spirit: an address and a program tell of a person; they lie sealed, and go with the
/// account.
#[actix_web::test]
async fn what_a_session_is_used_from_is_not_in_the_open_and_goes_with_the_account() {
    let house = house().await;
    house.verified(ADA).await;
    let tokens = login_from(&house, FIREFOX).await;
    let open = "select count(*) from sessions where cast(device as text) like '%Firefox%'";
    assert_eq!(house.count(open).await, 0);
    assert_eq!(house.count("select count(*) from sessions where device is not null").await, 1);
    house.bearer(&tokens.access).delete("/api/v1/users/me").await.no_content();
    assert_eq!(house.count("select count(*) from known_devices").await, 0);
    house.database.clock.advance(TimeDelta::days(8));
    house.run_jobs().await;
    assert_eq!(house.count("select count(*) from sessions").await, 0);
}
