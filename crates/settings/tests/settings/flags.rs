//! Flags as settings, and as code asks for them.

use kernel::{
    Feature, Setting, SettingScope,
    settings::{Definition, Flag, Toggle},
    testing::{Actor, App},
};
use serde_json::{Value, json};

use crate::{HERE, PLATFORM, admin, at, counts, faults, lock, operator, put, set};

const SCOPES: &[SettingScope] = &[SettingScope::Platform, SettingScope::Organization];

pub static NEWS: Setting<Flag> = Setting {
    key: "demo.news",
    sentence: "Whether there is news.",
    kind: Flag,
    default: Toggle::Off,
    scopes: SCOPES,
};
pub static MAIL: Setting<Flag> = Setting {
    key: "demo.mail",
    sentence: "Whether there is mail.",
    kind: Flag,
    default: Toggle::On,
    scopes: &[SettingScope::Platform],
};
pub static DEFINITIONS: &[&dyn Definition] = &[&NEWS, &MAIL, &crate::BETA];

pub fn features() -> Vec<Feature> {
    vec![audit_log::feature(), settings::feature(), Feature::new("demo").settings(DEFINITIONS)]
}

pub async fn app() -> App {
    App::of(features()).await
}

/// Whether there is news where somebody stands.
pub async fn news(who: &Actor<'_>) -> bool {
    NEWS.is_on(who.door().view()).await.unwrap()
}

/// A value that is `state`, but for the organization of somebody.
pub fn but_for(state: &str, who: &Actor<'_>, rule: &str) -> Value {
    json!({ "state": state, "organizations": { who.organization.to_string(): rule } })
}

#[actix_web::test]
async fn a_flag_is_discovered_with_the_schema_of_its_values() {
    let app = app().await;
    let all = crate::ours(app.member(&[]).get("/api/v1/settings/definitions").await.ok());
    let news = &all["items"][2];
    assert_eq!((&news["key"], &news["kind"]), (&json!("demo.news"), &json!("flag")));
    assert_eq!(news["default"], json!({ "state": "off" }));
    assert_eq!(news["schema"]["properties"]["state"]["enum"], json!(["on", "off", "split"]));
}

#[actix_web::test]
async fn an_organization_decides_for_itself_unless_the_platform_forbids_it() {
    let app = app().await;
    let (root, acme, rival) = (operator(&app), admin(&app), admin(&app));
    assert_eq!((news(&acme).await, MAIL.is_on(acme.door().view()).await.unwrap()), (false, true));
    set(&root, PLATFORM, &NEWS, json!({ "state": "on" })).await;
    assert!(news(&acme).await && NEWS.is_on(root.platform().view()).await.unwrap());
    set(&acme, HERE, &NEWS, json!({ "state": "off" })).await;
    assert!(!news(&acme).await && news(&rival).await);
    lock(&root, PLATFORM, &NEWS, json!({ "state": "on" })).await;
    assert!(news(&acme).await);
    let own = json!({ "value": { "state": "off" } });
    put(&acme, &at(HERE, &NEWS), own).await.problem(409, "setting_locked");
}

/// As products for flags have it: what an operator says of one customer is the most particular thing that
/// is said, and stands above what the customer would choose (ASVS 8.2.1).
#[actix_web::test]
async fn for_whom_the_platform_names_it_has_decided() {
    let app = app().await;
    let (root, acme, rival) = (operator(&app), admin(&app), admin(&app));
    set(&root, PLATFORM, &NEWS, but_for("off", &acme, "on")).await;
    assert!(news(&acme).await && !news(&rival).await);
    set(&root, PLATFORM, &NEWS, json!({ "state": "off" })).await;
    set(&acme, HERE, &NEWS, json!({ "state": "on" })).await;
    assert!(news(&acme).await, "nobody has said anything of it");

    set(&root, PLATFORM, &NEWS, but_for("on", &acme, "off")).await;
    assert!(!news(&acme).await && news(&rival).await);
    let path = at(HERE, &NEWS);
    put(&acme, &path, json!({ "value": { "state": "on" } })).await.problem(409, "setting_locked");
    acme.delete(&path).await.problem(409, "setting_locked");
    set(&rival, HERE, &NEWS, json!({ "state": "off" })).await;
    assert!(!news(&rival).await, "who is not named decides for itself");

    let rule = json!({ "demo.news": { "organizations": { acme.organization.to_string(): null } } });
    root.patch(PLATFORM, rule).await.ok();
    assert!(news(&acme).await, "its own choice was kept");
    acme.delete(&path).await.no_content();
}

