//! Mails in an organization's own words, which are no program (ASVS 1.3.7).

use actix_web::http::Method;
use kernel::testing::{Actor, Answer, App, MailCatcher};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};

use super::{PARCEL, notify, notify_in, office, reader};
use crate::{header, tamper};

const PARCELS: &str = "/notifications/templates/post.parcel/en";

fn admin(app: &App) -> Actor<'_> {
    app.member(&["notifications:templates"])
}

async fn put(who: &Actor<'_>, path: &str, subject: &str, body: &str) -> Answer {
    let words = json!({ "subject": subject, "body": body });
    who.send(Method::PUT, path, words.to_string()).await
}

/// How many entries of the organization's log tell of this.
async fn entries(app: &App, action: &str) -> i64 {
    let door = app.database.system();
    let sql = format!("select count(*) from audit_log where action = '{action}'");
    let ask = Statement::from_sql_and_values(door.view().get_database_backend(), sql, []);
    let row = door.view().query_one_raw(ask).await.unwrap().unwrap();
    row.try_get_by_index(0).unwrap()
}

/// ASVS 8.2.1.
#[actix_web::test]
async fn only_who_may_sees_an_organizations_words_and_changes_them() {
    let app = office(&MailCatcher::start()).await;
    app.stranger().get(PARCELS).await.problem(401, "not_authenticated");
    let member = app.member(&[]);
    for path in ["/notifications/templates", PARCELS] {
        member.get(path).await.problem(403, "permission_denied");
    }
    put(&member, PARCELS, "a", "b").await.problem(403, "permission_denied");
    member.delete(PARCELS).await.problem(403, "permission_denied");
    let preview = format!("{PARCELS}/preview");
    member.post(&preview, json!({})).await.problem(403, "permission_denied");
    let away = admin(&app);
    away.at(member.organization).get(PARCELS).await.problem(404, "not_found");
}

#[actix_web::test]
async fn every_topic_that_goes_out_by_mail_has_words_in_every_language() {
    let app = office(&MailCatcher::start()).await;
    let ada = admin(&app);
    let page = ada.get("/notifications/templates").await.ok();
    let all: Vec<_> = page["items"].as_array().unwrap().iter().collect();
    let names: Vec<_> = all
        .iter()
        .map(|it| format!("{} {}", it["topic"], it["language"]).replace('"', ""))
        .collect();
    let topics = ["alarm", "murmur", "news", "parcel"];
    let expected = topics.iter().flat_map(|it| ["de", "en"].map(|tag| format!("post.{it} {tag}")));
    assert_eq!(names, expected.collect::<Vec<_>>());
    for words in &all {
        assert_eq!((&words["source"], &words["version"]), (&json!("default"), &json!(0)));
        let path = format!("/notifications/templates/{}/{}", words["topic"], words["language"]);
        let path = path.replace('"', "");
        assert_eq!(ada.get(&path).await.ok(), **words);
        for count in [1, 3, 60] {
            let tried =
                json!({ "count": count, "subject": words["subject"], "body": words["body"] });
            ada.post(&format!("{path}/preview"), tried).await.ok();
        }
    }
    let variables = ["body", "count", "items", "more", "sender", "title", "weight"];
    assert_eq!(ada.get(PARCELS).await.ok()["variables"], json!(variables));
    for nothing in ["post.inward/en", "post.nothing/en", "post.parcel/fr", "post.parcel/EN"] {
        ada.get(&format!("/notifications/templates/{nothing}")).await.problem(404, "not_found");
    }
}

#[actix_web::test]
async fn mails_have_an_organizations_words_in_it_and_nowhere_else() {
    let catcher = MailCatcher::start();
    let app = office(&catcher).await;
    let (acme, rival) = (admin(&app), admin(&app));
    let ada = reader(&app, "ada@example.com").await;
    let body = "Dear reader,\n\n{{ sender }} has sent {{ weight }} g:\n{% for item in items %}\n- {{ item.title|upper }}\n{% endfor %}\n\nAcme";
    let words = put(&acme, PARCELS, "Acme: {{ sender }}\nsends", body).await;
    assert_eq!(words.header("etag"), "\"1\"");
    assert_eq!(words.ok()["source"], "organization");
    for (organization, subject) in
        [(acme.organization, "Acme: Zoe sends"), (rival.organization, "A parcel from Zoe")]
    {
        notify_in(&app, organization, ada.user(), PARCEL, "Zoe").await;
        assert_eq!(catcher.last("ada@example.com").subject, subject);
    }
    let [own, _] = catcher.mails().try_into().unwrap();
    let text = "Dear reader,\n\nZoe has sent 250 g:\n- A PARCEL FROM ZOE\n\nAcme\n";
    assert!(own.text.replace('\r', "").starts_with(text), "{}", own.text);
    assert!(own.text.contains("unsubscribe"), "what every mail must have stays: {}", own.text);
    notify(&app, ada.user(), PARCEL, "Bob").await;
    assert_eq!(catcher.last("ada@example.com").subject, "A parcel from Bob");

    acme.delete(PARCELS).await.no_content();
    acme.delete(PARCELS).await.problem(404, "not_found");
    notify_in(&app, acme.organization, ada.user(), PARCEL, "Max").await;
    assert_eq!(catcher.last("ada@example.com").subject, "A parcel from Max");
    let recorded = (
        entries(&app, "notification_template.updated").await,
        entries(&app, "notification_template.deleted").await,
    );
    assert_eq!(recorded, (1, 1));
}

