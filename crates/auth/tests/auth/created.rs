//! Accounts that administrators make: their owners choose the password (ASVS 6.4.6).

use serde_json::json;

use crate::{ADA, PASSWORD, house};

const USERS: &str = "/api/v1/users";

#[actix_web::test]
async fn an_administrator_makes_an_account_and_its_owner_chooses_the_password() {
    let house = house().await;
    let root = house.administrator().await;
    let new = json!({ "email": "Ada@example.com", "name": "Ada", "locale": "de" });
    let made = house.bearer(&root.access).post(USERS, new).await;
    let location = made.header("location").to_owned();
    let made = made.created();
    assert_eq!(location, format!("{USERS}/{}", made["id"].as_str().unwrap()));
    assert_eq!(
        (&made["email"], &made["email_verified"]),
        (&json!("Ada@example.com"), &json!(false))
    );

    let mail = house.mailed("Ada@example.com").await;
    assert_eq!(mail.subject, "Wähle dein Passwort");
    assert!(mail.link().starts_with("https://groundwork.test/links/set-password?token="));
    let page = house.stranger().get(&format!("//links/set-password?token={}", mail.token())).await;
    assert!(page.status == 200 && page.text.contains("Choose a password"), "{}", page.text);

    let reset = json!({ "token": mail.token(), "new_password": PASSWORD });
    let stranger = house.stranger();
    stranger.post("/api/v1/auth/password/reset", reset.clone()).await.no_content();
    stranger.post("/api/v1/auth/password/reset", reset).await.problem(410, "link_expired");
    house.login(ADA, PASSWORD).await.ok();
}

/// ASVS 6.4.6, 8.2.1.
#[actix_web::test]
async fn nobody_else_makes_accounts_and_nobody_sets_a_password() {
    let house = house().await;
    let (root, ada) = (house.administrator().await, house.signed_in(ADA).await);
    let new = json!({ "email": "new@example.com", "name": "New" });
    house.bearer(&ada.access).post(USERS, new.clone()).await.problem(403, "permission_denied");
    let root = house.bearer(&root.access);
    for member in ["password", "password_hash", "email_verified", "status", "roles"] {
        let mut more = new.clone();
        more[member] = json!("x");
        root.post(USERS, more).await.problem(422, "validation_failed");
    }
    let taken = json!({ "email": "ADA@example.com", "name": "Ada" });
    root.post(USERS, taken).await.problem(409, "email_taken");
    let before = house.mail.mails().len();
    house.run_jobs().await;
    assert_eq!(house.mail.mails().len(), before);
    let document = serde_json::to_value(house.ground.document()).unwrap();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    for name in ["NewUserIn", "DisableIn", "UserOut"] {
        assert!(!schemas[name].to_string().contains("assword\":"), "{name}");
    }
}

/// ASVS 6.4.6: an administrator lets somebody back in, and knows no password of theirs.
#[actix_web::test]
async fn an_administrator_has_somebody_choose_another_password() {
    let house = house().await;
    let (root, ada) = (house.administrator().await, house.signed_in(ADA).await);
    let id = crate::me(&house, &ada.access).await.ok()["id"].as_str().unwrap().to_owned();
    let path = format!("{USERS}/{id}/reset-password");
    house.bearer(&ada.access).post(&path, json!({})).await.problem(403, "permission_denied");
    house.bearer(&root.access).post(&path, json!({})).await.accepted();
    let mail = house.mailed(ADA).await;
    assert_eq!(mail.subject, "Choose a new password");
    house.login(ADA, PASSWORD).await.ok();
    let reset = json!({ "token": mail.token(), "new_password": "staple battery horse correct" });
    house.stranger().post("/api/v1/auth/password/reset", reset).await.no_content();
    house.login(ADA, PASSWORD).await.problem(401, "invalid_credentials");
    let nobody = format!("{USERS}/{}/reset-password", uuid::Uuid::nil());
    house.bearer(&root.access).post(&nobody, json!({})).await.problem(404, "not_found");
}

/// Whoever let the first link expire gets another one of its kind.
#[actix_web::test]
async fn who_has_chosen_no_password_yet_is_mailed_the_first_link_again() {
    let house = house().await;
    let root = house.administrator().await;
    let new = json!({ "email": ADA, "name": "Ada" });
    let made = house.bearer(&root.access).post(USERS, new).await.created();
    house.run_jobs().await;
    house.database.clock.advance(chrono::TimeDelta::days(8));
    let root = crate::Tokens::of(&house.login("root@example.com", PASSWORD).await.ok());
    let path = format!("{USERS}/{}/reset-password", made["id"].as_str().unwrap());
    house.bearer(&root.access).post(&path, json!({})).await.accepted();
    let mail = house.mailed(ADA).await;
    assert_eq!(mail.subject, "Choose your password");
    let reset = json!({ "token": mail.token(), "new_password": PASSWORD });
    house.stranger().post("/api/v1/auth/password/reset", reset).await.no_content();
    house.login(ADA, PASSWORD).await.ok();
}
