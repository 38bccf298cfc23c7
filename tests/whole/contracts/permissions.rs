//! Who may do what: every operation, tried by everybody, each answer from one table.

use super::{
    operations_of,
    world::{EVERYBODY, World},
};

const ORGANIZATION: &str = "{organization_id}";

/// An operation, and the status that each of [`EVERYBODY`] gets: nobody, viewer, member, admin, owner,
/// rival, administrator.
const TABLE: &[(&str, [u16; 7])] = &[
    ("GET /.well-known/jwks.json", [200; 7]),
    ("GET /livez", [200; 7]),
    ("GET /readyz", [200; 7]),
    ("POST /api/v1/auth/login", [200; 7]),
    ("POST /api/v1/auth/logout", [204; 7]),
    ("POST /api/v1/auth/refresh", [200; 7]),
    ("POST /api/v1/auth/register", [202; 7]),
    ("POST /api/v1/auth/verify-email", [204; 7]),
    ("POST /api/v1/auth/verify-email/resend", [202; 7]),
    ("GET /api/v1/users/me", [200; 7]),
    ("PATCH /api/v1/users/me", [200; 7]),
    ("DELETE /api/v1/users/me", [204; 7]),
    ("GET /api/v1/users/me/invitations", [200; 7]),
    ("GET /api/v1/permissions", [200; 7]),
    ("POST /api/v1/permissions/check", [200; 7]),
    ("POST /api/v1/invitations/preview", [200; 7]),
    ("POST /api/v1/invitations/accept", [200; 7]),
    ("POST /api/v1/invitations/decline", [204; 7]),
    ("GET /api/v1/organizations", [200; 7]),
    ("POST /api/v1/organizations", [201; 7]),
    // The platform's own.
    ("GET /api/v1/system/info", [403, 403, 403, 403, 403, 403, 200]),
    ("POST /api/v1/users/{id}/disable", [403, 403, 403, 403, 403, 403, 200]),
    ("POST /api/v1/users/{id}/enable", [403, 403, 403, 403, 403, 403, 200]),
    ("GET /api/v1/roles", [403, 403, 403, 403, 403, 403, 200]),
    ("POST /api/v1/roles", [403, 403, 403, 403, 403, 403, 201]),
    ("GET /api/v1/roles/{id}", [403, 403, 403, 403, 403, 403, 200]),
    ("PATCH /api/v1/roles/{id}", [403, 403, 403, 403, 403, 403, 200]),
    ("DELETE /api/v1/roles/{id}", [403, 403, 403, 403, 403, 403, 204]),
    ("GET /api/v1/users/{id}/roles", [403, 403, 403, 403, 403, 403, 200]),
    ("PUT /api/v1/users/{id}/roles/{role_id}", [403, 403, 403, 403, 403, 403, 204]),
    ("DELETE /api/v1/users/{id}/roles/{role_id}", [403, 403, 403, 403, 403, 403, 204]),
    // The queue.
    ("GET /api/v1/system/jobs", [403, 403, 403, 403, 403, 403, 200]),
    ("GET /api/v1/system/jobs/{id}", [403, 403, 403, 403, 403, 403, 200]),
    ("GET /api/v1/system/jobs/{id}/events", [403, 403, 403, 403, 403, 403, 200]),
    ("POST /api/v1/system/jobs/{id}/retry", [403, 403, 403, 403, 403, 403, 200]),
    ("POST /api/v1/system/jobs/{id}/cancel", [403, 403, 403, 403, 403, 403, 200]),
    // What people want to be notified of, and organizations' words in it.
    ("GET /api/v1/notifications/preferences", [200; 7]),
    ("PUT /api/v1/notifications/preferences", [200; 7]),
    (
        "GET /api/v1/organizations/{organization_id}/notifications/templates",
        [404, 403, 403, 200, 200, 404, 404],
    ),
    (
        "GET /api/v1/organizations/{organization_id}/notifications/templates/{topic}/{language}",
        [404, 403, 403, 200, 200, 404, 404],
    ),
    (
        "PUT /api/v1/organizations/{organization_id}/notifications/templates/{topic}/{language}",
        [404, 403, 403, 200, 200, 404, 404],
    ),
    (
        "DELETE /api/v1/organizations/{organization_id}/notifications/templates/{topic}/{language}",
        [404, 403, 403, 204, 204, 404, 404],
    ),
    (
        "POST /api/v1/organizations/{organization_id}/notifications/templates/{topic}/{language}/preview",
        [404, 403, 403, 200, 200, 404, 404],
    ),
    // Accounts.
    ("GET /api/v1/users/me/export", [200; 7]),
    ("GET /api/v1/users", [403, 403, 403, 403, 403, 403, 200]),
    ("GET /api/v1/users/{id}", [403, 403, 403, 403, 403, 403, 200]),
    ("PATCH /api/v1/users/{id}", [403, 403, 403, 403, 403, 403, 200]),
    ("DELETE /api/v1/users/{id}", [403, 403, 403, 403, 403, 403, 204]),
    ("POST /api/v1/users/{id}/restore", [403, 403, 403, 403, 403, 403, 200]),
    // An organization's.
    ("GET /api/v1/organizations/{organization_id}", [404, 200, 200, 200, 200, 404, 404]),
    ("PATCH /api/v1/organizations/{organization_id}", [404, 403, 403, 200, 200, 404, 404]),
    ("DELETE /api/v1/organizations/{organization_id}", [404, 403, 403, 403, 204, 404, 404]),
    ("POST /api/v1/organizations/{organization_id}/restore", [404, 404, 404, 404, 200, 404, 404]),
    ("POST /api/v1/organizations/{organization_id}/leave", [404, 204, 204, 204, 409, 404, 404]),
    (
        "POST /api/v1/organizations/{organization_id}/transfer-ownership",
        [404, 403, 403, 403, 204, 404, 404],
    ),
    ("GET /api/v1/organizations/{organization_id}/members", [404, 200, 200, 200, 200, 404, 404]),
    (
        "GET /api/v1/organizations/{organization_id}/members/{user_id}",
        [404, 200, 200, 200, 200, 404, 404],
    ),
    (
        "PATCH /api/v1/organizations/{organization_id}/members/{user_id}",
        [404, 403, 403, 200, 200, 404, 404],
    ),
    (
        "DELETE /api/v1/organizations/{organization_id}/members/{user_id}",
        [404, 403, 403, 204, 204, 404, 404],
    ),
    ("GET /api/v1/organizations/{organization_id}/roles", [404, 200, 200, 200, 200, 404, 404]),
    ("POST /api/v1/organizations/{organization_id}/roles", [404, 403, 403, 201, 201, 404, 404]),
    ("GET /api/v1/organizations/{organization_id}/roles/{id}", [404, 200, 200, 200, 200, 404, 404]),
    (
        "PATCH /api/v1/organizations/{organization_id}/roles/{id}",
        [404, 403, 403, 200, 200, 404, 404],
    ),
    (
        "DELETE /api/v1/organizations/{organization_id}/roles/{id}",
        [404, 403, 403, 204, 204, 404, 404],
    ),
    (
        "GET /api/v1/organizations/{organization_id}/invitations",
        [404, 403, 403, 200, 200, 404, 404],
    ),
    (
        "POST /api/v1/organizations/{organization_id}/invitations",
        [404, 403, 403, 201, 201, 404, 404],
    ),
    (
        "POST /api/v1/organizations/{organization_id}/invitations/batch",
        [404, 403, 403, 200, 200, 404, 404],
    ),
    (
        "GET /api/v1/organizations/{organization_id}/invitations/{id}",
        [404, 403, 403, 200, 200, 404, 404],
    ),
    (
        "DELETE /api/v1/organizations/{organization_id}/invitations/{id}",
        [404, 403, 403, 204, 204, 404, 404],
    ),
    (
        "POST /api/v1/organizations/{organization_id}/invitations/{id}/resend",
        [404, 403, 403, 200, 200, 404, 404],
    ),
    // Products.
    ("GET /api/v1/organizations/{organization_id}/products", [404, 200, 200, 200, 200, 404, 404]),
    ("POST /api/v1/organizations/{organization_id}/products", [404, 403, 201, 201, 201, 404, 404]),
    (
        "POST /api/v1/organizations/{organization_id}/products/batch",
        [404, 403, 200, 200, 200, 404, 404],
    ),
    (
        "GET /api/v1/organizations/{organization_id}/products/by-sku/{sku}",
        [404, 200, 200, 200, 200, 404, 404],
    ),
    (
        "GET /api/v1/organizations/{organization_id}/products/{id}",
        [404, 200, 200, 200, 200, 404, 404],
    ),
    (
        "PATCH /api/v1/organizations/{organization_id}/products/{id}",
        [404, 403, 200, 200, 200, 404, 404],
    ),
    (
        "DELETE /api/v1/organizations/{organization_id}/products/{id}",
        [404, 403, 204, 204, 204, 404, 404],
    ),
    (
        "POST /api/v1/organizations/{organization_id}/products/{id}/restore",
        [404, 403, 200, 200, 200, 404, 404],
    ),
    (
        "GET /api/v1/organizations/{organization_id}/products/{id}/history",
        [404, 200, 200, 200, 200, 404, 404],
    ),
    (
        "POST /api/v1/organizations/{organization_id}/products/import",
        [404, 403, 202, 202, 202, 404, 404],
    ),
    (
        "GET /api/v1/organizations/{organization_id}/products/imports",
        [404, 200, 200, 200, 200, 404, 404],
    ),
    (
        "GET /api/v1/organizations/{organization_id}/products/imports/{id}",
        [404, 200, 200, 200, 200, 404, 404],
    ),
    (
        "GET /api/v1/organizations/{organization_id}/products/imports/{id}/errors",
        [404, 200, 200, 200, 200, 404, 404],
    ),
    (
        "GET /api/v1/organizations/{organization_id}/products/imports/{id}/events",
        [404, 200, 200, 200, 200, 404, 404],
    ),
    (
        "POST /api/v1/organizations/{organization_id}/products/imports/{id}/cancel",
        [404, 403, 200, 200, 200, 404, 404],
    ),
    (
        "GET /api/v1/organizations/{organization_id}/products/export",
        [404, 200, 200, 200, 200, 404, 404],
    ),
    // Audit logs.
    ("GET /api/v1/audit-log", [403, 403, 403, 403, 403, 403, 200]),
    ("GET /api/v1/audit-log/{event_id}", [403, 403, 403, 403, 403, 403, 200]),
    ("GET /api/v1/audit-log/export", [403, 403, 403, 403, 403, 403, 200]),
    ("GET /api/v1/audit-log/stream", [403, 403, 403, 403, 403, 403, 200]),
    (
        "GET /api/v1/organizations/{organization_id}/audit-log/export",
        [404, 403, 403, 200, 200, 404, 404],
    ),
    (
        "GET /api/v1/organizations/{organization_id}/audit-log/stream",
        [404, 403, 403, 200, 200, 404, 404],
    ),
    ("GET /api/v1/organizations/{organization_id}/audit-log", [404, 403, 403, 200, 200, 404, 404]),
    (
        "GET /api/v1/organizations/{organization_id}/audit-log/{event_id}",
        [404, 403, 403, 200, 200, 404, 404],
    ),
    // Sessions, passwords and addresses.
    ("GET /api/v1/auth/sessions", [200; 7]),
    ("DELETE /api/v1/auth/sessions", [204; 7]),
    ("DELETE /api/v1/auth/sessions/{id}", [204; 7]),
    ("POST /api/v1/auth/reauthenticate", [200; 7]),
    ("POST /api/v1/auth/password/forgot", [202; 7]),
    ("POST /api/v1/auth/password/reset", [204; 7]),
    ("POST /api/v1/auth/password/change", [204; 7]),
    ("POST /api/v1/users/me/email", [202; 7]),
    ("POST /api/v1/users", [403, 403, 403, 403, 403, 403, 201]),
    ("POST /api/v1/users/{id}/reset-password", [403, 403, 403, 403, 403, 403, 202]),
    ("GET /api/v1/users/{id}/sessions", [403, 403, 403, 403, 403, 403, 200]),
    ("DELETE /api/v1/users/{id}/sessions", [403, 403, 403, 403, 403, 403, 204]),
    // Settings: of the platform, an organization, an account.
    ("GET /api/v1/settings/definitions", [200; 7]),
    ("GET /api/v1/settings", [403, 403, 403, 403, 403, 403, 200]),
    ("GET /api/v1/users/me/settings", [200; 7]),
    ("GET /api/v1/organizations/{organization_id}/settings", [404, 403, 200, 200, 200, 404, 404]),
    ("PATCH /api/v1/settings", [403, 403, 403, 403, 403, 403, 200]),
    ("PATCH /api/v1/users/me/settings", [200; 7]),
    ("PATCH /api/v1/organizations/{organization_id}/settings", [404, 403, 403, 200, 200, 404, 404]),
    ("GET /api/v1/settings/{key}", [403, 403, 403, 403, 403, 403, 200]),
    ("GET /api/v1/users/me/settings/{key}", [200; 7]),
    (
        "GET /api/v1/organizations/{organization_id}/settings/{key}",
        [404, 403, 200, 200, 200, 404, 404],
    ),
    ("PUT /api/v1/settings/{key}", [403, 403, 403, 403, 403, 403, 200]),
    ("PUT /api/v1/users/me/settings/{key}", [200; 7]),
    (
        "PUT /api/v1/organizations/{organization_id}/settings/{key}",
        [404, 403, 403, 200, 200, 404, 404],
    ),
    ("DELETE /api/v1/settings/{key}", [403, 403, 403, 403, 403, 403, 204]),
    ("DELETE /api/v1/users/me/settings/{key}", [204; 7]),
    (
        "DELETE /api/v1/organizations/{organization_id}/settings/{key}",
        [404, 403, 403, 204, 204, 404, 404],
    ),
    ("GET /api/v1/settings/{key}/history", [403, 403, 403, 403, 403, 403, 200]),
    ("GET /api/v1/users/me/settings/{key}/history", [200; 7]),
    (
        "GET /api/v1/organizations/{organization_id}/settings/{key}/history",
        [404, 403, 200, 200, 200, 404, 404],
    ),
    ("POST /api/v1/settings/{key}/rollback", [403, 403, 403, 403, 403, 403, 200]),
    ("POST /api/v1/users/me/settings/{key}/rollback", [200; 7]),
    (
        "POST /api/v1/organizations/{organization_id}/settings/{key}/rollback",
        [404, 403, 403, 200, 200, 404, 404],
    ),
    (
        "POST /api/v1/organizations/{organization_id}/ofrep/v1/evaluate/flags",
        [404, 200, 200, 200, 200, 404, 404],
    ),
    (
        "POST /api/v1/organizations/{organization_id}/ofrep/v1/evaluate/flags/{key}",
        [404, 200, 200, 200, 200, 404, 404],
    ),
    // Notifications.
    ("GET /api/v1/notifications", [200; 7]),
    ("GET /api/v1/notifications/counts", [200; 7]),
    ("GET /api/v1/notifications/{id}", [200; 7]),
    ("PATCH /api/v1/notifications/{id}", [200; 7]),
    ("POST /api/v1/notifications/mark-all-read", [200; 7]),
    ("GET /api/v1/notifications/stream", [200; 7]),
    ("GET /api/v1/notifications/ws", [400; 7]), // it is no WebSocket's request
    ("POST /api/v1/notifications/tickets", [201; 7]),
    (
        "POST /api/v1/organizations/{organization_id}/notifications",
        [404, 403, 403, 202, 202, 404, 404],
    ),
    // What proves the audit logs.
    ("GET /api/v1/audit-log/keys", [200; 7]),
    ("GET /api/v1/audit-log/checkpoints/latest", [403, 403, 403, 403, 403, 403, 200]),
    (
        "GET /api/v1/organizations/{organization_id}/audit-log/checkpoints/latest",
        [404, 403, 403, 200, 200, 404, 404],
    ),
    ("GET /api/v1/audit-log/consistency", [403, 403, 403, 403, 403, 403, 200]),
    (
        "GET /api/v1/organizations/{organization_id}/audit-log/consistency",
        [404, 403, 403, 200, 200, 404, 404],
    ),
    ("GET /api/v1/audit-log/{event_id}/proof", [403, 403, 403, 403, 403, 403, 200]),
    (
        "GET /api/v1/organizations/{organization_id}/audit-log/{event_id}/proof",
        [404, 403, 403, 200, 200, 404, 404],
    ),
    ("POST /api/v1/audit-log/verify", [403, 403, 403, 403, 403, 403, 202]),
    (
        "POST /api/v1/organizations/{organization_id}/audit-log/verify",
        [404, 403, 403, 202, 202, 404, 404],
    ),
    ("GET /api/v1/audit-log/verifications/{id}", [403, 403, 403, 403, 403, 403, 200]),
    (
        "GET /api/v1/organizations/{organization_id}/audit-log/verifications/{id}",
        [404, 403, 403, 200, 200, 404, 404],
    ),
];

