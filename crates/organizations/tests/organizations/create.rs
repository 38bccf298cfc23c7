//! Making organizations.

use futures_util::future::join_all;
use serde_json::json;

use crate::{ORGANIZATIONS, found, house, id};

#[actix_web::test]
async fn who_makes_an_organization_owns_it_and_both_are_recorded() {
    let house = house().await;
    let ada = house.person("Ada").await;
    let answer = found(&ada, "Åcme & Söhne").await;
    let location = answer.header("location").to_owned();
    assert_eq!(answer.header("etag"), "\"1\"");
    let made = answer.created();
    assert_eq!((&made["name"], &made["slug"]), (&json!("Åcme & Söhne"), &json!("acme-sohne")));
    assert_eq!(location, format!("{ORGANIZATIONS}/{}", made["id"].as_str().unwrap()));

    let ada = ada.at(id(&made));
    assert_eq!(ada.get(&location).await.ok(), made);
    let me = ada.get(&format!("/members/{}", ada.user())).await.ok();
    assert_eq!(me["roles"], json!(["owner"]));
    let log = house.log(ada.organization).await;
    let told: Vec<_> = log.iter().map(|it| (it.0.as_str(), it.1)).collect();
    let expected = [("organization.created", ada.organization.0), ("member.added", ada.user().0)];
    assert_eq!(told, expected);
    assert_eq!(log[0].2["slug"]["to"], "acme-sohne");
    assert_eq!(log[1].2["roles"]["to"], json!(["owner"]));
}

/// ASVS 2.2.1.
#[actix_web::test]
async fn what_is_no_slug_or_looks_like_the_services_own_is_refused() {
    let house = house().await;
    let ada = house.person("Ada").await;
    for (slug, code) in [
        ("аcme", "slug"), // the first letter is Cyrillic
        ("日本語", "slug"),
        ("Acme", "slug"),
        ("a", "slug"),
        ("ac--me", "slug"),
        ("admin", "reserved"),
        ("adrnin", "reserved"),
        ("l0gin", "reserved"),
    ] {
        let refused = ada.post(ORGANIZATIONS, json!({ "name": "Acme", "slug": slug })).await;
        let problem = refused.problem(422, "validation_failed");
        assert_eq!(problem["errors"][0]["pointer"], "/slug", "{slug}");
        assert_eq!(problem["errors"][0]["code"], code, "{slug}");
    }
    for name in ["", " ", "Pаypal", "\u{202e}emca", "a\nb"] {
        let problem = found(&ada, name).await.problem(422, "validation_failed");
        assert_eq!(problem["errors"][0]["pointer"], "/name", "{name:?}");
    }
    let both = json!({ "name": "Acme", "owner": ada.user() });
    ada.post(ORGANIZATIONS, both).await.problem(422, "validation_failed");
    assert_eq!(house.count("select count(*) from organizations", vec![]).await, 0);
}

#[actix_web::test]
async fn a_slug_that_looks_like_anothers_is_taken() {
    let house = house().await;
    let (ada, eve) = (house.person("Ada").await, house.person("Eve").await);
    for (one, other) in [("google", "goog1e"), ("modern-labs", "rnodern-1abs"), ("zoo", "z0o")] {
        ada.post(ORGANIZATIONS, json!({ "name": "Acme", "slug": one })).await.created();
        for slug in [one, other] {
            let refused = eve.post(ORGANIZATIONS, json!({ "name": "Acme", "slug": slug })).await;
            refused.problem(409, "slug_taken");
        }
    }
    assert_eq!(house.count("select count(*) from organizations", vec![]).await, 3);
    assert_eq!(house.count("select count(*) from role_assignments", vec![]).await, 3);
}

#[actix_web::test]
async fn a_derived_slug_that_is_taken_gets_an_end_of_its_own() {
    let house = house().await;
    let ada = house.person("Ada").await;
    let made = join_all((0..8).map(|_| found(&ada, "Acme"))).await;
    let mut slugs: Vec<_> =
        made.into_iter().map(|it| it.created()["slug"].as_str().unwrap().to_owned()).collect();
    slugs.sort();
    slugs.dedup();
    assert_eq!((slugs.len(), slugs[0].as_str()), (8, "acme"));
    assert!(slugs[1..].iter().all(|it| it.starts_with("acme-") && it.len() == 11), "{slugs:?}");
    let nameless = found(&ada, "日本語").await.created();
    assert!(nameless["slug"].as_str().unwrap().starts_with("org-"));
}

#[actix_web::test]
async fn of_many_who_take_one_slug_at_once_one_gets_it() {
    let house = house().await;
    let ada = house.person("Ada").await;
    let take = || ada.post(ORGANIZATIONS, json!({ "name": "Acme", "slug": "acme" }));
    let made = join_all((0..8).map(|_| take())).await;
    assert_eq!(made.iter().filter(|it| it.status == 201).count(), 1);
    for answer in made.into_iter().filter(|it| it.status != 201) {
        answer.problem(409, "slug_taken");
    }
}

/// One effect and one answer, whatever a client repeats.
#[actix_web::test]
async fn a_request_that_is_repeated_makes_one_organization() {
    let house = house().await;
    let ada = house.person("Ada").await.with("idempotency-key", "8e03978e-40d5-43dd-bc93");
    let first = found(&ada, "Acme").await.created();
    let again = found(&ada, "Acme").await;
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(again.created(), first);
    assert_eq!(house.count("select count(*) from organizations", vec![]).await, 1);
}

/// ASVS 8.2.1.
#[actix_web::test]
async fn nobody_makes_one_without_an_account_that_may_be_used() {
    let house = house().await;
    let ada = house.person("Ada").await;
    found(&house.stranger(), "Acme").await.problem(401, "not_authenticated");
    house.sql("update users set status = 'disabled'", vec![]).await;
    found(&ada, "Acme").await.problem(404, "not_found");
}
