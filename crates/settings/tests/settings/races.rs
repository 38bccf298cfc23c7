//! Many at once: nothing is lost, on PostgreSQL as on SQLite.

use futures_util::future::{join, join_all};
use serde_json::json;

use crate::{
    DAYS, GREETING, HERE, MINE, PLATFORM, admin, app, at, count, counts, each, lock, operator, put,
    rounds, set,
};

#[actix_web::test]
async fn of_many_who_set_a_value_first_each_leaves_a_revision() {
    let app = app().await;
    let root = operator(&app);
    let path = at(PLATFORM, &DAYS);
    let set = join_all((1..=50).map(|days| put(&root, &path, json!({ "value": days })))).await;
    let mut versions: Vec<_> =
        set.into_iter().map(|it| it.ok()["version"].as_i64().unwrap()).collect();
    versions.sort_unstable();
    assert_eq!(versions, (1..=50).collect::<Vec<_>>());
    let history = root.get(&format!("{path}/history?limit=100")).await.ok();
    let mut values: Vec<_> =
        each(&history, "value").iter().map(|it| it.as_i64().unwrap()).collect();
    assert_eq!(values[0], counts(&root, PLATFORM, &DAYS).await[0].as_i64().unwrap());
    values.sort_unstable();
    assert_eq!(values, (1..=50).collect::<Vec<_>>());
}

#[actix_web::test]
async fn of_many_with_one_version_one_wins() {
    let app = app().await;
    let root = operator(&app).with("if-match", "\"0\"");
    let path = at(PLATFORM, &DAYS);
    let set = join_all((1..=50).map(|days| put(&root, &path, json!({ "value": days })))).await;
    let mut statuses: Vec<_> = set.iter().map(|it| it.status).collect();
    statuses.sort_unstable();
    assert_eq!((statuses[0], &statuses[1..]), (200, &[412; 49][..]));
}

/// In whatever order a patch names them: nobody waits for each other for ever.
#[actix_web::test]
async fn patches_at_once_lose_nothing() {
    let app = app().await;
    let (ada, bob) = (admin(&app), app.staff(&[]));
    for round in 0..rounds() {
        let days = round % 90 + 1;
        let one = ada.patch(HERE, json!({ "demo.greeting": "hi", "demo.days": days }));
        let other = ada.patch(
            HERE,
            json!({ "demo.hosts": ["a"], "demo.beta": round % 2 == 0, "demo.days": null }),
        );
        let mine = bob.patch(MINE, json!({ "demo.greeting": "hi", "demo.days": days }));
        let (one, (other, mine)) = join(one, join(other, mine)).await;
        for answer in [one, other, mine] {
            answer.ok();
        }
        assert_eq!(counts(&ada, HERE, &GREETING).await[0], "hi");
        assert_eq!(ada.get(&at(HERE, &crate::BETA)).await.ok()["value"], round % 2 == 0);
        let sql = "select count(*) from settings s where version <> (select count(*) from setting_revisions r where r.key = s.key and r.organization_id = s.organization_id and r.user_id = s.user_id)";
        assert_eq!(count(&app, sql).await, 0, "a revision each, round {round}");
    }
}

/// Whichever comes first: what is locked counts everywhere from then on.
#[actix_web::test]
async fn a_lock_that_comes_meanwhile_counts() {
    let app = app().await;
    let (root, ada) = (operator(&app), admin(&app));
    for _ in 0..rounds() {
        let body = json!({ "value": 60 });
        let path = at(HERE, &DAYS);
        let (_, own) = join(lock(&root, PLATFORM, &DAYS, json!(30)), put(&ada, &path, body)).await;
        assert!([200, 409].contains(&own.status), "{}", own.text);
        assert_eq!(counts(&ada, HERE, &DAYS).await, json!([30, "platform", true]));
        assert_eq!(DAYS.of(ada.door().view()).await.unwrap(), 30);
        set(&root, PLATFORM, &DAYS, json!(30)).await;
    }
}
