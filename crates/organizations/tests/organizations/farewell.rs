//! Accounts that may not be used any more.

use serde_json::json;

use crate::{all, at, disable, found, house, id};

#[actix_web::test]
async fn the_last_owner_is_neither_disabled_nor_deleted() {
    let house = house().await;
    let (ada, staff) = (house.owner("Ada").await, house.registrar().await);
    house.member(&ada, "Ann", "admin").await;
    disable(&staff, ada.user()).await.problem(409, "last_owner");
    let delete = async || {
        let door = house.database.system();
        door.run(async |tx| users::delete(tx, ada.user()).await).await
    };
    let refused = kernel::Problem::from(delete().await.unwrap_err());
    assert_eq!(refused.kind().code(), "last_owner");
    assert_eq!(ada.get(&at(&ada)).await.ok()["roles"], json!(["owner"]));
    assert_eq!(house.owners(ada.organization).await, 1);

    house.member(&ada, "Bob", "owner").await;
    disable(&staff, ada.user()).await.ok();
    delete().await.unwrap();
    assert_eq!(house.owners(ada.organization).await, 1);
}

#[actix_web::test]
async fn whose_account_is_deleted_belongs_nowhere_and_each_organization_records_it() {
    let house = house().await;
    let (ada, eve) = (house.owner("Ada").await, house.owner("Eve").await);
    let mel = house.member(&ada, "Mel", "member").await;
    house.join(&mel.at(eve.organization), "admin").await;
    let alone = found(&mel, "Mel Inc").await.created();
    let alone = mel.at(id(&alone));
    alone.delete("").await.no_content();
    let seen = [house.log(ada.organization).await.len(), house.log(eve.organization).await.len()];

    let door = house.database.system();
    door.run(async |tx| users::delete(tx, mel.user()).await).await.unwrap();
    for (owner, seen, role) in [(&ada, seen[0], "member"), (&eve, seen[1], "admin")] {
        assert_eq!(all(&owner.get("/members").await.ok(), "name").len(), 1);
        mel.at(owner.organization).get("").await.problem(404, "not_found");
        let [(action, target, changes)] = house.log_since(owner, seen).await.try_into().unwrap();
        assert_eq!((action.as_str(), target), ("member.removed", mel.user().0));
        let roles = json!({ "from": [role], "to": [] });
        assert_eq!(changes, json!({ "roles": roles, "reason": "account_deleted" }));
    }
    alone.post("/restore", json!({})).await.problem(404, "not_found");
    let rows = "select count(*) from role_assignments where user_id = $1";
    assert_eq!(house.count(rows, vec![mel.user().into()]).await, 0);
}

#[actix_web::test]
async fn a_disabled_account_keeps_its_memberships() {
    let house = house().await;
    let (ada, staff) = (house.owner("Ada").await, house.registrar().await);
    let mel = house.member(&ada, "Mel", "member").await;
    disable(&staff, mel.user()).await.ok();
    let seen = ada.get(&at(&mel)).await.ok();
    assert_eq!((&seen["status"], &seen["roles"]), (&json!("disabled"), &json!(["member"])));
}

/// An account may belong to many organizations: databases take only so many parameters at once.
#[actix_web::test]
async fn an_account_of_many_memberships_is_deleted_with_all_of_them() {
    let house = house().await;
    let eve = house.person("Eve").await;
    house.crowd(&eve, 2_500, "member").await;
    let ((), statements) = house
        .statements(async {
            let door = house.database.system();
            door.run(async |tx| users::delete(tx, eve.user()).await).await.unwrap();
        })
        .await;
    assert!(statements < 40, "{statements}");
    assert_eq!(house.count("select count(*) from memberships", vec![]).await, 0);
    let removed = "select count(*) from audit_log where action = 'member.removed'";
    assert_eq!(house.count(removed, vec![]).await, 2_500);
}
