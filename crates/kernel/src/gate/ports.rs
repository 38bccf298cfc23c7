//! The two questions that every feature needs answered and none may answer itself.

use std::sync::Arc;

use async_trait::async_trait;

use crate::{
    access::{Caller, Permissions},
    db::View,
    id::{OrganizationId, SessionId, UserId},
    problem::Problem,
};

/// Knows whose token this is; one feature does.
#[async_trait]
pub trait Authenticate: Send + Sync {
    /// The caller, or `None` when the token is not good.
    async fn caller(&self, view: &View, token: &str) -> Result<Option<Caller>, Problem>;

    /// The caller whose session this is, or `None` when it has ended. When they have proved who they are
    /// does not count: it is never just now.
    async fn session(
        &self,
        _view: &View,
        _user: UserId,
        _session: SessionId,
    ) -> Result<Option<Caller>, Problem> {
        Ok(None)
    }
}

/// Knows what a caller may do in an organization; one feature does.
#[async_trait]
pub trait Authorize: Send + Sync {
    /// Their permissions there, or `None` when to them there is no such organization.
    async fn permissions(
        &self,
        view: &View,
        caller: &Caller,
        organization: OrganizationId,
    ) -> Result<Option<Permissions>, Problem>;

    /// The same for who has asked for something that is done without them by now: nobody looks at a
    /// token then, and their account may have been closed meanwhile.
    async fn afterwards(
        &self,
        view: &View,
        caller: &Caller,
        organization: OrganizationId,
    ) -> Result<Option<Permissions>, Problem> {
        self.permissions(view, caller, organization).await
    }
}

/// The feature that does.
pub(crate) struct Authorizer(pub Arc<dyn Authorize>);