/// Every operation of the document, as the table writes it.
pub fn documented(world: &World) -> Vec<String> {
    let all = operations_of(&world.app.ground).into_iter();
    let all: Vec<_> = all.map(|it| format!("{} {}", it.method, it.pattern)).collect();
    assert!(all.len() > 40, "the document is nearly empty");
    all
}

/// ASVS 8.2.1, 8.3.1, 4.1.4: every operation × nobody, viewer, member, admin, owner, another
/// organization's owner, administrator. An operation that is not in the table fails. This and the next
/// two are one proof, in parts that run beside one another.
#[actix_web::test]
async fn everybody_may_do_on_the_platform_what_the_table_says_and_nothing_else() {
    try_everybody(|operation| !operation.contains(ORGANIZATION)).await;
}

#[actix_web::test]
async fn everybody_may_do_in_an_organization_what_the_table_says_and_nothing_else() {
    let inside = |operation: &str| operation.contains(ORGANIZATION);
    try_everybody(|operation| inside(operation) && !operation.contains("/products")).await;
}

#[actix_web::test]
async fn everybody_may_do_with_products_what_the_table_says_and_nothing_else() {
    try_everybody(|operation| operation.contains("/products")).await;
}

/// Tries the operations that are `meant`, and holds the whole table to the document.
async fn try_everybody(meant: impl Fn(&str) -> bool) {
    let world = World::new().await;
    let (documented, mut wrong) = (documented(&world), Vec::new());
    for operation in documented.iter().filter(|it| meant(it)) {
        let Some((_, cells)) = TABLE.iter().find(|(known, _)| known == operation) else {
            wrong.push(format!("{operation} is not in the table"));
            continue;
        };
        let mut request = world.request(operation).await;
        for (who, status) in EVERYBODY.into_iter().zip(cells) {
            let answer = world.send(&request, world.person(who)).await;
            if answer.status != *status {
                wrong.push(format!("{operation} by {who:?}: {} {}", answer.status, answer.text));
            }
            // What was refused has changed nothing, so the next may try the same.
            if answer.status < 300 && !operation.starts_with("GET") {
                request = world.request(operation).await;
            }
        }
    }
    let gone = TABLE.iter().filter(|(known, _)| !documented.iter().any(|it| it == known));
    wrong.extend(gone.map(|(known, _)| format!("{known} is not there any more")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
