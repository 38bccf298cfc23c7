//! The middleware of the two scopes: who is it, and do they belong here?

use std::sync::Arc;

use actix_web::{
    Error, HttpMessage, HttpRequest,
    body::MessageBody,
    dev::{RequestHead, ServiceRequest, ServiceResponse},
    http::{
        Method,
        header::{AUTHORIZATION, IF_MATCH},
    },
    middleware::Next,
    web::Data,
};

use super::{
    posture::{Member, Probe},
    refusals::{self, Outside},
    ticket,
};
use crate::{
    access::Origin,
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
    let answer = match asker(req.request()).await {
        Ok(asker) => {
            req.extensions_mut().insert(Arc::new(asker));
            next.call(req).await?.map_into_left_body()
        }
        Err(problem) => req.error_response(problem).map_into_right_body(),
    };
    refusals::note(&answer);
    Ok(answer)
}

/// Of `/api/v1/organizations/{organization_id}`: to who is no member, there is no such thing.
pub async fn authorize(
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    // What methods a path takes is no secret, and no operation answers to OPTIONS.
    if !probed(&req) && req.method() != Method::OPTIONS {
        match member(req.request()).await {
            Ok(member) => drop(req.extensions_mut().insert(member)),
            Err(problem) => {
                if let Some(organization) = organization(req.request()) {
                    req.extensions_mut().insert(Outside(organization));
                }
                return Ok(req.error_response(problem).map_into_right_body());
            }
        }
    }
    Ok(next.call(req).await?.map_into_left_body())
}

/// Asks both questions again of a request that is still being answered, and notes the new answers.
pub(super) async fn ask_again(req: &HttpRequest) -> Result<(), Problem> {
    let asker = asker(req).await?;
    req.extensions_mut().insert(Arc::new(asker));
    if req.match_info().get(ORGANIZATION).is_some() {
        let member = member(req).await?;
        req.extensions_mut().insert(member);
    }
    Ok(())
}

async fn asker(req: &HttpRequest) -> Result<Asker, Problem> {
    let origin = req.extensions().get::<Origin>().cloned().unwrap_or_default();
    let stranger = Asker { caller: None, origin, expected: expected(req.head()) };
    let mut headers = req.headers().get_all(AUTHORIZATION);
    let Some(header) = headers.next() else {
        let Some(shown) = ticket::shown(req) else { return Ok(stranger) };
        let (ground, stranger) = (ground(req)?, Arc::new(stranger));
        let view = ground.db().read(Arc::clone(&stranger));
        let caller = ticket::bearer(req, &view, ground.authenticate(), &shown).await?;
        drop(view); // so that the stranger is nobody's but ours
        return Ok(Asker { caller: Some(caller), ..Arc::unwrap_or_clone(stranger) });
    };
    let bad = || Problem::new(Kind::Unauthenticated("invalid_token"), "The token is not good.");
    let token = header.to_str().ok().and_then(|it| it.split_once(' '));
    let token = token.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let token = token.filter(|_| headers.next().is_none()); // whose would the second be?
    let (_, token) = token.ok_or_else(bad)?;
    let (ground, stranger) = (ground(req)?, Arc::new(stranger));
    let view = ground.db().read(Arc::clone(&stranger));
    let caller = ground.authenticate().caller(&view, token.trim()).await?;
    let caller = Some(caller.ok_or_else(bad)?);
    drop(view); // so that the stranger is nobody's but ours
    Ok(Asker { caller, ..Arc::unwrap_or_clone(stranger) })
}

async fn member(req: &HttpRequest) -> Result<Member, Problem> {
    let asker = req.extensions().get::<Arc<Asker>>().cloned().unwrap_or_default();
    let caller = asker.caller.as_ref().ok_or(Kind::Unauthenticated("not_authenticated"))?;
    let organization = organization(req).ok_or(Kind::NotFound)?;
    let ground = ground(req)?;
    let view = ground.db().read(Arc::clone(&asker));
    let permissions = ground.authorize().permissions(&view, caller, organization).await?;
    Ok(Member { organization, permissions: permissions.ok_or(Kind::NotFound)? })
}

/// The organization that the path names.
fn organization(req: &HttpRequest) -> Option<OrganizationId> {
    req.match_info().get(ORGANIZATION)?.parse().ok()
}

fn probed(req: &ServiceRequest) -> bool {
    req.extensions().get::<Probe>().is_some()
}

pub(super) fn ground(req: &HttpRequest) -> Result<Ground, Problem> {
    let standing = req.app_data::<Data<Standing>>().ok_or(Kind::Internal)?;
    Ok(standing.0.clone())
}

/// The versions of `If-Match`; a tag that is none of ours matches nothing.
fn expected(request: &RequestHead) -> Option<Vec<i64>> {
    if !matches!(request.method, Method::PATCH | Method::PUT | Method::DELETE) {
        return None;
    }
    let mut tags = request.headers.get_all(IF_MATCH).peekable();
    tags.peek()?;
    let tags: Vec<&str> =
        tags.flat_map(|it| it.to_str().unwrap_or_default().split(',')).map(str::trim).collect();
    if tags.contains(&"*") {
        return None;
    }
    let version = |tag: &&str| tag.strip_prefix('"')?.strip_suffix('"')?.parse().ok();
    Some(tags.iter().filter_map(version).collect())
}
