//! What the organization and the invited see.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{MINE, ZOE, accept, invite, path, post};
use crate::all;

#[actix_web::test]
async fn the_list_is_paged_and_filtered_by_what_has_become_of_each() {
    let post = post().await;
    let ada = post.owner("Ada").await;
    let late = invite(&ada, "late@example.com", &["member"]).await.created();
    post.wait(TimeDelta::days(7));
    let token = post.invited(&ada, ZOE).await;
    accept(&post.person("Zoe").await, &token).await.ok();
    let token = post.invited(&ada, "no@example.com").await;
    post.decline(&token).await.no_content();
    let gone = invite(&ada, "gone@example.com", &["member"]).await.created();
    ada.delete(&path(&gone["id"])).await.no_content();
    for name in ["a", "b", "c"] {
        invite(&ada, &format!("{name}@example.com"), &["viewer"]).await.created();
    }
    for (state, found) in [
        ("pending", &["c@example.com", "b@example.com", "a@example.com"][..]),
        ("accepted", &[ZOE]),
        ("declined", &["no@example.com"]),
        ("revoked", &["gone@example.com"]),
        ("expired", &["late@example.com"]),
    ] {
        let list = ada.get(&format!("/invitations?state={state}")).await.ok();
        assert_eq!(all(&list, "email"), found);
        assert!(all(&list, "state").iter().all(|it| it == state), "{list}");
    }
    let first = ada.get("/invitations?limit=4&count=exact").await.ok();
    assert_eq!((all(&first, "email").len(), &first["total"]["value"]), (4, &json!(7)));
    let next = first["next_cursor"].as_str().unwrap();
    let second = ada.get(&format!("/invitations?limit=4&cursor={next}")).await.ok();
    assert_eq!(all(&second, "id").last(), late["id"].as_str().map(str::to_owned).as_ref());
    ada.get("/invitations?state=lost").await.problem(422, "validation_failed");
}

#[actix_web::test]
async fn a_list_takes_as_many_statements_however_long_it_is() {
    let post = post().await;
    let ada = post.owner("Ada").await;
    let zoe = post.person("Zoe").await;
    let mut taken = Vec::new();
    for name in ["Bob", "Cid", "Dan"] {
        invite(&post.owner(name).await, ZOE, &["member"]).await.created();
        invite(&ada, &format!("{name}@example.com"), &["member"]).await;
        invite(&ada, &format!("{name}@example.org"), &["member"]).await.created();
        zoe.get(MINE).await.ok();
        ada.get("/invitations").await.ok();
        let (_, mine) = post.statements(zoe.get(MINE)).await;
        let (_, ours) = post.statements(ada.get("/invitations")).await;
        taken.push((mine, ours));
    }
    assert!(taken.iter().all(|it| *it == taken[0]), "{taken:?}");
}

#[actix_web::test]
async fn the_invited_see_who_invites_them_where_and_as_what() {
    let post = post().await;
    let ada = post.owner("Ada").await;
    let token = post.invited(&ada, "Zoe@example.com").await;
    for _ in 0..2 {
        let seen = post.preview(&token).await.ok();
        assert_eq!(seen["organization"]["name"], "Ada Inc");
        assert_eq!(
            (&seen["invited_by"], &seen["email"]),
            (&json!("Ada"), &json!("Zoe@example.com"))
        );
        assert_eq!((&seen["roles"], &seen["account_exists"]), (&json!(["member"]), &json!(false)));
    }
    post.unproved(ZOE).await;
    assert_eq!(post.preview(&token).await.ok()["account_exists"], false, "nobody has proved it");
    post.sql("update users set deleted_at = created_at where name = 'Nobody'", Vec::new()).await;
    let zoe = post.person("Zoe").await;
    assert_eq!(post.preview(&token).await.ok()["account_exists"], true);
    accept(&zoe, &token).await.ok();
}

#[actix_web::test]
async fn ones_own_invitations_are_those_that_wait_for_an_answer() {
    let post = post().await;
    let (ada, bob) = (post.owner("Ada").await, post.owner("Bob").await);
    let zoe = post.person("Zoe").await;
    invite(&ada, "ZOE@example.com", &["member"]).await.created();
    let token = post.token(ZOE).await;
    post.wait(TimeDelta::days(3));
    invite(&bob, ZOE, &["viewer"]).await.created();
    invite(&bob, "una@example.com", &["viewer"]).await.created();
    let list = zoe.get(MINE).await.ok();
    let names: Vec<&Value> =
        list["items"].as_array().unwrap().iter().map(|it| &it["organization"]["name"]).collect();
    assert_eq!(names, ["Bob Inc", "Ada Inc"]);
    assert_eq!(
        (&list["items"][0]["invited_by"], &list["items"][0]["roles"]),
        (&json!("Bob"), &json!(["viewer"]))
    );
    assert!(!list.to_string().contains(&token) && !list.to_string().contains("token"), "{list}");
    accept(&zoe, &token).await.ok();
    assert_eq!(zoe.get(MINE).await.ok()["items"].as_array().unwrap().len(), 1);
    post.wait(TimeDelta::days(7));
    assert_eq!(zoe.get(MINE).await.ok()["items"], json!([]));
    post.stranger().get(MINE).await.problem(401, "not_authenticated");
}
