//! Another place's roles (ASVS 8.2.2, 8.4.1): as if they were not there.

use serde_json::{Value, json};

use crate::{
    ADMIN, OWNER, ROLES, administrator, administrators, app, here, id, make, make_here, member,
    organization, person, set,
};

const NOTHING: &str = "01900000-0000-7000-8000-000000000000";

#[actix_web::test]
async fn another_places_role_is_not_there() {
    let app = app().await;
    let (acme, rival) = (organization(&app).await, organization(&app).await);
    let (mine, theirs) = (
        member(&app, &acme, acme.roles[OWNER]).await,
        member(&app, &rival, rival.roles[OWNER]).await,
    );
    let root = administrator(&app).await;
    let foreign = make_here(&theirs, "packer", &["things:read"]).await.created();
    let support = make(&root, "support", &["things:read"]).await.created();
    let owner = theirs.actor.get("/roles?limit=1").await.ok()["items"][0].clone();
    let told = mine.actor.get(&format!("/roles/{NOTHING}")).await.problem(404, "not_found");
    for role in [&foreign, &support, &owner, &json!({ "id": "packer" }), &json!({ "id": "%00" })] {
        let same = |problem: Value| assert_eq!(problem["detail"], told["detail"]);
        same(mine.actor.get(&here(role)).await.problem(404, "not_found"));
        let patch = json!({ "name": "Mine", "permissions": [] });
        same(mine.actor.patch(&here(role), patch).await.problem(404, "not_found"));
        same(mine.actor.delete(&here(role)).await.problem(404, "not_found"));
        let path = format!("{ROLES}/{}", role["id"].as_str().unwrap());
        if role != &support {
            same(root.actor.get(&path).await.problem(404, "not_found"));
            same(root.actor.patch(&path, json!({})).await.problem(404, "not_found"));
            same(root.actor.delete(&path).await.problem(404, "not_found"));
        }
    }
    assert_eq!(theirs.actor.get(&here(&foreign)).await.ok(), foreign);
}

#[actix_web::test]
async fn another_organizations_door_is_shut() {
    let app = app().await;
    let (acme, rival) = (organization(&app).await, organization(&app).await);
    let mine = member(&app, &acme, acme.roles[OWNER]).await;
    let theirs = member(&app, &rival, rival.roles[OWNER]).await;
    let foreign = make_here(&theirs, "packer", &[]).await.created();
    let intruder = mine.actor.at(rival.id);
    intruder.get("/roles").await.problem(404, "not_found");
    intruder.get(&here(&foreign)).await.problem(404, "not_found");
    intruder.post("/roles", json!({})).await.problem(404, "not_found");
    intruder.patch(&here(&foreign), json!({})).await.problem(404, "not_found");
    intruder.delete(&here(&foreign)).await.problem(404, "not_found");
}

/// A role counts where it was made, and is given nowhere else.
#[actix_web::test]
async fn a_role_of_another_place_cannot_be_given() {
    let app = app().await;
    let (acme, rival) = (organization(&app).await, organization(&app).await);
    let (root, ada) = (administrator(&app).await, person(&app).await);
    let admin = member(&app, &rival, rival.roles[ADMIN]).await;
    let foreign = make_here(&admin, "packer", &["things:read"]).await.created();
    let platform = administrators(&root).await;
    root.put(&ada.of(&foreign)).await.problem(404, "not_found");
    root.actor.delete(&ada.of(&foreign)).await.problem(404, "not_found");
    for role in [id(&foreign), rival.roles[OWNER], id(&platform)] {
        let given = set(&app, &acme, &ada, &[acme.roles[OWNER], role]).await;
        assert!(matches!(given, Err(roles::Error::Unknown(places)) if places == [1]));
    }
    assert_eq!(ada.actor.at(acme.id).get("/roles").await.status, 404, "nothing was given");
}
