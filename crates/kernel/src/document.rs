//! The OpenAPI document: what the handlers say, and what holds for all of them.

use actix_web::{
    App, HttpMessage,
    http::Method,
    test::{TestRequest, init_service, try_call_service},
};
use serde_json::json;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Components, Content, ObjectBuilder, OpenApi, PathItem, Ref, RefOr, Required,
        ResponseBuilder, Schema, SecurityRequirement, Type,
        extensions::ExtensionsBuilder,
        path::{Operation, Parameter, ParameterBuilder, ParameterIn},
        schema::{KnownFormat, SchemaFormat},
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};
use utoipa_actix_web::AppExt;

use crate::{
    access::Catalogue,
    db::{OrgView, Scope},
    gate::{Admission, ORGANIZATION, PROBED, Probe},
    house::Unsound,
    mount::Mounts,
    problem::{Invalid, ProblemOut},
};

const BEARER: &str = "bearer";
const MERGE_PATCH: &str = "application/merge-patch+json";

/// The document of all mounts; an operation without a posture, or with a permission that no feature
/// declares, is unsound.
pub(crate) async fn of(mounts: &Mounts, catalogue: &Catalogue) -> Result<OpenApi, Unsound> {
    let mut document = mounts.document();
    let probed = App::new().into_utoipa_app().configure(|app| mounts.configure(app)).into_app();
    let service = init_service(probed).await;
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations(item) {
            // No id and no body: who looks at one before the caller stumbles over it.
            let somewhere = path.split('/').map(|it| if it.starts_with('{') { "0" } else { it });
            let uri = somewhere.collect::<Vec<_>>().join("/");
            let request = TestRequest::with_uri(&uri).method(method.clone()).to_request();
            let probe = Probe::default();
            request.extensions_mut().insert(probe.clone());
            let met = try_call_service(&service, request).await.ok();
            let met = met.as_ref().map(|met| (met.request().match_pattern(), met.status()));
            let reached = met.as_ref().and_then(|(pattern, _)| pattern.as_deref());
            if let Some(other) = reached.filter(|it| it != path) {
                return Err(Unsound(format!(
                    "{method} {path} is never reached: {other} is before it"
                )));
            }
            let admission = probe.0.get().ok_or_else(|| {
                Unsound(format!("{method} {path} has no posture: a handler begins with its Can"))
            })?;
            if met.is_none_or(|(_, status)| status != PROBED.status()) {
                let late = "looks at the request before the caller: a handler begins with its Can";
                return Err(Unsound(format!("{method} {path} {late}")));
            }
            if let Some((key, scope)) = admission.permission()
                && !catalogue.knows(scope, key)
            {
                return Err(Unsound(format!(
                    "{method} {path} asks for {key}, which is undeclared"
                )));
            }
            if admission == Admission::Member && !path.contains(ORGANIZATION) {
                return Err(Unsound(format!("{method} {path} asks for a member of nothing")));
            }
            if let Some((key, scope)) = admission.permission()
                && (scope == OrgView::NAME) != path.contains(ORGANIZATION)
            {
                return Err(Unsound(format!("{method} {path} asks for {key} of the other scope")));
            }
            explain(operation, admission, &method);
        }
        if path.contains(ORGANIZATION) {
            item.parameters.get_or_insert_default().push(organization().into());
        }
    }
    complete(&mut document);
    Ok(document)
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (Method, &mut Operation)> {
    let all = [
        (Method::GET, &mut item.get),
        (Method::POST, &mut item.post),
        (Method::PUT, &mut item.put),
        (Method::PATCH, &mut item.patch),
        (Method::DELETE, &mut item.delete),
    ];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

/// Says who is let in, and what every such operation may answer.
fn explain(operation: &mut Operation, admission: Admission, method: &Method) {
    let posture = match admission {
        Admission::Anyone => "anyone",
        Admission::SignedIn => "signed_in",
        Admission::Fresh => "fresh",
        Admission::Member => "member",
        Admission::Permission { .. } => "permission",
        Admission::FreshPermission { .. } => "fresh_permission",
    };
    let mut extensions = ExtensionsBuilder::new().add("x-posture", posture);
    if let Some((key, _)) = admission.permission() {
        extensions = extensions.add("x-permission", json!(key));
    }
    operation.extensions.get_or_insert_default().merge(extensions.build());
    if admission != Admission::Anyone {
        let requirement = SecurityRequirement::new::<_, [&str; 0], &str>(BEARER, []);
        operation.security.get_or_insert_default().push(requirement);
    }
    let mut refusals: Vec<(&str, &str)> = Vec::new();
    if admission != Admission::Anyone {
        refusals.push(("401", "Not signed in, or the token is not good."));
    }
    match admission {
        Admission::Anyone | Admission::SignedIn | Admission::Member => {}
        Admission::Permission { .. } => refusals.push(("403", "Not allowed.")),
        Admission::Fresh | Admission::FreshPermission { .. } => {
            let late = "Not allowed, or you signed in too long ago (`reauthentication_required`).";
            refusals.push(("403", late));
        }
    }
    let reads_body = operation.request_body.is_some();
    if reads_body {
        refusals.push(("413", "Too large."));
        refusals.push(("415", "Not JSON."));
    }
    if reads_body || operation.parameters.as_ref().is_some_and(|it| !it.is_empty()) {
        refusals.push(("400", "Not to be read."));
        refusals.push(("422", "Against the rules."));
    }
    if matches!(*method, Method::PATCH | Method::PUT | Method::DELETE) {
        refusals.push(("412", "Changed since the version that `If-Match` names."));
        let parameters = operation.parameters.get_or_insert_default();
        parameters.push(if_match().into());
    }
    refusals.push(("default", "What went wrong (RFC 9457)."));
    for (status, sentence) in refusals {
        let problem = Content::new(Some(Ref::from_schema_name("Problem")));
        let response = ResponseBuilder::new()
            .description(sentence)
            .content("application/problem+json", problem)
            .build();
        operation.responses.responses.entry(status.to_owned()).or_insert(response.into());
    }
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else { continue };
        if response.description.is_empty() {
            response.description = sentence(status).to_owned();
        }
        if status.starts_with('4') && response.content.is_empty() {
            let problem = Content::new(Some(Ref::from_schema_name("Problem")));
            response.content.insert("application/problem+json".to_owned(), problem.into());
        }
    }
}

