//! A1: an account belongs to who proves the mailbox, and to nobody who was there before.

use kernel::Tx;
use serde_json::json;
use tokio::{sync::oneshot, task::yield_now};

use crate::{ADA, House, PASSWORD, house};

const OTHER: &str = "somebody else's password";

/// The link of one registration activates its own password, whichever came first.
#[actix_web::test]
async fn a_link_brings_the_password_of_its_own_registration() {
    for (first, second) in [(PASSWORD, OTHER), (OTHER, PASSWORD)] {
        for opened in 0..2 {
            let house = house().await;
            house.register(ADA, first).await;
            house.register(ADA, second).await;
            let mails = house.mail.mails();
            house.confirm(mails[opened].token()).await.no_content();

            let (good, bad) = if opened == 0 { (first, second) } else { (second, first) };
            house.login(ADA, good).await.ok();
            house.login(ADA, bad).await.problem(401, "invalid_credentials");
            house.confirm(mails[1 - opened].token()).await.problem(410, "link_expired");
        }
    }
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

    let mail = house.mail.last(ADA);
    assert_eq!(mail.subject, "Register once more");
    assert!(!mail.text.contains("token="), "{}", mail.text);
    for password in [PASSWORD, OTHER] {
        house.login(ADA, password).await.problem(401, "invalid_credentials");
    }
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
    house.confirm(house.mail.last(ADA).token()).await.no_content();
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
        let until = house.database.statements() + statements + on_postgres;
        held.send(()).unwrap();
        while house.database.statements() < until {
            yield_now().await;
        }
        change(tx, user.id).await
    });
    let (done, changed) = tokio::join!(waiting, changing);
    changed.unwrap();
    done
}

/// Registering at the very moment of the proof does not slip a password in.
#[actix_web::test]
async fn a_registration_that_meets_the_proof_waits_and_changes_nothing() {
    let house = house().await;
    house.register(ADA, PASSWORD).await;
    let other = house.register(ADA, OTHER); // BEGIN
    let prove = async |tx: &Tx, user| users::verify_email(tx, user).await.map(drop);
    Box::pin(meanwhile(&house, other, 1, prove)).await;
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
