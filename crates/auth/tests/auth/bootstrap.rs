//! The first start: a key to sign with, and an administrator.

use kernel::{Env, Tx, testing::App};

use crate::{ADA, House, PASSWORD, Tokens, environment, features, house, house_with};

const ADMIN: &str = "root@example.com";
const LONG: &str = "administrators are people";
const SET: &[(&str, &str)] = &[("ADMIN_EMAIL", ADMIN), ("ADMIN_PASSWORD", LONG)];

async fn reads_the_log(house: &House, email: &str, password: &str) -> u16 {
    let tokens = Tokens::of(&house.login(email, password).await.ok());
    house.bearer(&tokens.access).get("/api/v1/audit-log").await.status
}

#[actix_web::test]
async fn the_first_start_makes_the_administrator_who_may_read_the_log() {
    let house = house_with(SET).await;
    assert_eq!(reads_the_log(&house, ADMIN, LONG).await, 200);
    house.verified(ADA).await;
    assert_eq!(reads_the_log(&house, ADA, PASSWORD).await, 403);
    assert_eq!(house.audited("role.assigned").await[0].1, "system");
}

#[actix_web::test]
async fn a_second_start_makes_nobody_and_no_other_key() {
    let house = house_with(SET).await;
    let more = [("ADMIN_EMAIL", "second@example.com"), ("ADMIN_PASSWORD", LONG)];
    let again = house.app.beside(features(&environment(&house.mail, &more))).await;
    assert_eq!(house.count("select count(*) from users").await, 1);
    assert_eq!(house.count("select count(*) from signing_keys").await, 1);
    assert!(auth::first_administrator(again.database.system().view()).is_none());
}

/// Who has deleted everybody, themselves last, does not open the door to the next start.
#[actix_web::test]
async fn a_database_whose_accounts_are_deleted_is_not_empty() {
    let house = house_with(SET).await;
    house.sql("update users set deleted_at = created_at").await;
    house.app.beside(features(&environment(&house.mail, SET))).await;
    assert_eq!(house.count("select count(*) from users").await, 1);
}

#[actix_web::test]
async fn in_production_nobody_is_made_unasked() {
    let house = house().await;
    assert_eq!(house.count("select count(*) from users").await, 0);
}

/// ASVS 6.4.1: made up, told once.
#[actix_web::test]
async fn in_development_a_password_is_made_up_and_told_once() {
    let house = house_with(&[("APP_ENV", "development")]).await;
    let door = house.database.system();
    let first = auth::first_administrator(door.view()).unwrap();
    let password = first.password.unwrap();
    assert_eq!((first.email.as_str(), password.len()), ("admin@localhost", 20));
    assert_eq!(reads_the_log(&house, &first.email, &password).await, 200);
    assert!(auth::first_administrator(door.view()).is_none());
}

/// ASVS 6.2.8: the same characters, however the terminal composed them.
#[actix_web::test]
async fn an_administrators_password_may_hold_accents() {
    let decomposed = "Zoe\u{308} runs the whole house";
    let house = house_with(&[("ADMIN_EMAIL", ADMIN), ("ADMIN_PASSWORD", decomposed)]).await;
    house.login(ADMIN, "Zo\u{eb} runs the whole house").await.ok();
}

/// ASVS 13.4.1 in spirit: every mistake at once, and no secret with it.
#[actix_web::test]
async fn everything_that_is_set_wrong_is_told_at_once_and_without_its_value() {
    let env = Env::of([
        ("APP_ENV", "production"),
        ("PUBLIC_URL", "https://groundwork.test"),
        ("ADMIN_EMAIL", "hunter1"),
        ("ADMIN_PASSWORD", "hunter2"),
        ("AUTH_ACCESS_TOKEN_MINUTES", "hunter3"),
        ("AUTH_SESSION_IDLE_DAYS", "0"),
        ("AUTH_SESSION_DAYS", "9999"),
        ("AUTH_PASSWORD_MIN_LENGTH", "7"),
    ]);
    drop(auth::feature(&env));
    let told = env.check().unwrap_err().to_string();
    for name in [
        "ADMIN_EMAIL",
        "ADMIN_PASSWORD",
        "AUTH_ACCESS_TOKEN_MINUTES",
        "AUTH_SESSION_IDLE_DAYS",
        "AUTH_SESSION_DAYS",
        "AUTH_PASSWORD_MIN_LENGTH",
    ] {
        assert!(told.contains(name), "{name} in {told}");
    }
    assert!(!told.contains("hunter"), "{told}");
}

