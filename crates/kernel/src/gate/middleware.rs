//! The middleware of the two scopes: who is it, and do they belong here?

use actix_web::{
    Error, HttpMessage,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{Method, header::AUTHORIZATION},
    middleware::Next,
    web::Data,
};

use super::posture::{Member, Probe};
use crate::{
    access::{Caller, Origin},
    api::{Ground, Standing},
    db::Asker,
    id::OrganizationId,
    problem::{Kind, Problem},
};

/// The path segment that names the organization.
pub const ORGANIZATION: &str = "organization_id";

/// Of `/api/v1`: a token that is presented must be good; without one the caller is a stranger.
pub async fn authenticate(
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    match caller(&req).await {
        Ok(Some(caller)) => drop(req.extensions_mut().insert(caller)),
        Ok(None) => {}
        Err(problem) => return Ok(req.error_response(problem).map_into_right_body()),
    }
    Ok(next.call(req).await?.map_into_left_body())
}

/// Of `/api/v1/organizations/{organization_id}`: to who is no member, there is no such thing.
pub async fn authorize(
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    // What methods a path takes is no secret, and no operation answers to OPTIONS.
    if !probed(&req) && req.method() != Method::OPTIONS {
        match member(&req).await {
            Ok(member) => drop(req.extensions_mut().insert(member)),
            Err(problem) => return Ok(req.error_response(problem).map_into_right_body()),
        }
    }
    Ok(next.call(req).await?.map_into_left_body())
}

async fn caller(req: &ServiceRequest) -> Result<Option<Caller>, Problem> {
    let mut headers = req.headers().get_all(AUTHORIZATION);
    let Some(header) = headers.next() else { return Ok(None) };
    let bad = || Problem::new(Kind::Unauthenticated("invalid_token"), "The token is not good.");
    let token = header.to_str().ok().and_then(|it| it.split_once(' '));
    let token = token.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let token = token.filter(|_| headers.next().is_none()); // whose would the second be?
    let (_, token) = token.ok_or_else(bad)?;
    let ground = ground(req)?;
    let view = ground.db().read(Asker { origin: origin(req), ..Asker::default() });
    let caller = ground.authenticate().caller(&view, token.trim()).await?;
    caller.map(Some).ok_or_else(bad)
}

async fn member(req: &ServiceRequest) -> Result<Member, Problem> {
    let caller = req.extensions().get::<Caller>().cloned();
    let caller = caller.ok_or(Kind::Unauthenticated("not_authenticated"))?;
    let named = req.match_info().get(ORGANIZATION).and_then(|id| id.parse().ok());
    let organization = OrganizationId(named.ok_or(Kind::NotFound)?);
    let ground = ground(req)?;
    let asker = Asker { caller: Some(caller.clone()), origin: origin(req), expected: None };
    let view = ground.db().read(asker);
    let permissions = ground.authorize().permissions(&view, &caller, organization).await?;
    Ok(Member { organization, permissions: permissions.ok_or(Kind::NotFound)? })
}

fn probed(req: &ServiceRequest) -> bool {
    req.extensions().get::<Probe>().is_some()
}

fn origin(req: &ServiceRequest) -> Origin {
    req.extensions().get::<Origin>().cloned().unwrap_or_default()
}

fn ground(req: &ServiceRequest) -> Result<Ground, Problem> {
    let standing = req.app_data::<Data<Standing>>().ok_or(Kind::Internal)?;
    Ok(standing.0.clone())
}
