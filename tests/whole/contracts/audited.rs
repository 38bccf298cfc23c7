//! What changes is written down, once.

use std::collections::BTreeSet;

use super::{
    permissions::documented,
    world::{Who, World},
};

/// Operations that leave another number of entries than one, and why.
const EXCEPTIONS: &[(&str, usize, &str)] = &[
    ("POST /api/v1/auth/refresh", 0, "a session goes on; nothing else has changed"),
    ("POST /api/v1/permissions/check", 0, "it asks"),
    ("POST /api/v1/invitations/preview", 0, "it looks"),
    ("POST /api/v1/organizations/{organization_id}/ofrep/v1/evaluate/flags", 0, "it asks"),
    ("POST /api/v1/organizations/{organization_id}/ofrep/v1/evaluate/flags/{key}", 0, "it asks"),
    ("DELETE /api/v1/users/me", 2, "the account, and its session"),
    ("POST /api/v1/organizations", 2, "the organization, and its first member"),
    (
        "POST /api/v1/organizations/{organization_id}/transfer-ownership",
        3,
        "the organization, and two members",
    ),
    (
        "POST /api/v1/organizations/{organization_id}/notifications/templates/{topic}/{language}/preview",
        0,
        "it looks",
    ),
    ("POST /api/v1/invitations/accept", 2, "the invitation, and the member"),
    // Sessions and passwords.
    ("POST /api/v1/auth/reauthenticate", 2, "the session, and the one that takes its place"),
    ("POST /api/v1/auth/password/reset", 2, "the password, and the session that ends with it"),
    // Notifications.
    ("PATCH /api/v1/notifications/{id}", 0, "what somebody has read is their own affair"),
    ("POST /api/v1/notifications/mark-all-read", 0, "what somebody has read is their own affair"),
    ("POST /api/v1/notifications/tickets", 0, "a session goes on at another door"),
];

/// ASVS 16.2.1, 16.3.2: an operation that changes something leaves one entry for each thing that it
/// changes.
#[actix_web::test]
async fn every_change_leaves_one_entry_for_each_thing_it_changes() {
    let world = World::new().await;
    let mut wrong = Vec::new();
    for operation in documented(&world).into_iter().filter(|it| !it.starts_with("GET")) {
        let request = world.request(&operation).await;
        let who = Who::may(&operation);
        let before = world.audited().await.len();
        let answer = world.send(&request, world.person(who)).await;
        assert!(answer.status < 300, "{operation}: {} {}", answer.status, answer.text);
        let entries = world.audited().await.split_off(before);
        let exception = EXCEPTIONS.iter().find(|(it, ..)| *it == operation);
        let expected = exception.map_or(1, |(_, number, _)| *number);
        let once = entries.iter().collect::<BTreeSet<_>>().len() == entries.len();
        if entries.len() != expected || !once {
            wrong.push(format!("{operation}: {entries:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
