//! A request that is sent twice has one effect.

use actix_web::http::Method;

use super::{
    permissions::documented,
    world::{Who, World},
};

/// POSTs that keep no answer, and why.
const EXCEPTIONS: &[(&str, &str)] = &[
    ("POST /api/v1/permissions/check", "it has no effect"),
    ("POST /api/v1/organizations/{organization_id}/ofrep/v1/evaluate/flags", "it has no effect"),
    (
        "POST /api/v1/organizations/{organization_id}/ofrep/v1/evaluate/flags/{key}",
        "it has no effect",
    ),
    ("POST /api/v1/invitations/preview", "it has no effect, and its callers may be strangers"),
    (
        "POST /api/v1/organizations/{organization_id}/transfer-ownership",
        "who has handed it on may not any more; a second time is told so",
    ),
    ("POST /api/v1/organizations/{organization_id}/leave", "who has left finds no door any more"),
    ("POST /api/v1/invitations/decline", "its callers may be strangers; a second time is told so"),
];

/// R5: every POST of a signed-in caller outside `/auth` answers the same request again with the same
/// answer, and does nothing.
#[actix_web::test]
async fn every_post_heeds_its_idempotency_key() {
    let world = World::new().await;
    let mut tried = 0;
    for operation in documented(&world) {
        let kept = EXCEPTIONS.iter().any(|(it, _)| *it == operation);
        if !operation.starts_with("POST") || operation.contains("/auth/") || kept {
            continue;
        }
        let request = world.request(&operation).await;
        assert_eq!(request.method, Method::POST);
        let who = Who::may(&operation);
        let key = [("idempotency-key", operation.rsplit('/').next().unwrap())];
        let first = world.send_with(&request, world.person(who), &key).await;
        assert!(first.status < 300, "{operation}: {} {}", first.status, first.text);
        let rows = world.rows().await;
        let again = world.send_with(&request, world.person(who), &key).await;
        assert_eq!(again.header("idempotency-replayed"), "true", "{operation}: {}", again.text);
        assert_eq!((again.status, &again.text), (first.status, &first.text), "{operation}");
        assert_eq!(rows, world.rows().await, "{operation}");
        tried += 1;
    }
    assert!(tried > 8, "only {tried} were tried");
}
