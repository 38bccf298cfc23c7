//! Keys that come and go while the server runs (ASVS 13.3.4).

use base64::{Engine, engine::general_purpose::STANDARD};
use kernel::{Keyring, testing::App};
use serde_json::json;

use crate::{
    DAYS, HERE, MINE, PLATFORM, TOKEN, admin, app, at, count, features, operator, set, tamper,
};

/// A process with these keys, the first of them current.
async fn with_keys(app: &mut App, ids: &[&str]) -> App {
    let key = |id: &&str| format!("{id}:{}", STANDARD.encode(id.repeat(32).get(..32).unwrap()));
    let keys: Vec<_> = ids.iter().map(key).collect();
    app.database.keyring = Keyring::parse(&keys.join(",")).unwrap();
    app.replica(features()).await
}

const OLD: &str = "select (select count(*) from settings where sealed_by = 'old') + (select count(*) from setting_revisions where sealed_by = 'old')";

#[actix_web::test]
async fn a_secret_outlives_the_key_that_sealed_it() {
    let mut base = app().await;
    let old = with_keys(&mut base, &["old"]).await;
    let (root, ada) = (operator(&old), admin(&old));
    set(&root, PLATFORM, &DAYS, json!(30)).await;
    for (who, place) in [(&root, PLATFORM), (&ada, HERE), (&ada, MINE)] {
        set(who, place, &TOKEN, json!("canary one")).await;
        set(who, place, &TOKEN, json!("canary two")).await;
    }
    assert_eq!(count(&old, OLD).await, 9);

    let both = with_keys(&mut base, &["new", "old"]).await;
    let read = async |app: &App| {
        let (root, ada) = (root.on(app), ada.on(app));
        let door = ada.door();
        let secrets = [
            TOKEN.of(root.platform().view()).await.unwrap(),
            TOKEN.of(door.view()).await.unwrap(),
            TOKEN.of_user(door.view(), ada.user()).await.unwrap(),
        ];
        secrets.map(|it| it.unwrap().expose().to_owned())
    };
    assert_eq!(read(&both).await, ["canary two"; 3], "while both are there");
    set(&root.on(&both), PLATFORM, &TOKEN, json!("canary two")).await;
    assert_eq!(count(&both, OLD).await, 8, "what is new is sealed by the new one");
    both.run_jobs().await;
    assert_eq!(count(&both, OLD).await, 0);
    assert_eq!(
        count(&both, "select cast(sum(version) as bigint) from settings").await,
        1 + 3 + 2 + 2,
        "nothing changed"
    );

    let new = with_keys(&mut base, &["new"]).await;
    assert_eq!(read(&new).await, ["canary two"; 3], "with the old one gone");
    let back = json!({ "revision": 1 });
    ada.on(&new).post(&format!("{}/rollback", at(HERE, &TOKEN)), back).await.ok();
    assert_eq!(read(&new).await, ["canary two", "canary one", "canary two"]);
    assert_eq!(DAYS.of(new.database.system().view()).await.unwrap(), 30);
}

/// One whose key was dropped too early keeps no other from being sealed anew.
#[actix_web::test]
async fn a_secret_that_cannot_be_opened_keeps_no_other() {
    let mut base = app().await;
    let lost = with_keys(&mut base, &["lost"]).await;
    let root = operator(&lost);
    set(&root, PLATFORM, &TOKEN, json!("canary")).await;
    let old = with_keys(&mut base, &["old"]).await;
    let ada = admin(&old);
    set(&ada, HERE, &TOKEN, json!("canary")).await;
    let new = with_keys(&mut base, &["new", "old"]).await;
    new.run_jobs().await;
    assert_eq!(count(&new, OLD).await, 0);
    assert_eq!(count(&new, "select count(*) from settings where sealed_by = 'lost'").await, 1);
    assert!(TOKEN.of(root.on(&new).platform().view()).await.is_err());
    assert!(TOKEN.of(ada.on(&new).door().view()).await.unwrap().is_some(), "its own");
    root.on(&new).get(&at(PLATFORM, &TOKEN)).await.ok();
    set(&root.on(&new), PLATFORM, &TOKEN, json!("canary")).await;
    assert!(TOKEN.of(root.on(&new).platform().view()).await.unwrap().is_some());
}

/// ASVS 11.3.3: who can write to the database puts no secret in another's place.
#[actix_web::test]
async fn a_secret_that_is_moved_to_another_row_does_not_open() {
    let app = app().await;
    let (root, ada) = (operator(&app), admin(&app));
    set(&root, PLATFORM, &TOKEN, json!("the platform's")).await;
    set(&ada, HERE, &TOKEN, json!("canary")).await;
    tamper(&app, "update settings set sealed = (select sealed from settings order by id limit 1)")
        .await;
    let read =
        [TOKEN.of(root.platform().view()).await.is_ok(), TOKEN.of(ada.door().view()).await.is_ok()];
    assert!(read.contains(&true) && read.contains(&false), "{read:?}");
}
