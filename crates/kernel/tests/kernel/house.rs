//! What is wrong with the features stops the start, and says what it is.

use actix_web::{HttpResponse, delete, get, post};
use kernel::{
    Anyone, At, Can, Exported, Feature, House, Job, JobContext, NoContent, Problem, Routes,
    SignedIn, UserId, Valid, View,
    testing::{App, Roster},
};
use serde::{Deserialize, Serialize};
use utoipa_actix_web::{scope, service_config::ServiceConfig};

use crate::demo::{self, ThingIn, platform};

#[utoipa::path]
#[get("")]
async fn naked() -> HttpResponse {
    HttpResponse::NoContent().finish()
}

#[utoipa::path]
#[post("")]
async fn late(_: Valid<ThingIn>, _: SignedIn) -> NoContent {
    NoContent
}

#[utoipa::path]
#[get("/{id}")]
async fn id_first(_: At<UserId>, _: SignedIn) -> NoContent {
    NoContent
}

#[utoipa::path]
#[get("")]
async fn asking(_: Can<platform::Inspect>) -> NoContent {
    NoContent
}

#[utoipa::path]
#[get("/{id}")]
async fn any(_: SignedIn) -> &'static str {
    "any"
}

#[utoipa::path]
#[get("/{name}")]
async fn any_by_another_name(_: SignedIn) -> &'static str {
    "any"
}

#[utoipa::path]
#[get("/me")]
async fn me(_: SignedIn) -> &'static str {
    "me"
}

#[utoipa::path]
#[get("")]
async fn read(_: Anyone) -> &'static str {
    "read"
}

#[utoipa::path]
#[delete("")]
async fn remove(_: SignedIn) -> &'static str {
    "removed"
}

#[derive(Default, Serialize, Deserialize)]
struct Sweep {}

impl Job for Sweep {
    const KIND: &'static str = "house.sweep";

    async fn run(self, _: &JobContext) -> Result<(), Problem> {
        Ok(())
    }
}

fn serving(routes: Routes) -> Feature {
    Feature::new("a").routes("/a", routes)
}

async fn refused(features: Vec<Feature>) -> String {
    House::of(features).await.err().unwrap().to_string()
}

/// ASVS 8.2.1: nobody can forget to say who is let in.
#[actix_web::test]
async fn an_operation_without_a_posture_stops_the_start() {
    let told = refused(vec![serving(|api| {
        api.service(naked);
    })])
    .await;
    assert!(told.contains("GET /api/v1/a has no posture"), "{told}");
}

#[actix_web::test]
async fn an_operation_that_looks_at_the_request_before_the_caller_stops_the_start() {
    let reads_a_body: Routes = |api| {
        api.service(late);
    };
    let reads_an_id: Routes = |api| {
        api.service(id_first);
    };
    for routes in [reads_a_body, reads_an_id] {
        let told = refused(vec![serving(routes)]).await;
        assert!(told.contains("looks at the request before the caller"), "{told}");
    }
}

#[actix_web::test]
async fn an_operation_served_twice_stops_the_start() {
    let twice: Routes = |api| {
        api.service(any);
    };
    let told = refused(vec![
        serving(twice),
        serving(|api| {
            api.service(any_by_another_name);
        }),
    ])
    .await;
    assert!(told.contains("GET /api/v1/a/{name} is served twice"), "{told}");
}

#[actix_web::test]
async fn an_operation_that_another_swallows_stops_the_start() {
    let told = refused(vec![serving(|api| {
        api.service(any).service(me);
    })])
    .await;
    assert!(told.contains("/api/v1/a/me is never reached: /api/v1/a/{id} is before it"), "{told}");
}

#[actix_web::test]
async fn a_permission_that_nobody_or_two_declare_stops_the_start() {
    let told = refused(vec![serving(|api| {
        api.service(asking);
    })])
    .await;
    assert!(told.contains("asks for demo:inspect, which is undeclared"), "{told}");

    let twice = || Feature::new("a").permissions(platform::PERMISSIONS);
    let told = refused(vec![twice(), twice()]).await;
    assert!(told.contains("the permission demo:inspect is declared twice"), "{told}");
}