/// ASVS 1.2.1, 1.3.7: values are text in an organization's words, and these are text in HTML.
#[actix_web::test]
async fn words_and_values_are_text_in_every_part_of_a_mail() {
    let catcher = MailCatcher::start();
    let app = office(&catcher).await;
    let (acme, ada) = (admin(&app), reader(&app, "ada@example.com").await);
    let body = "<script>alert(1)</script>\n\n<b>{{ sender }}</b>";
    put(&acme, PARCELS, "{{ sender }}\r\nBcc: all@example.com", body)
        .await
        .problem(422, "validation_failed");
    put(&acme, PARCELS, "{{ sender }}\nBcc: all@example.com", body).await.ok();
    let sender = "{{7*7}} ${7*7} <%=7*7%> <i>";
    notify_in(&app, acme.organization, ada.user(), PARCEL, sender).await;
    let [mail] = catcher.mails().try_into().unwrap();
    assert_eq!(mail.subject, format!("{sender} Bcc: all@example.com"));
    assert_eq!(header(&mail, "Bcc"), "");
    assert!(mail.text.contains(sender), "{}", mail.text);
    assert!(mail.html.contains("{{7*7}} ${7*7} &lt;%=7*7%&gt; &lt;i&gt;"), "{}", mail.html);
    for tag in ["<script", "<i>", "<b>"] {
        assert!(!mail.html.contains(tag), "{tag}: {}", mail.html);
    }
}

/// ASVS 1.3.7: what cannot be used is refused, in the line in which it stands.
#[actix_web::test]
async fn words_that_cannot_be_used_are_refused_with_their_line() {
    let app = office(&MailCatcher::start()).await;
    let acme = admin(&app);
    for (bad, line) in [
        ("{{ 7*7 }}", 3),
        ("{% set x = title %}", 3),
        ("{% include 'layout.html' %}", 3),
        ("{% extends layout %}", 3),
        ("{{ range(9) }}", 3),
        ("{{ title.__class__ }}", 3),
        ("{{ secret_key }}", 3),
        ("{{ layout }}", 3),
        ("{{ items[0] }}", 3),
        ("{% if title %}", 3),
        ("{% endif %}", 3),
        ("{{ title", 3),
        ("{{ title|length|first }}", 3),
        ("{% for x in count %}{{ x }}{% endfor %}", 3),
    ] {
        let answer = put(&acme, PARCELS, "{{ title }}", &format!("One.\n\n{bad}")).await;
        let problem = answer.problem(422, "validation_failed");
        let [fault] = problem["errors"].as_array().unwrap().as_slice() else { unreachable!() };
        assert_eq!(
            (&fault["pointer"], &fault["code"]),
            (&json!("/body"), &json!("template")),
            "{bad}"
        );
        let told = fault["message"].as_str().unwrap();
        assert!(told.starts_with(&format!("line {line}: ")), "{bad}: {told}");
        let preview = json!({ "body": format!("One.\n\n{bad}") });
        acme.post(&format!("{PARCELS}/preview"), preview).await.problem(422, "validation_failed");
    }
    let subject = put(&acme, PARCELS, "{{ nobody }}", "a").await.problem(422, "validation_failed");
    assert_eq!(subject["errors"][0]["pointer"], "/subject");
    for (subject, body) in [("{# #}", "a"), ("a", "{% if more %}a{% endif %}")] {
        put(&acme, PARCELS, subject, body).await.problem(422, "validation_failed");
    }
    for (subject, body) in
        [("", "a"), ("a", ""), (&*"a".repeat(501), "a"), ("a", &*"a".repeat(20_001))]
    {
        put(&acme, PARCELS, subject, body).await.problem(422, "validation_failed");
    }
    assert_eq!(acme.get(PARCELS).await.ok()["source"], "default");
}

