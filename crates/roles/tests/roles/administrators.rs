//! There is always an administrator.

use futures_util::future::{join, join_all};
use kernel::{Fault, Kind, UserId, testing::App};
use serde_json::json;

use crate::{
    Person, ROLES, administrator, administrators, app, make, person, rounds, statuses, tamper, told,
};

const LAST: Kind = Kind::Conflict("last_administrator");

async fn delete(app: &App, user: UserId) -> Result<(), users::Error> {
    let door = app.database.system();
    door.run(async |tx| users::delete(tx, user).await).await
}

/// How many accounts have the role, whether they may be used or not.
async fn many(app: &App, people: &[&Person<'_>]) -> usize {
    let view = app.database.system();
    let theirs = people.iter().map(|it| roles::platform_roles(view.view(), it.user));
    join_all(theirs).await.iter().filter(|it| !it.as_ref().unwrap().is_empty()).count()
}

#[actix_web::test]
async fn the_last_administrator_stays_one() {
    let app = app().await;
    let (root, ada) = (administrator(&app).await, person(&app).await);
    let role = administrators(&root).await;
    let refused = root.actor.delete(&root.of(&role)).await.problem(409, "last_administrator");
    assert_eq!(refused["detail"], "Nobody else is an administrator. Make somebody else one first.");
    root.actor.get(ROLES).await.ok();
    assert_eq!(told(&app, root.user).await.len(), 2, "made, and given the role");

    root.put(&ada.of(&role)).await.no_content();
    root.actor.delete(&root.of(&role)).await.no_content();
    root.actor.get(ROLES).await.problem(403, "permission_denied");
    ada.actor.delete(&ada.of(&role)).await.problem(409, "last_administrator");
    ada.actor.delete(&root.of(&role)).await.problem(404, "not_found");
}

#[actix_web::test]
async fn the_last_administrator_cannot_go() {
    let app = app().await;
    let (root, ada) = (administrator(&app).await, administrator(&app).await);
    delete(&app, ada.user).await.unwrap();
    let refused = delete(&app, root.user).await.unwrap_err();
    assert_eq!((refused.kind(), refused.to_string().contains("administrator")), (LAST, true));
    root.actor.get(ROLES).await.ok();
}

/// Who may not use their account administers nothing.
#[actix_web::test]
async fn an_administrator_whose_account_is_disabled_does_not_count() {
    let app = app().await;
    let (root, ada) = (administrator(&app).await, administrator(&app).await);
    let role = administrators(&root).await;
    let disable = async |by: &Person<'_>, user: UserId| {
        let path = format!("/api/v1/users/{user}/disable");
        by.actor.post(&path, json!({ "reason": "On leave" })).await
    };
    disable(&root, ada.user).await.ok();
    root.actor.delete(&root.of(&role)).await.problem(409, "last_administrator");
    assert_eq!(delete(&app, root.user).await.unwrap_err().kind(), LAST);
    let keeper = make(&root, "keeper", &["users:write"]).await.created();
    let eve = person(&app).await;
    root.put(&eve.of(&keeper)).await.no_content();
    disable(&eve, root.user).await.problem(409, "last_administrator");

    root.actor.post(&format!("/api/v1/users/{}/enable", ada.user), json!({})).await.ok();
    disable(&eve, root.user).await.ok();
    disable(&eve, ada.user).await.problem(409, "last_administrator");
}

#[actix_web::test]
async fn an_administrator_who_is_disabled_can_be_removed_while_another_is_there() {
    let app = app().await;
    let (root, ada) = (administrator(&app).await, administrator(&app).await);
    let role = administrators(&root).await;
    tamper(
        &app,
        &format!("update users set status = 'disabled' where id <> {}", sql(&app, root.user)),
    )
    .await;
    root.actor.delete(&ada.of(&role)).await.no_content();
    root.actor.delete(&root.of(&role)).await.problem(409, "last_administrator");
}

/// An id as the database writes it.
fn sql(app: &App, user: UserId) -> String {
    use sea_orm::{ConnectionTrait, DbBackend};
    match app.database.system().view().get_database_backend() {
        DbBackend::Sqlite => format!("x'{}'", user.0.simple()),
        _ => format!("'{user}'"),
    }
}

/// Issue 4: two who take the role from one another at once leave one; and so do two who go, and one
/// who goes while the other gives the role back.
#[actix_web::test]
async fn of_two_last_administrators_who_remove_each_other_at_once_one_stays() {
    let app = app().await;
    let (root, ada) = (administrator(&app).await, administrator(&app).await);
    let role = administrators(&root).await;
    for round in 0..rounds() {
        let (one, other) =
            join(root.actor.delete(&ada.of(&role)), ada.actor.delete(&root.of(&role))).await;
        // The slower one is refused as the last, or has lost the permission before it was asked for.
        let statuses = statuses(&[one, other]);
        assert!(statuses == [204, 409] || statuses == [204, 403], "round {round}: {statuses:?}");
        assert_eq!(many(&app, &[&root, &ada]).await, 1, "round {round}");
        let door = app.database.system();
        for person in [&root, &ada] {
            let again = door.run(async |tx| roles::make_administrator(tx, person.user).await);
            again.await.unwrap();
        }
    }
}

/// The same past the callers' permissions, so that every round ends in the guard.
#[actix_web::test]
async fn of_two_last_administrators_who_resign_at_once_exactly_one_is_refused() {
    let app = app().await;
    let (root, ada) = (administrator(&app).await, administrator(&app).await);
    let role = administrators(&root).await;
    for round in 0..rounds() {
        let (one, other) =
            join(root.actor.delete(&root.of(&role)), ada.actor.delete(&ada.of(&role))).await;
        assert_eq!(statuses(&[one, other]), [204, 409], "round {round}");
        assert_eq!(many(&app, &[&root, &ada]).await, 1, "round {round}");
        let door = app.database.system();
        for person in [&root, &ada] {
            let again = door.run(async |tx| roles::make_administrator(tx, person.user).await);
            again.await.unwrap();
        }
    }
}

#[actix_web::test]
async fn of_two_last_administrators_who_go_or_resign_at_once_one_is_refused() {
    let app = app().await;
    for round in 0..rounds().div_ceil(4) {
        let root = administrator(&app).await;
        let role = administrators(&root).await;
        let people = [administrator(&app).await, administrator(&app).await];
        root.actor.delete(&root.of(&role)).await.no_content();
        let [one, other] = &people;
        let (gone, resigned) =
            join(delete(&app, one.user), other.actor.delete(&other.of(&role))).await;
        assert!(gone.is_ok() != (resigned.status == 204), "round {round}");
        assert_eq!(many(&app, &[one, other]).await, 1, "round {round}");
        tamper(&app, "delete from role_assignments").await;
    }
}
