//! The part of the OpenAPI document that is this feature's.

use serde_json::{Value, json};

use crate::app;

async fn document() -> Value {
    serde_json::to_value(app().await.ground.document()).unwrap()
}

#[actix_web::test]
async fn what_is_posted_is_whole_and_what_is_patched_is_a_part_of_it() {
    let document = document().await;
    let schemas = &document["components"]["schemas"];
    assert_eq!(schemas["RoleIn"]["required"], json!(["key", "name", "permissions"]));
    assert_eq!(schemas["RolePatch"].get("required"), None);
    assert_eq!(schemas["RolePatch"]["properties"], schemas["RoleIn"]["properties"]);
    for path in ["/api/v1/roles", "/api/v1/organizations/{organization_id}/roles"] {
        let post = &document["paths"][path]["post"]["requestBody"]["content"];
        let patch = &document["paths"][format!("{path}/{{id}}")]["patch"]["requestBody"]["content"];
        let posted = &post["application/json"]["schema"]["$ref"];
        let patched = &patch["application/merge-patch+json"]["schema"]["$ref"];
        assert_eq!(posted, "#/components/schemas/RoleIn");
        assert_eq!(patched, "#/components/schemas/RolePatch");
    }
}

/// ASVS 8.1.1: the document says who may do what.
#[actix_web::test]
async fn every_operation_says_which_permission_it_takes() {
    let document = document().await;
    for (path, reads, writes) in [
        ("/api/v1/roles", vec!["get"], vec!["post"]),
        ("/api/v1/roles/{id}", vec!["get"], vec!["patch", "delete"]),
        ("/api/v1/users/{id}/roles", vec!["get"], vec![]),
        ("/api/v1/users/{id}/roles/{role_id}", vec![], vec!["put", "delete"]),
        ("/api/v1/organizations/{organization_id}/roles", vec!["get"], vec!["post"]),
        (
            "/api/v1/organizations/{organization_id}/roles/{id}",
            vec!["get"],
            vec!["patch", "delete"],
        ),
    ] {
        let operations = &document["paths"][path];
        let told = |method: &&str| operations[*method]["x-permission"].clone();
        assert!(reads.iter().map(told).all(|it| it == "roles:read"), "{path}");
        assert!(writes.iter().map(told).all(|it| it == "roles:write"), "{path}");
    }
    assert_eq!(document["paths"]["/api/v1/permissions"]["get"]["x-posture"], "signed_in");
}
