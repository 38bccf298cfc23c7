//! A1: an account belongs to who proves the mailbox, and to nobody who was there before.

use actix_web::http::Method;
use kernel::Tx;
use serde_json::json;
use tokio::{sync::oneshot, task::yield_now};

use crate::{ADA, House, PASSWORD, house};

const OTHER: &str = "somebody else's password";
const CHOSEN: &str = "chosen by who reads the mail";

/// Where two have registered, no link brings a password along: who reads the mail chooses it, whichever
/// link they open, and nobody's who was there before counts.
#[actix_web::test]
async fn who_proves_the_mailbox_chooses_the_password() {
    for opened in 0..2 {
        let house = house().await;
        house.register(ADA, PASSWORD).await;
        house.register(ADA, OTHER).await;
        let mails = house.mail.mails();
        let alone = house.confirm(mails[opened].token()).await.problem(422, "validation_failed");
        assert_eq!(alone["errors"][0]["pointer"], "/password", "{alone}");
        house
            .confirm_with(mails[opened].token(), "too short")
            .await
            .problem(422, "validation_failed");

        house.confirm_with(mails[opened].token(), CHOSEN).await.no_content();
        house.login(ADA, CHOSEN).await.ok();
        for earlier in [PASSWORD, OTHER] {
            house.login(ADA, earlier).await.problem(401, "invalid_credentials");
        }
        house.confirm_with(mails[1 - opened].token(), OTHER).await.problem(410, "link_expired");
    }
}

/// Somebody registers with another's address; its owner opens the link, which they need not have asked
/// for: the page asks them for a password, and the stranger's is none.
#[actix_web::test]
async fn the_page_of_a_link_lets_no_strangers_password_in() {
    let house = house().await;
    house.register(ADA, OTHER).await;
    let token = house.mail.last(ADA).token().to_owned();
    let page = house.stranger().get(&format!("//links/verify-email?token={token}")).await;
    assert_eq!(page.text.matches("autocomplete=\"new-password\"").count(), 2, "{}", page.text);

    let reader = house.stranger().with("content-type", "application/x-www-form-urlencoded");
    let press = async |form: String| {
        reader.send(Method::POST, "//links/verify-email", format!("token={token}{form}")).await
    };
    assert_eq!(press(String::new()).await.status, 422, "the button alone does not do");
    let twice = CHOSEN.replace(' ', "+");
    assert_eq!(press(format!("&password={twice}&again={twice}")).await.status, 200);
    house.login(ADA, OTHER).await.problem(401, "invalid_credentials");
    house.login(ADA, CHOSEN).await.ok();
}

/// Whoever registered does not get in by forgetting the password either, and the owner does.
#[actix_web::test]
async fn a_forgotten_password_proves_the_mailbox_and_voids_what_was_before() {
    let house = house().await;
    house.register(ADA, OTHER).await;
    let earlier = house.mail.last(ADA).token().to_owned();
    house.stranger().post("/api/v1/auth/password/forgot", json!({ "email": ADA })).await.accepted();
    let token = house.mailed(ADA).await.token().to_owned();
    let new = json!({ "token": token, "new_password": CHOSEN });
    house.stranger().post("/api/v1/auth/password/reset", new).await.no_content();
    house.login(ADA, CHOSEN).await.ok();
    house.login(ADA, OTHER).await.problem(401, "invalid_credentials");
    house.confirm(&earlier).await.problem(410, "link_expired");
}

/// Where two have registered, a link that is asked for again could be the other's: there is none.
#[actix_web::test]
async fn another_link_brings_nobody_elses_password() {
    let house = house().await;
    house.register(ADA, PASSWORD).await;
    house.register(ADA, OTHER).await;
    let again = json!({ "email": ADA });
    house.stranger().post("/api/v1/auth/verify-email/resend", again).await.accepted();
    house.run_jobs().await;

    let token = house.mail.last(ADA).token().to_owned();
    house.confirm(&token).await.problem(422, "validation_failed");
    for password in [PASSWORD, OTHER] {
        house.login(ADA, password).await.problem(401, "invalid_credentials");
    }
    house.confirm_with(&token, CHOSEN).await.no_content();
    house.login(ADA, CHOSEN).await.ok();
}

