//! What stands above roles: who callers are and what they may do, by their roles and nothing else.

use async_trait::async_trait;
use kernel::{
    Actor, Authenticate, Authorize, Caller, Env, Feature, OrganizationId, Permissions, Problem,
    UserId, View,
};
use roles::RoleId;
use sea_orm::{
    ConnectionTrait,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};

mod platform {
    kernel::permissions! { kernel::View:
        /// Look into the cellar.
        Inspect = "cellar:inspect",
        /// See things of everybody.
        Read = "things:read",
    }
}

mod organization {
    kernel::permissions! { kernel::OrgView:
        /// See things.
        Read = "things:read" for Viewer,
        /// Change things.
        Write = "things:write" for Member,
        /// Give things away.
        Give = "things:give",
    }
}

/// Both ports, by the caller's roles; a token is the account's id.
struct ByRoles;

#[async_trait]
impl Authenticate for ByRoles {
    async fn caller(&self, view: &View, token: &str) -> Result<Option<Caller>, Problem> {
        let Ok(user) = token.parse::<UserId>() else { return Ok(None) };
        let permissions = roles::platform_permissions(view, user).await?;
        let (actor, session, ceiling) = (Actor::User(user), None, None);
        Ok(Some(Caller { actor, session, authenticated_at: view.now(), permissions, ceiling }))
    }
}

#[async_trait]
impl Authorize for ByRoles {
    async fn permissions(
        &self,
        view: &View,
        caller: &Caller,
        organization: OrganizationId,
    ) -> Result<Option<Permissions>, Problem> {
        let Some(user) = caller.user() else { return Ok(None) };
        let mut theirs = Query::select();
        theirs.column("role_id").from("role_assignments");
        theirs.and_where(Expr::col("organization_id").eq(organization));
        theirs.and_where(Expr::col("user_id").eq(user));
        let theirs = view.query_all(&theirs).await?;
        let theirs: Result<Vec<RoleId>, _> =
            theirs.iter().map(|it| it.try_get_by_index(0)).collect();
        let theirs = theirs?;
        let all = roles::union(&roles::of(view, &theirs).await?);
        Ok(Some(all).filter(|_| !theirs.is_empty()))
    }
}

/// This organization, as roles ask for places.
pub fn place(organization: OrganizationId) -> SelectStatement {
    let mut place = Query::select();
    place.expr_as(Expr::val(organization), "id").expr_as(Expr::val(false), "said");
    place
}

/// Everything, for one process.
pub fn features() -> Vec<Feature> {
    features_with(Feature::new("nothing"))
}

/// The same, and one more above.
pub fn features_with(more: Feature) -> Vec<Feature> {
    let env = Env::of([("MAIL_URL", "smtp://127.0.0.1:9")]);
    let above = Feature::new("above")
        .permissions(platform::PERMISSIONS)
        .permissions(organization::PERMISSIONS)
        .authenticates(ByRoles)
        .authorizes(ByRoles);
    let below = [audit_log::feature(), notifications::feature(&env), users::feature()];
    below.into_iter().chain([roles::feature(), above, more]).collect()
}