/// ASVS 8.2.2: who else is named, and so a customer, is nobody's business.
#[actix_web::test]
async fn an_organization_sees_its_own_rule_and_no_others() {
    let app = app().await;
    let (root, acme, rival) = (operator(&app), admin(&app), admin(&app));
    let value = but_for("on", &acme, "off");
    set(&root, PLATFORM, &NEWS, value.clone()).await;
    assert_eq!(counts(&root, PLATFORM, &NEWS).await, json!([value, "platform", false]));
    assert_eq!(counts(&acme, HERE, &NEWS).await, json!([value, "platform", true]));
    let bare = json!([{ "state": "on" }, "platform", false]);
    assert_eq!(counts(&rival, HERE, &NEWS).await, bare);
    let patched = rival.patch(HERE, json!({ "demo.news": null })).await.ok();
    assert_eq!(patched["items"][0]["value"], bare[0]);
    assert!(!rival.get(HERE).await.text.contains(&acme.organization.to_string()));
}

#[actix_web::test]
async fn a_share_of_organizations_holds_for_all_who_stand_in_them() {
    let app = app().await;
    let root = operator(&app);
    let half = json!({ "state": "split", "percentage": 50, "by": "organization" });
    set(&root, PLATFORM, &NEWS, half).await;
    let mut on = 0;
    for _ in 0..40 {
        let ada = app.member(&[]);
        let there = news(&ada).await;
        assert_eq!(there, news(&app.member_of(ada.organization, &[])).await);
        on += usize::from(there);
    }
    assert!((1..40).contains(&on), "{on} of 40"); // else a coin fell 40 times on one side
    assert!(!NEWS.is_on(root.platform().view()).await.unwrap(), "which is no organization");
}

#[actix_web::test]
async fn a_share_of_users_holds_for_them_wherever_they_stand() {
    let app = app().await;
    let root = operator(&app);
    let half = json!({ "state": "split", "percentage": 50, "by": "user" });
    set(&root, PLATFORM, &NEWS, half).await;
    let organization = app.member(&[]).organization;
    let mut on = 0;
    for _ in 0..40 {
        let ada = app.member_of(organization, &[]);
        let there = news(&ada).await;
        assert_eq!(there, NEWS.is_on(ada.platform().view()).await.unwrap());
        on += usize::from(there);
    }
    assert!((1..40).contains(&on), "{on} of 40");
    assert!(!NEWS.is_on(app.database.system().view()).await.unwrap(), "which is nobody");
    let all = json!({ "state": "split", "percentage": 100, "by": "user" });
    set(&root, PLATFORM, &NEWS, all).await;
    assert!(NEWS.is_on(app.database.system().view()).await.unwrap());
}

#[actix_web::test]
async fn a_patch_changes_a_part_of_a_flag() {
    let app = app().await;
    let (root, acme) = (operator(&app), admin(&app));
    let mut value = but_for("split", &acme, "on");
    value["percentage"] = json!(10);
    value["by"] = json!("organization");
    set(&root, PLATFORM, &NEWS, value).await;
    root.patch(PLATFORM, json!({ "demo.news": { "percentage": 25 } })).await.ok();
    let organization = acme.organization.to_string();
    let unnamed = json!({ "demo.news": { "organizations": { organization: null } } });
    root.patch(PLATFORM, unnamed).await.ok();
    let left =
        json!({ "state": "split", "percentage": 25, "by": "organization", "organizations": {} });
    assert_eq!(counts(&root, PLATFORM, &NEWS).await, json!([left, "platform", false]));
}

#[actix_web::test]
async fn a_value_that_says_nothing_clear_is_refused() {
    let app = app().await;
    let (root, acme) = (operator(&app), admin(&app));
    let refused = async |who: &Actor<'_>, place: &str, value: Value| {
        let answer = put(who, &at(place, &NEWS), json!({ "value": value })).await;
        faults(&answer.problem(422, "validation_failed"))
    };
    let partly = json!({ "state": "split", "by": "user" });
    assert_eq!(refused(&root, PLATFORM, partly).await, ["/value/percentage required"]);
    assert_eq!(refused(&root, PLATFORM, json!(true)).await, ["/value type"]);
    let named = but_for("off", &acme, "on");
    assert_eq!(refused(&acme, HERE, named.clone()).await, ["/value/organizations platform_only"]);
    let patched = acme.patch(HERE, json!({ "demo.news": named })).await;
    let told = faults(&patched.problem(422, "validation_failed"));
    assert_eq!(told, ["/demo.news/organizations platform_only"]);
    put(&acme, &at(HERE, &MAIL), json!({ "value": { "state": "off" } })).await.of(404);
}

/// Design §8: the hot path takes no statement, and a replica hears of a change with its next poll.
#[actix_web::test]
async fn code_asks_without_a_statement_and_hears_of_changes() {
    let app = app().await;
    let other = app.replica(features()).await;
    other.database.poll_invalidations().await.unwrap();
    let (root, ada) = (operator(&app), admin(&app));
    let away = ada.on(&other);
    assert!(!news(&ada).await && !news(&away).await);
    let before = app.database.statements();
    assert!(!news(&ada).await);
    assert_eq!(app.database.statements(), before);
    set(&root, PLATFORM, &NEWS, but_for("off", &ada, "on")).await;
    assert_eq!((news(&ada).await, news(&away).await), (true, false));
    other.database.poll_invalidations().await.unwrap();
    assert!(news(&away).await);
}