#[actix_web::test]
async fn a_registration_after_the_proof_changes_nothing() {
    let house = house().await;
    house.verified(ADA).await;
    house.register(ADA, OTHER).await;
    house.login(ADA, OTHER).await.problem(401, "invalid_credentials");
    house.login(ADA, PASSWORD).await.ok();
}

/// Whoever set up a session before the proof – by whatever way there may once be – is out with it.
#[actix_web::test]
async fn what_was_signed_in_before_the_proof_is_signed_out_by_it() {
    let house = house().await;
    let tokens = house.signed_in(ADA).await;
    house.sql("update users set email_verified_at = null").await;
    house.register(ADA, OTHER).await;
    house.confirm_with(house.mail.last(ADA).token(), OTHER).await.no_content();
    crate::me(&house, &tokens.access).await.problem(401, "invalid_token");
    crate::refresh(&house, &tokens.refresh).await.problem(401, "invalid_token");
}

/// Runs `change` on an account while `other`, begun before it commits, waits for it: on SQLite with
/// its last one of `statements`, BEGIN, on PostgreSQL with the one after, which asks for the account.
async fn meanwhile<T>(
    house: &House,
    other: impl Future<Output = T>,
    statements: u64,
    change: impl AsyncFnOnce(&Tx, kernel::UserId) -> Result<(), users::Error>,
) -> T {
    let (held, begins) = oneshot::channel();
    let waiting = async {
        begins.await.unwrap();
        other.await
    };
    let door = house.database.system();
    let changing = door.run(async |tx| {
        let ada = users::by_email(tx, &users::EmailAddress::parse(ADA).unwrap()).await?.unwrap();
        let user = users::hold(tx, ada.id).await?;
        let on_postgres = u64::from(house.database.config.file().is_none());
        let begun = || {
            let waiting = u64::try_from(house.database.pools().waiting).unwrap();
            house.database.statements() + waiting // in line, before its BEGIN
        };
        let until = begun() + statements + on_postgres;
        held.send(()).unwrap();
        while begun() < until {
            yield_now().await;
        }
        change(tx, user.id).await
    });
    let (done, changed) = tokio::join!(waiting, changing);
    changed.unwrap();
    done
}

/// How many statements the worker sends at the least until a job has begun.
const JOB: u64 = 4;

/// Registering at the very moment of the proof does not slip a password in.
#[actix_web::test]
async fn a_registration_that_meets_the_proof_waits_and_changes_nothing() {
    let house = house().await;
    house.register(ADA, PASSWORD).await;
    let body = json!({ "email": ADA, "password": OTHER, "name": "Eve" });
    house.stranger().post("/api/v1/auth/register", body).await.accepted();
    let other = house.run_jobs(); // looking for work, and on PostgreSQL the job's own BEGIN
    let statements = if house.database.config.file().is_some() { 1 } else { JOB };
    let prove = async |tx: &Tx, user| users::verify_email(tx, user).await.map(drop);
    Box::pin(meanwhile(&house, other, statements, prove)).await;
    house.login(ADA, OTHER).await.problem(401, "invalid_credentials");
    house.login(ADA, PASSWORD).await.ok();
    assert_eq!(house.subjects(ADA)[1], "You already have an account");
}

/// A13: no session begins with an account that is going.
#[actix_web::test]
async fn a_login_that_meets_the_deletion_waits_and_is_refused() {
    let house = house().await;
    house.verified(ADA).await;
    let login = house.login(ADA, PASSWORD); // two reads and BEGIN
    let delete = async |tx: &Tx, user| users::delete(tx, user).await;
    Box::pin(meanwhile(&house, login, 3, delete)).await.problem(401, "invalid_credentials");
    assert_eq!(house.count("select count(*) from sessions").await, 0);
}
