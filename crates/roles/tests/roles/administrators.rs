//! There is always an administrator.

use futures_util::future::{join, join_all};
use kernel::{
    Fault, Kind, UserId,
    testing::{Answer, App},
};
use serde_json::json;

use crate::{
    Person, ROLES, administrator, administrators, app, each, id, person, rounds, sql, staff,
    statuses, tamper, told,
};

const LAST: Kind = Kind::Conflict("last_administrator");

async fn delete(app: &App, user: UserId) -> Result<(), users::Error> {
    let door = app.database.system();
    door.run(async |tx| users::delete(tx, user).await).await
}

async fn disable(by: &Person<'_>, user: UserId) -> Answer {
    let path = format!("/api/v1/users/{user}/disable");
    by.actor.post(&path, json!({ "reason": "On leave" })).await
}

async fn enable(by: &Person<'_>, user: UserId) -> Answer {
    by.actor.post(&format!("/api/v1/users/{user}/enable"), json!({})).await
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
    assert_eq!(told(&app, root.user).await.len(), 3, "made, proved, and given the role");

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
    disable(&root, ada.user).await.ok();
    root.actor.delete(&root.of(&role)).await.problem(409, "last_administrator");
    assert_eq!(delete(&app, root.user).await.unwrap_err().kind(), LAST);
    let all = root.actor.get("/api/v1/permissions?scope=platform&limit=100").await.ok();
    let eve = staff(&root, &app, &each(&all, "key")).await;
    disable(&eve, root.user).await.problem(409, "last_administrator");

    enable(&root, ada.user).await.ok();
    disable(&eve, root.user).await.ok();
    disable(&eve, ada.user).await.problem(409, "last_administrator");
}

/// ASVS 8.2.1: to say who may use their account takes all that the account may do on the platform, or
/// who may do just this locks the administrators out.
#[actix_web::test]
async fn nobody_disables_or_enables_whose_roles_allow_more_than_their_own() {
    let app = app().await;
    let (root, ada) = (administrator(&app).await, administrator(&app).await);
    let eve = staff(&root, &app, &["users:write"]).await;
    let peer = staff(&root, &app, &["users:write"]).await;
    let stronger = staff(&root, &app, &["users:write", "cellar:inspect"]).await;
    for who in [&ada, &stronger] {
        disable(&eve, who.user).await.problem(403, "permission_denied");
        who.actor.get("/api/v1/permissions").await.ok();
        disable(&root, who.user).await.ok();
        enable(&eve, who.user).await.problem(403, "permission_denied");
        enable(&root, who.user).await.ok();
    }
    for who in [&peer, &person(&app).await] {
        disable(&eve, who.user).await.ok();
        enable(&eve, who.user).await.ok();
    }
}

/// Nor does whose mailbox nobody has proved: they cannot sign in.
#[actix_web::test]
async fn an_administrator_who_cannot_sign_in_does_not_count() {
    let app = app().await;
    let (root, ada) = (administrator(&app).await, administrator(&app).await);
    let role = administrators(&root).await;
    let ids = sql(&app, ada.user);
    tamper(&app, &format!("update users set email_verified_at = null where id = {ids}")).await;
    root.actor.delete(&root.of(&role)).await.problem(409, "last_administrator");
}

/// Databases take only so many parameters at once: holders are looked at in batches.
#[actix_web::test]
async fn of_very_many_administrators_one_is_enough() {
    let app = app().await;
    let (root, ada) = (administrator(&app).await, administrator(&app).await);
    let role = administrators(&root).await;
    let at = sql(&app, UserId(id(&role).0));
    for batch in 0..3 {
        let nobody = |at: u128| sql(&app, UserId(uuid::Uuid::from_u128(batch * 400 + at + 1)));
        let rows: Vec<_> = (0..400)
            .map(|it| {
                format!(
                    "({place}, {}, {at}, '2026-01-01 00:00:00+00:00')",
                    nobody(it),
                    place = sql(&app, UserId(uuid::Uuid::nil()))
                )
            })
            .collect();
        let insert =
            "insert into role_assignments (organization_id, user_id, role_id, created_at) values";
        tamper(&app, &format!("{insert} {}", rows.join(", "))).await;
    }
    root.actor.delete(&root.of(&role)).await.no_content();
    ada.actor.delete(&ada.of(&role)).await.problem(409, "last_administrator");
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