#[actix_web::test]
async fn a_job_declared_twice_and_a_port_answered_twice_stop_the_start() {
    let told =
        refused(vec![Feature::new("a").job::<Sweep>(), Feature::new("b").job::<Sweep>()]).await;
    assert!(told.contains("the job house.sweep is declared twice"), "{told}");

    let port = || Feature::new("a").authenticates(Roster::default());
    let told = refused(vec![port(), port()]).await;
    assert!(told.contains("two features authenticate"), "{told}");
}

#[actix_web::test]
async fn two_parts_of_an_archive_by_one_name_stop_the_start() {
    let part = |feature| {
        let nothing = async |_: &View, _: UserId, _| Ok::<_, Problem>(Exported::default());
        Feature::new(feature).exports("things", nothing)
    };
    let told = refused(vec![part("a"), part("b")]).await;
    assert!(told.contains("two features export things"), "{told}");
}

#[actix_web::test]
async fn two_features_may_share_a_path_but_no_method_of_it() {
    let reads: Routes = |api| {
        api.service(scope("/shared").service(read));
    };
    let removes: Routes = |api| {
        api.service(remove);
    };
    let features = vec![
        Feature::new("reads").routes("", reads),
        Feature::new("removes").routes("/shared", removes),
    ];
    let app = App::of(features).await;
    let guest = app.staff(&[]);

    assert_eq!(guest.get("/api/v1/shared").await.text, "read");
    assert_eq!(guest.delete("/api/v1/shared").await.text, "removed");
    let refused = guest.patch("/api/v1/shared", serde_json::json!({})).await;
    assert_eq!(refused.header("allow"), "DELETE, GET, HEAD, OPTIONS");
    refused.problem(405, "method_not_allowed");
}

#[actix_web::test]
async fn what_is_more_literal_comes_first_whoever_is_mounted_first() {
    let by_id: Routes = |api| {
        api.service(any);
    };
    let own: Routes = |api: &mut ServiceConfig<'_>| {
        api.service(remove).service(read);
    };
    let features =
        vec![Feature::new("a").routes("/a", by_id), Feature::new("b").routes("/a/me", own)];
    let app = App::of(features).await;

    assert_eq!(app.staff(&[]).get("/api/v1/a/me").await.text, "read");
    assert_eq!(app.staff(&[]).get("/api/v1/a/you").await.text, "any");
}

/// ASVS 4.1.4, 8.1.1: the document says of every operation who is let in and what may be refused.
#[actix_web::test]
async fn the_document_tells_postures_security_and_problems() {
    let app = demo::app().await;
    let document = serde_json::to_value(app.ground.document()).unwrap();
    let of = |path: &str, method: &str| document["paths"][path][method].clone();

    let list = of("/api/v1/organizations/{organization_id}/things", "get");
    assert_eq!(
        (&list["x-posture"], &list["x-permission"]),
        (&"permission".into(), &"things:read".into())
    );
    assert_eq!(list["security"], serde_json::json!([{ "bearer": [] }]));
    for (path, posture) in [
        ("open", "anyone"),
        ("own", "signed_in"),
        ("fresh", "fresh"),
        ("vault", "fresh_permission"),
    ] {
        assert_eq!(of(&format!("/api/v1/demo/{path}"), "get")["x-posture"], posture);
    }
    assert_eq!(of("/api/v1/demo/vault", "get")["x-permission"], "demo:inspect");
    assert!(of("/api/v1/demo/open", "get").get("security").is_none());

    let problem = "/responses/422/content/application~1problem+json/schema/$ref";
    let store = of("/api/v1/demo/cellar", "post");
    assert_eq!(store.pointer(problem).unwrap(), "#/components/schemas/Problem");
    assert!(document.pointer("/components/schemas/Problem/properties/request_id").is_some());
    assert!(document.pointer("/components/securitySchemes/bearer").is_some());
    let there = document["paths"].as_object().unwrap();
    let inside = there.iter().filter(|(path, _)| path.contains("{organization_id}"));
    for (path, item) in inside {
        assert!(item.to_string().contains("\"name\":\"organization_id\""), "{path}");
    }
}
