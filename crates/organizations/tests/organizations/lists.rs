//! One's own organizations.

use serde_json::json;

use crate::{ORGANIZATIONS, all, found, house, id, leave};

#[actix_web::test]
async fn one_sees_ones_own_organizations_with_ones_roles_and_nobody_elses() {
    let house = house().await;
    let (ada, eve) = (house.owner("Ada").await, house.owner("Eve").await);
    house.join(&ada.at(eve.organization), "viewer").await;
    let mine = ada.get(ORGANIZATIONS).await.ok();
    assert_eq!(all(&mine, "slug"), ["ada-inc", "eve-inc"]);
    assert_eq!(mine["items"][0]["roles"], json!(["owner"]));
    assert_eq!(mine["items"][1]["roles"], json!(["viewer"]));
    assert_eq!(mine["items"][0]["deleted_at"], json!(null));
    assert_eq!(all(&eve.get(ORGANIZATIONS).await.ok(), "slug"), ["eve-inc"]);
    let (nobody, stranger) = (house.person("Zoe").await, house.stranger());
    assert_eq!(nobody.get(ORGANIZATIONS).await.ok()["items"], json!([]));
    stranger.get(ORGANIZATIONS).await.problem(401, "not_authenticated");

    leave(&ada.at(eve.organization)).await.no_content();
    assert_eq!(all(&ada.get(ORGANIZATIONS).await.ok(), "slug"), ["ada-inc"]);
}

#[actix_web::test]
async fn pages_are_full_whatever_was_deleted_between() {
    let house = house().await;
    let ada = house.person("Ada").await;
    let mut live = Vec::new();
    for number in 0..12 {
        let made = found(&ada, &format!("Acme {number}")).await.created();
        if number % 3 == 1 {
            ada.at(id(&made)).delete("").await.no_content();
        } else {
            live.push(made["slug"].as_str().unwrap().to_owned());
        }
    }
    let mut seen = Vec::new();
    let mut path = format!("{ORGANIZATIONS}?limit=3&count=exact");
    loop {
        let page = ada.get(&path).await.ok();
        assert_eq!(page["total"]["value"], 8);
        assert!(page["items"].as_array().unwrap().len() >= 2);
        seen.extend(all(&page, "slug"));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("{ORGANIZATIONS}?limit=3&count=exact&cursor={cursor}");
    }
    assert_eq!(seen, live);
    let newest = ada.get(&format!("{ORGANIZATIONS}?sort=-created_at&limit=1")).await.ok();
    assert_eq!(all(&newest, "slug"), ["acme-11"]);
    let gone = ada.get(&format!("{ORGANIZATIONS}?deleted=true&limit=2")).await.ok();
    assert_eq!(all(&gone, "slug"), ["acme-1", "acme-4"]);
    for query in ["deleted=maybe", "owner=me", "sort=name", "limit=0"] {
        let refused = ada.get(&format!("{ORGANIZATIONS}?{query}")).await;
        refused.problem(422, "validation_failed");
    }
}

#[actix_web::test]
async fn a_list_takes_as_many_statements_however_long_it_is() {
    let house = house().await;
    let (ada, eve) = (house.person("Ada").await, house.person("Eve").await);
    found(&eve, "Eve Inc").await.created();
    for number in 0..30 {
        found(&ada, &format!("Acme {number}")).await.created();
    }
    let list = format!("{ORGANIZATIONS}?limit=100");
    let (_, of_one) = house.statements(eve.get(&list)).await;
    let (_, of_many) = house.statements(ada.get(&list)).await;
    assert_eq!((of_one, of_many), (3, 3));
    let (listed, again) = house.statements(ada.get(&list)).await;
    assert_eq!(listed.ok()["items"].as_array().unwrap().len(), 30);
    assert_eq!(again, 2, "what one may do is in memory");
}
