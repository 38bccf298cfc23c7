//! Roles of one's own, removed.

use kernel::{Feature, Kind, OrganizationId, Problem, Tx, testing::App};
use roles::Removing;
use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::{
    ADMIN, above::features_with, administrator, app, at, here, id, make, make_here, member,
    organization, person, set, tamper, told,
};

#[actix_web::test]
async fn a_role_that_nobody_has_goes_and_its_key_is_free_again() {
    let app = app().await;
    let root = administrator(&app).await;
    let made = make(&root, "support", &["things:read"]).await.created();
    root.actor.delete(&at(&made)).await.no_content();
    root.actor.get(&at(&made)).await.problem(404, "not_found");
    root.actor.delete(&at(&made)).await.problem(404, "not_found");
    root.actor.patch(&at(&made), json!({ "name": "X" })).await.problem(404, "not_found");
    let again = make(&root, "support", &[]).await.created();
    assert_ne!(again["id"], made["id"]);

    let [_, entry] = told(&app, id(&made)).await.try_into().unwrap();
    assert_eq!(entry.action, "role.deleted");
    assert_eq!(entry.changes["key"], json!({ "from": "support", "to": null }));
    let permissions = json!({ "from": ["things:read"], "to": null });
    assert_eq!(entry.changes["permissions"], permissions);
}

#[actix_web::test]
async fn a_role_that_somebody_has_stays_until_it_is_taken_from_them() {
    let app = app().await;
    let (root, ada) = (administrator(&app).await, person(&app).await);
    let made = make(&root, "support", &[]).await.created();
    root.put(&ada.of(&made)).await.no_content();
    root.actor.delete(&at(&made)).await.problem(409, "role_in_use");
    root.actor.delete(&ada.of(&made)).await.no_content();
    root.actor.delete(&at(&made)).await.no_content();

    let place = organization(&app).await;
    let admin = member(&app, &place, place.roles[ADMIN]).await;
    let made = make_here(&admin, "packer", &[]).await.created();
    set(&app, &place, &ada, &[id(&made)]).await.unwrap();
    admin.actor.delete(&here(&made)).await.problem(409, "role_in_use");
    set(&app, &place, &ada, &[]).await.unwrap();
    admin.actor.delete(&here(&made)).await.no_content();
}

/// What stands above may name a role too, as an invitation does: it is asked first, while the role
/// can still be read.
#[actix_web::test]
async fn a_feature_above_may_keep_a_role() {
    let object = async |tx: &Tx, event: &Removing| {
        let Removing { organization, role } = event;
        let known = roles::of(tx, &[*role]).await?;
        let keys: Vec<_> = known.iter().map(|it| it.key.to_string()).collect();
        let place = if *organization == OrganizationId::PLATFORM { "platform" } else { "else" };
        let sql = format!("insert into heard values ('{place} {}')", keys.join(" "));
        tx.execute_unprepared(&sql).await?;
        if keys.iter().all(|key| key != "invited") {
            return Ok(());
        }
        Err(Problem::new(Kind::Conflict("role_in_use"), "Somebody is invited to it."))
    };
    let app = App::signed_in_by(features_with(Feature::new("invitations").on(object))).await;
    tamper(&app, "create table heard (what varchar(99))").await;
    let (root, place) = (administrator(&app).await, organization(&app).await);
    let admin = member(&app, &place, place.roles[ADMIN]).await;
    let invited = make_here(&admin, "invited", &[]).await.created();
    let refused = admin.actor.delete(&here(&invited)).await.problem(409, "role_in_use");
    assert_eq!(refused["detail"], "Somebody is invited to it.");
    admin.actor.get(&here(&invited)).await.ok();
    let packer = make_here(&admin, "packer", &[]).await.created();
    admin.actor.delete(&here(&packer)).await.no_content();
    let support = make(&root, "support", &[]).await.created();
    root.actor.delete(&at(&support)).await.no_content();
    // Objecting took back what was heard of the first.
    assert_eq!(heard(&app).await, ["else packer", "platform support"]);
}

async fn heard(app: &App) -> Vec<String> {
    let door = app.database.system();
    let backend = door.view().get_database_backend();
    let ask = sea_orm::Statement::from_sql_and_values(backend, "select what from heard", []);
    let rows = door.view().query_all_raw(ask).await.unwrap();
    let mut heard: Vec<String> = rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
    heard.sort();
    heard
}
