//! Inviting many: each for itself.

use serde_json::{Value, json};

use super::{ZOE, invite, post};
use crate::all;

fn row(email: &str, role: &str) -> Value {
    json!({ "email": email, "roles": [role] })
}

#[actix_web::test]
async fn what_is_wrong_with_one_does_no_harm_to_the_others() {
    let post = post().await;
    let ada = post.owner("Ada").await;
    let admin = post.member(&ada, "Amy", "admin").await;
    invite(&ada, "old@example.com", &["member"]).await.created();
    let rows = json!({ "invitations": [
        row(ZOE, "member"),
        row("nonsense", "member"),
        row("old@example.com", "member"),
        row("ada@example.com", "member"),
        row("king@example.com", "king"),
        row("boss@example.com", "owner"),
        row("ZOE@example.com", "viewer"),
        json!({ "email": "none@example.com", "roles": [] }),
        row("last@example.com", "admin"),
    ] });
    let results = admin.post("/invitations/batch", rows).await.ok();
    let results = results["results"].as_array().unwrap();
    let told: Vec<_> = results
        .iter()
        .map(|it| {
            (it["status"].as_u64().unwrap(), it["problem"]["code"].as_str().unwrap_or_default())
        })
        .collect();
    assert_eq!(
        told,
        [
            (201, ""),
            (422, "validation_failed"),
            (409, "invitation_pending"),
            (409, "already_member"),
            (422, "validation_failed"),
            (403, "permission_denied"),
            (409, "invitation_pending"),
            (422, "validation_failed"),
            (201, ""),
        ]
    );
    assert_eq!(results[4]["problem"]["errors"][0]["pointer"], "/roles/0");
    assert!(results[1]["id"].is_null() && results[0]["problem"].is_null());
    let list = ada.get("/invitations").await.ok();
    assert_eq!(all(&list, "email"), ["last@example.com", ZOE, "old@example.com"]);
    post.run_jobs().await;
    assert_eq!(post.mail.mails().len(), 3);
}

/// The number of statements does not depend on how many are invited.
#[actix_web::test]
async fn a_hundred_take_as_many_statements_as_one() {
    let post = post().await;
    let ada = post.owner("Ada").await;
    let mut taken = Vec::new();
    for (many, prefix) in [(1, "warm"), (1, "a"), (100, "b")] {
        let rows: Vec<Value> =
            (0..many).map(|n| row(&format!("{prefix}{n}@example.com"), "member")).collect();
        let asked = ada.post("/invitations/batch", json!({ "invitations": rows }));
        let (answer, statements) = post.statements(asked).await;
        let results = answer.ok();
        assert!(results["results"].as_array().unwrap().iter().all(|it| it["status"] == 201));
        taken.push(statements);
    }
    assert!(taken[1] == taken[2] && taken[1] <= 16, "{taken:?}");
}

#[actix_web::test]
async fn none_and_more_than_a_hundred_are_refused() {
    let post = post().await;
    let ada = post.owner("Ada").await;
    for many in [0, 101] {
        let rows: Vec<Value> =
            (0..many).map(|n| row(&format!("a{n}@example.com"), "member")).collect();
        let body = json!({ "invitations": rows });
        let problem = ada.post("/invitations/batch", body).await.problem(422, "validation_failed");
        assert_eq!(problem["errors"][0]["pointer"], "/invitations");
    }
    assert_eq!(post.count("select count(*) from invitations", Vec::new()).await, 0);
}