/// What a handler need not say of its answer.
fn sentence(status: &str) -> &'static str {
    match status {
        "200" => "Here it is.",
        "201" => "Made; `Location` says where it is.",
        "503" => "Not now.",
        _ => "See its body.",
    }
}

/// What a merge patch may send: of the document whatever is to change (RFC 7396).
fn loosen(document: &mut OpenApi) {
    let mut patches = Vec::new();
    for item in document.paths.paths.values_mut() {
        let body = item.patch.as_mut().and_then(|it| it.request_body.as_mut());
        let Some(RefOr::T(body)) = body else { continue };
        let Some(RefOr::T(content)) = body.content.get_mut(MERGE_PATCH) else { continue };
        let Some(RefOr::Ref(whole)) = &content.schema else { continue };
        let name = whole.ref_location.rsplit('/').next().unwrap_or_default().to_owned();
        let patch = format!("{}Patch", name.trim_end_matches("In"));
        content.schema = Some(Ref::from_schema_name(&patch).into());
        patches.push((name, patch));
    }
    let Some(components) = &mut document.components else { return };
    for (name, patch) in &patches {
        let Some(RefOr::T(Schema::Object(whole))) = components.schemas.get(name) else { continue };
        let mut part = whole.clone();
        part.required.clear();
        components.schemas.insert(patch.clone(), RefOr::T(Schema::Object(part)));
    }
    // The whole stays where something else sends it, such as the POST that makes one.
    let told = document.to_json().unwrap_or_default();
    patches.retain(|(name, _)| !told.contains(&format!("/{name}\"")));
    let Some(components) = &mut document.components else { return };
    for (name, _) in patches {
        components.schemas.remove(&name);
    }
}

/// The version that a change is meant for.
fn if_match() -> Parameter {
    let text = ObjectBuilder::new().schema_type(Type::String).max_length(Some(256));
    ParameterBuilder::new()
        .name("If-Match")
        .parameter_in(ParameterIn::Header)
        .description(Some(
            "The `ETag` of the version you mean; without it the change applies to the newest.",
        ))
        .required(Required::False)
        .schema(Some(text))
        .build()
}

fn complete(document: &mut OpenApi) {
    loosen(document);
    let components = document.components.get_or_insert_with(Components::new);
    for (name, schema) in [("Problem", ProblemOut::schema()), ("Invalid", Invalid::schema())] {
        components.schemas.insert(name.to_owned(), schema);
    }
    let mut schemas = Vec::new();
    ProblemOut::schemas(&mut schemas);
    components.schemas.extend(schemas);
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    components.add_security_scheme(BEARER, SecurityScheme::Http(bearer));
}

/// The scope's own segment, which no handler names.
fn organization() -> Parameter {
    let uuid = ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)));
    ParameterBuilder::new()
        .name(ORGANIZATION)
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .schema(Some(uuid))
        .build()
}