/// ASVS 1.3.7, 15.2.2: neither time nor memory is an organization's to spend.
#[actix_web::test]
async fn words_that_would_take_for_ever_are_refused_at_once() {
    let app = office(&MailCatcher::start()).await;
    let acme = admin(&app);
    let begun = std::time::Instant::now();
    let every = "{% for a in items %}".repeat(15) + "x" + &"{% endfor %}".repeat(15);
    let letters = "{% for a in body %}{% for b in body %}{% for c in body %}{% for d in body %}{% for e in body %}{{ body }}{% endfor %}{% endfor %}{% endfor %}{% endfor %}{% endfor %}";
    let deep = "{% if title %}".repeat(1000) + "x" + &"{% endif %}".repeat(1000);
    for endless in [every.as_str(), letters, deep.as_str()] {
        let answer = put(&acme, PARCELS, "a", endless).await;
        assert!(matches!(answer.status, 200 | 422), "{}", answer.text);
    }
    put(&acme, PARCELS, "a", &every).await.problem(422, "validation_failed");
    put(&acme, PARCELS, "a", letters).await.problem(422, "validation_failed");
    assert!(begun.elapsed() < std::time::Duration::from_secs(20), "{:?}", begun.elapsed());
}

/// A release that knows a topic with other values, or words that were altered: the mail goes out in ours.
#[actix_web::test]
async fn words_that_turn_out_to_be_broken_give_way_to_ours() {
    let catcher = MailCatcher::start();
    let app = office(&catcher).await;
    let (acme, ada) = (admin(&app), reader(&app, "ada@example.com").await);
    put(&acme, PARCELS, "Acme", "{{ title }}").await.ok();
    for broken in ["{{ title", "{% for a in items %}", "{{ nobody.name.first }}", "{{ 1/0 }}"] {
        tamper(&app, &format!("update notification_templates set body = '{broken}'")).await;
        notify_in(&app, acme.organization, ada.user(), PARCEL, "Zoe").await;
        assert_eq!(catcher.last("ada@example.com").subject, "A parcel from Zoe", "{broken}");
    }
    assert_eq!(catcher.mails().len(), 4);
}

#[actix_web::test]
async fn a_preview_shows_the_mail_and_keeps_nothing() {
    let catcher = MailCatcher::start();
    let app = office(&catcher).await;
    let acme = admin(&app);
    let path = format!("{PARCELS}/preview");
    let now = acme.post(&path, json!({})).await.ok();
    assert_eq!(now["subject"], "A parcel from ‹sender›");
    let tried = json!({ "subject": "Hi: {{ count }}", "body": "{{ sender }} & <co>", "count": 3 });
    let shown = acme.post(&path, tried).await.ok();
    assert_eq!(shown["subject"], "Hi: 3");
    assert!(shown["text"].as_str().unwrap().starts_with("‹sender› & <co>"));
    assert!(shown["html"].as_str().unwrap().contains("‹sender› &amp; &lt;co&gt;"), "{shown}");
    let german = "/notifications/templates/post.parcel/de/preview";
    let shown = acme.post(german, json!({})).await.ok();
    assert_eq!(shown["subject"], "Ein Paket von ‹sender›");
    assert_eq!(acme.get(PARCELS).await.ok()["source"], Value::from("default"));
    assert!(catcher.mails().is_empty());
}

#[actix_web::test]
async fn words_of_another_version_are_not_overwritten() {
    let app = office(&MailCatcher::start()).await;
    let acme = admin(&app);
    put(&acme, PARCELS, "One", "a").await.ok();
    let stale = acme.with("if-match", "\"0\"");
    put(&stale, PARCELS, "Two", "a").await.problem(412, "stale_version");
    put(&acme.with("if-match", "\"1\""), PARCELS, "Two", "a").await.ok();
    assert_eq!(acme.get(PARCELS).await.ok()["subject"], "Two");
    stale.delete(PARCELS).await.problem(412, "stale_version");
}

#[actix_web::test]
async fn an_organizations_words_go_with_it() {
    let app = office(&MailCatcher::start()).await;
    let (acme, rival) = (admin(&app), admin(&app));
    for who in [&acme, &rival] {
        put(who, PARCELS, "One", "a").await.ok();
    }
    acme.door().run(async |tx| notifications::forget_organization(tx).await).await.unwrap();
    assert_eq!(acme.get(PARCELS).await.ok()["source"], "default");
    assert_eq!(rival.get(PARCELS).await.ok()["source"], "organization");
}
