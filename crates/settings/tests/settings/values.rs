//! One value at a time.

use kernel::settings::Definition;
use serde_json::{Value, json};

use crate::{
    COLOUR, DAYS, GREETING, HERE, HOSTS, MINE, PLATFORM, TOKEN, admin, app, at, count, counts,
    faults, operator, put, set,
};

#[actix_web::test]
async fn a_value_is_set_and_inherited_again() {
    let app = app().await;
    for (who, place, source) in [
        (operator(&app), PLATFORM, "platform"),
        (admin(&app), HERE, "organization"),
        (app.staff(&[]), MINE, "user"),
    ] {
        let path = at(place, &DAYS);
        let inherited = who.get(&path).await;
        assert_eq!(inherited.header("etag"), "\"0\"", "{place}");
        let inherited = inherited.ok();
        let made = put(&who, &path, json!({ "value": 30 })).await;
        assert_eq!(made.header("etag"), "\"1\"", "{place}");
        let made = made.ok();
        let wanted = json!({ "key": "demo.days", "value": 30, "source": source, "locked": false, "outdated": false, "version": 1 });
        assert_eq!(made, wanted);
        assert_eq!(who.get(&path).await.ok(), wanted);
        who.delete(&path).await.no_content();
        let again = who.get(&path).await.ok();
        assert_eq!(
            (&again["value"], &again["source"]),
            (&inherited["value"], &inherited["source"])
        );
        assert_eq!(again["version"], 2, "no version comes twice");
        who.delete(&path).await.no_content();
        assert_eq!(who.get(&path).await.ok()["version"], 2, "as it was");
        set(&who, place, &DAYS, json!(31)).await;
        assert_eq!(who.get(&path).await.ok()["version"], 3);
        who.delete(&path).await.no_content();
    }
}

#[actix_web::test]
async fn a_value_that_is_the_inherited_one_is_set_all_the_same() {
    let app = app().await;
    let (root, ada) = (operator(&app), admin(&app));
    set(&ada, HERE, &DAYS, json!(7)).await;
    set(&root, PLATFORM, &DAYS, json!(30)).await;
    assert_eq!(counts(&ada, HERE, &DAYS).await, json!([7, "organization", false]));
    assert_eq!(set(&ada, HERE, &DAYS, json!(7)).await["version"], 1, "as it was");
}

#[actix_web::test]
async fn what_a_setting_does_not_take_is_refused_by_its_place() {
    let app = app().await;
    let root = operator(&app);
    let refused = async |path: String, body| {
        faults(&put(&root, &path, body).await.problem(422, "validation_failed"))
    };
    let days = || at(PLATFORM, &DAYS);
    for (value, code) in [
        (json!(0), "range"),
        (json!(91), "range"),
        (json!("7"), "type"),
        (json!(7.5), "type"),
        (json!(null), "required"),
        (json!({}), "type"),
    ] {
        assert_eq!(refused(days(), json!({ "value": value })).await, [format!("/value {code}")]);
    }
    assert_eq!(refused(days(), json!({})).await, ["/value required"]);
    assert_eq!(
        refused(days(), json!({ "value": 7, "source": "x" })).await,
        ["/source unknown_field"]
    );
    assert_eq!(refused(days(), json!({ "value": 7, "lock": "x" })).await, ["/lock type"]);
    let control = json!({ "value": "a\u{1}b" });
    assert_eq!(refused(at(PLATFORM, &GREETING), control).await, ["/value control_character"]);
    let green = json!({ "value": "green" });
    assert_eq!(refused(at(PLATFORM, &COLOUR), green).await, ["/value unknown_value"]);
    let long = json!({ "value": ["a", "much too long"] });
    assert_eq!(refused(at(PLATFORM, &HOSTS), long).await, ["/value/1 length"]);
    assert_eq!(refused(at(PLATFORM, &TOKEN), json!({ "value": "" })).await, ["/value length"]);
    assert_eq!(count(&app, "select count(*) from settings").await, 0);
}

#[actix_web::test]
async fn every_kind_comes_back_as_it_was_set() {
    let app = app().await;
    let root = operator(&app);
    let cases: [(&dyn Definition, Value); 6] = [
        (&DAYS, json!(90)),
        (&GREETING, json!("Grüß Gott, 你好 \"'\\")),
        (&GREETING, json!("15")),
        (&COLOUR, json!("blue")),
        (&HOSTS, json!([])),
        (&HOSTS, json!(["b", "a", "b"])),
    ];
    for (setting, value) in cases {
        assert_eq!(set(&root, PLATFORM, setting, value.clone()).await["value"], value);
        assert_eq!(root.get(&at(PLATFORM, setting)).await.ok()["value"], value);
    }
}

/// If-Match is of the value at this place; what is inherited changes without it.
#[actix_web::test]
async fn a_change_of_a_version_that_is_gone_is_refused() {
    let app = app().await;
    let (root, ada) = (operator(&app), admin(&app));
    let path = at(HERE, &DAYS);
    let first = ada.with("if-match", "\"0\"");
    put(&first, &path, json!({ "value": 8 })).await.ok();
    put(&first, &path, json!({ "value": 9 })).await.problem(412, "stale_version");
    set(&root, PLATFORM, &DAYS, json!(30)).await;
    let second = ada.with("if-match", "\"1\"");
    put(&second, &path, json!({ "value": 9 })).await.ok();
    second.delete(&path).await.problem(412, "stale_version");
    ada.with("if-match", "\"2\"").delete(&path).await.no_content();
    assert_eq!(counts(&ada, HERE, &DAYS).await, json!([30, "platform", false]));
    let known = ada.with("if-none-match", "\"3\"");
    assert_eq!(known.get(&path).await.status, 200, "what is inherited has no version here");
}