#[actix_web::test]
async fn a_password_of_nobody_is_told_as_a_mistake_in_production() {
    let set = [("APP_ENV", "production"), ("PUBLIC_URL", crate::PUBLIC), ("ADMIN_PASSWORD", LONG)];
    let env = Env::of(set);
    drop(auth::feature(&env));
    let told = env.check().unwrap_err().to_string();
    assert!(told.contains("ADMIN_EMAIL is missing") && !told.contains(LONG), "{told}");
}

/// ASVS 6.3.2, 6.4.1: nobody but the reader of the mail ever knows a password of theirs.
#[actix_web::test]
async fn in_production_an_administrator_without_a_password_is_mailed_a_link_to_choose_it() {
    let house = house_with(&[("ADMIN_EMAIL", ADMIN)]).await;
    let door = house.database.system();
    assert_eq!(auth::first_administrator(door.view()).unwrap().password, None);
    house.login(ADMIN, LONG).await.problem(401, "invalid_credentials");

    let link = house.mailed(ADMIN).await;
    assert!(link.link().starts_with("https://groundwork.test/links/set-password?token="));
    let new = serde_json::json!({ "token": link.token(), "new_password": LONG });
    house.stranger().post("/api/v1/auth/password/reset", new).await.no_content();
    assert_eq!(reads_the_log(&house, ADMIN, LONG).await, 200);

    house.app.beside(features(&environment(&house.mail, &[("ADMIN_EMAIL", ADMIN)]))).await;
    house.run_jobs().await;
    assert_eq!(house.subjects(ADMIN), ["Choose your password"], "a second start mails nothing");
}

/// The command line's way back in.
#[actix_web::test]
async fn an_operator_has_a_link_mailed_and_sees_no_password() {
    let house = house_with(SET).await;
    let door = house.database.system();
    auth::mail_reset(&door, "Root@Example.com").await.unwrap();
    let link = house.mailed(ADMIN).await;
    assert_eq!(link.subject, "Choose a new password");
    assert!(auth::mail_reset(&door, "nobody@example.com").await.is_err());
    let new = serde_json::json!({ "token": link.token(), "new_password": PASSWORD });
    house.stranger().post("/api/v1/auth/password/reset", new).await.no_content();
    house.login(ADMIN, PASSWORD).await.ok();
}

/// The command line's way.
#[actix_web::test]
async fn an_administrator_can_be_made_beside_a_running_server() {
    let house = house().await;
    let door = house.database.system();
    let make = async |email: &str, password: &str| {
        auth::create_administrator(&door, email, &password.to_owned().into()).await
    };
    assert!(matches!(make("nonsense", LONG).await, Err(auth::Error::Email)));
    assert!(matches!(make(ADMIN, "short").await, Err(auth::Error::Password(..))));
    make(ADMIN, LONG).await.unwrap();
    assert_eq!(reads_the_log(&house, ADMIN, LONG).await, 200);
    make("ROOT@example.com", LONG).await.unwrap_err();
    let made_up = auth::make_up_password();
    assert_ne!(made_up, auth::make_up_password());
}

/// A13 the other way round: a role counts from the next request, on other replicas from the next poll.
#[actix_web::test]
async fn who_becomes_an_administrator_is_one_at_once() {
    let house = house().await;
    let other = house.beside().await;
    let tokens = house.signed_in(ADA).await;
    let status = async |app: &App| app.bearer(&tokens.access).get("/api/v1/audit-log").await.status;
    assert_eq!((status(&house).await, status(&other).await), (403, 403));

    let ada = users::EmailAddress::parse(ADA).unwrap();
    let promote = async |tx: &Tx| {
        let user = users::by_email(tx, &ada).await?.unwrap();
        roles::make_administrator(tx, user.id).await?;
        roles::make_administrator(tx, user.id).await // twice is once
    };
    house.database.system().run(promote).await.unwrap();
    other.database.poll_invalidations().await.unwrap();
    assert_eq!((status(&house).await, status(&other).await), (200, 200));
    assert_eq!(house.count("select count(*) from role_assignments").await, 1);
    assert_eq!(house.audited("role.assigned").await.len(), 1);
}
