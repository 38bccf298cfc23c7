//! Accounts, as the features above use them.

use chrono::TimeDelta;
use futures_util::future::join_all;
use kernel::{Fault, Feature, Kind, Problem, Refusal, Tx};
use sea_orm::ConnectionTrait;
use serde_json::json;
use users::{Deleted, EmailAddress, Error, User};

use crate::{app, app_with, create, delete, one, recipient, tamper, told};

fn is_taken(made: &Result<User, Error>) -> bool {
    matches!(made, Err(error) if error.kind() == Kind::Conflict("email_taken"))
}

async fn accounts(app: &kernel::testing::App) -> i64 {
    let row = one(app, "select count(*) from users where name <> $1", "".into()).await;
    row.try_get_by_index(0).unwrap()
}

#[actix_web::test]
async fn a_new_account_can_be_found_and_written_to_and_is_recorded() {
    let app = app().await;
    let view = app.database.system();
    assert!(!users::any(view.view()).await.unwrap());
    let user = create(&app, "Ada@Bücher.Example").await.unwrap();

    assert!(users::any(view.view()).await.unwrap());
    assert_eq!(users::by_id(view.view(), user.id).await.unwrap(), user);
    assert_eq!((user.email.as_str(), user.email_verified_at), ("Ada@Bücher.Example", None));
    let address = recipient(&app, user.id).await[0].clone();
    assert_eq!(address, "Ada@xn--bcher-kva.example", "as mail servers know it");
    let [entry] = told(&app, user.id).await.try_into().unwrap();
    assert_eq!((entry.action.as_str(), entry.actor.r#type.as_str()), ("user.created", "system"));
    assert_eq!(entry.changes["email"], json!({ "from": null, "to": "Ada@Bücher.Example" }));
}

/// A19: one mailbox, one account.
#[actix_web::test]
async fn variants_of_an_address_are_one_account() {
    let app = app().await;
    let ada = create(&app, "ada@bücher.example").await.unwrap();
    let variants = [
        "ADA@bücher.example",
        "Ada@BÜCHER.example",
        "ada@xn--bcher-kva.example",
        "ada@bu\u{308}cher.example",
    ];
    for typed in variants.iter().chain(&["ada@ｂücher.example"]) {
        assert!(is_taken(&create(&app, typed).await), "{typed}");
        let email = EmailAddress::parse(typed).unwrap();
        let found = users::by_email(app.database.system().view(), &email).await.unwrap();
        assert_eq!(found.unwrap().id, ada.id, "{typed}");
    }
    assert_eq!(accounts(&app).await, 1);
}

/// A19: what looks alike is another's.
#[actix_web::test]
async fn addresses_that_only_look_alike_are_two_accounts() {
    let app = app().await;
    create(&app, "ada@example.com").await.unwrap();
    for typed in ["ada@exаmple.com", "ada+x@example.com", "a.da@example.com"] {
        create(&app, typed).await.unwrap();
    }
    for refused in
        ["adа@example.com", "ad\u{131}@example.com", "ada@example.com.", "a\u{200d}da@example.com"]
    {
        assert_eq!(EmailAddress::parse(refused), None, "{refused}");
    }
    assert_eq!(accounts(&app).await, 4);
}

#[actix_web::test]
async fn of_many_who_take_one_address_at_once_one_gets_it() {
    let app = app().await;
    let made = join_all((0..6).map(|_| create(&app, "ada@example.com"))).await;
    assert_eq!(made.iter().filter(|it| it.is_ok()).count(), 1);
    assert_eq!(made.iter().filter(|it| is_taken(it)).count(), 5);
    assert_eq!(accounts(&app).await, 1);
}

#[actix_web::test]
async fn a_refused_account_leaves_nothing_behind() {
    let app = app().await;
    let ada = create(&app, "ada@example.com").await.unwrap();
    assert!(is_taken(&create(&app, "ADA@example.com").await));
    let count =
        one(&app, "select count(*) from audit_log where target_type = $1", "user".into()).await;
    assert_eq!(count.try_get_by_index::<i64>(0).unwrap(), 1);
    let count = one(&app, "select count(*) from recipients where address <> $1", "".into()).await;
    assert_eq!(count.try_get_by_index::<i64>(0).unwrap(), 1);
    assert_eq!(recipient(&app, ada.id).await[0], "ada@example.com");
}

#[actix_web::test]
async fn proving_a_mailbox_is_recorded_as_its_owners_own_doing() {
    let app = app().await;
    let user = create(&app, "ada@example.com").await.unwrap();
    app.database.clock.advance(TimeDelta::minutes(1));
    let door = app.database.platform(kernel::Asker::default());
    let verified = door.run(async |tx| users::verify_email(tx, user.id).await).await.unwrap();

    assert_eq!(verified.email_verified_at, Some(app.database.clock().now()));
    assert_eq!((verified.version, verified.created_at), (2, user.created_at));
    let [_, entry] = told(&app, user.id).await.try_into().unwrap();
    assert_eq!((entry.action.as_str(), entry.actor.id), ("user.email_verified", user.id.0));
    assert_eq!(entry.changes, json!({ "email_verified": { "from": false, "to": true } }));
}

#[actix_web::test]
async fn a_deleted_account_is_not_found_and_its_address_can_be_used_again() {
    let app = app().await;
    let old = create(&app, "ada@example.com").await.unwrap();
    delete(&app, old.id).await.unwrap();

    let door = app.database.system();
    let email = EmailAddress::parse("ada@example.com").unwrap();
    assert!(matches!(users::by_id(door.view(), old.id).await, Err(Error::NotFound)));
    assert_eq!(users::by_email(door.view(), &email).await.unwrap(), None);
    let again = delete(&app, old.id).await.unwrap_err();
    assert_eq!(again.kind(), Kind::NotFound);
    let new = create(&app, "ADA@example.com").await.unwrap();
    assert_eq!(users::by_email(door.view(), &email).await.unwrap().unwrap().id, new.id);
    assert_ne!(new.id, old.id);
    let [_, entry] = told(&app, old.id).await.try_into().unwrap();
    assert_eq!(
        (entry.action.as_str(), &entry.changes["deleted"]["to"]),
        ("user.deleted", &json!(true))
    );
}

#[actix_web::test]
async fn a_deletion_is_told_to_the_features_above_in_its_own_transaction() {
    let app = app_with(Feature::new("above").on(farewell)).await;
    tamper(&app, "create table farewells (name varchar(200))").await;
    let user = create(&app, "ada@example.com").await.unwrap();
    let door = app.database.system();
    let undone: Result<(), Error> = door
        .run(async |tx| {
            users::delete(tx, user.id).await?;
            Err(Refusal::NotFound.into())
        })
        .await;
    assert!(undone.is_err());
    let heard = async || {
        let row =
            one(&app, "select count(*) from farewells where name = $1", "Ada Lovelace".into());
        row.await.try_get_by_index::<i64>(0).unwrap()
    };
    assert_eq!(heard().await, 0, "it was rolled back with the deletion");
    delete(&app, user.id).await.unwrap();
    assert_eq!(heard().await, 1, "and heard while the account could still be read");
}

async fn farewell(tx: &Tx, gone: &Deleted) -> Result<(), Problem> {
    let user = users::by_id(tx, gone.user).await?;
    tx.execute_unprepared(&format!("insert into farewells values ('{}')", user.name)).await?;
    Ok(())
}

#[actix_web::test]
async fn a_feature_above_that_objects_keeps_the_account() {
    let object = async |tx: &Tx, _: &Deleted| {
        tx.execute_unprepared("update users set name = 'half done'").await?;
        Err::<(), Problem>(Problem::new(Kind::Conflict("last_owner"), "Somebody must own it."))
    };
    let app = app_with(Feature::new("above").on(object)).await;
    let user = create(&app, "ada@example.com").await.unwrap();

    let refused = delete(&app, user.id).await.unwrap_err();
    assert_eq!(refused.kind(), Kind::Conflict("last_owner"));
    assert_eq!(users::by_id(app.database.system().view(), user.id).await.unwrap(), user);
    assert_eq!(told(&app, user.id).await.len(), 1, "nothing happened, so nothing is recorded");
}
