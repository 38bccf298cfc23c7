//! Jobs, followed by their events.

use kernel::testing::{Actor, App};
use serde_json::{Value, json};

use crate::{Errand, Gated, app, gate, queue, trouble};

const JOBS: &str = "/api/v1/system/jobs";

fn staff(app: &App) -> Actor<'_> {
    app.staff(&["jobs:read", "jobs:write"])
}

async fn only(app: &App, kind: &str) -> String {
    let page = staff(app).get(&format!("{JOBS}?kind={kind}")).await.ok();
    let [job] = page["items"].as_array().unwrap().as_slice() else { unreachable!("{page}") };
    format!("{JOBS}/{}", job["id"].as_str().unwrap())
}

/// The events of a stream: id, name and data.
fn events(text: &str) -> Vec<(String, String, Value)> {
    let field = |event: &str, name: &str| {
        let line = event.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap_or_default().to_owned()
    };
    let told = text.split("\n\n").filter(|it| it.starts_with("id: "));
    told.map(|it| {
        let data = serde_json::from_str(&field(it, "data: ")).unwrap();
        (field(it, "id: "), field(it, "event: "), data)
    })
    .collect()
}

#[actix_web::test]
async fn who_follows_a_job_hears_how_far_it_is_and_that_it_is_done() {
    let app = app().await;
    app.run_jobs().await; // what is due at the first start
    queue(&app, &Gated {}).await;
    let job = only(&app, "test.gated").await;
    let following = async {
        gate(&app).begun.acquire().await.unwrap().forget();
        gate(&app).open.add_permits(1);
        staff(&app).get(&format!("{job}/events")).await
    };
    let (answer, _) = tokio::join!(following, app.run_jobs());
    assert_eq!(answer.header("content-type"), "text/event-stream");
    let told = events(&answer.text);
    let (last, begun) = (told.last().unwrap(), told.first().unwrap());
    assert_eq!((last.0.as_str(), last.1.as_str()), ("done", "done"), "{}", answer.text);
    assert!(told.len() == 1 || begun.2["progress"] == json!({ "done": 3, "total": 7 }));

    let again = staff(&app).with("last-event-id", "done").get(&format!("{job}/events")).await;
    again.no_content();
    staff(&app).get(&format!("{job}/events")).await.problem(404, "not_found");
    let late = staff(&app).with("last-event-id", &begun.0).get(&format!("{job}/events")).await;
    assert_eq!(events(&late.text).last().unwrap().1, "done", "who was away hears it too");
}

#[actix_web::test]
async fn who_follows_a_job_that_was_given_up_hears_that_it_is_over() {
    let app = app().await;
    trouble(&app, true);
    queue(&app, &Errand { key: String::new(), what: "a canary".into() }).await;
    let job = only(&app, "test.errand").await;
    staff(&app).post(&format!("{job}/cancel"), json!({})).await.ok();
    let answer = staff(&app).get(&format!("{job}/events")).await;
    let [(id, name, data)] = events(&answer.text).try_into().unwrap();
    assert_eq!((name.as_str(), &data["state"]), ("over", &json!("cancelled")));
    assert!(!answer.text.contains("canary"));
    let again = staff(&app).with("last-event-id", &id).get(&format!("{job}/events")).await;
    again.no_content();
}
