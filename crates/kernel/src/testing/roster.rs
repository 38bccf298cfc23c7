use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;

use crate::{
    Authenticate, Authorize, Caller, OrganizationId, Permissions, Problem, SessionId, UserId, View,
};

/// Both ports, out of a list: a token is the user's id.
#[derive(Clone, Default)]
pub struct Roster(Arc<Mutex<Lists>>);

#[derive(Default)]
struct Lists {
    callers: HashMap<String, Caller>,
    members: HashMap<(UserId, OrganizationId), Permissions>,
}

impl Roster {
    /// Lets somebody in by this token.
    pub fn sign_in(&self, token: String, caller: Caller) {
        self.lists().callers.insert(token, caller);
    }

    /// Lets nobody in by this token any more.
    pub fn sign_out(&self, token: &str) {
        self.lists().callers.remove(token);
    }

    /// Makes somebody a member, with these permissions there.
    pub fn join(&self, user: UserId, organization: OrganizationId, permissions: Permissions) {
        self.lists().members.insert((user, organization), permissions);
    }

    /// Has somebody be a member there no more.
    pub fn dismiss(&self, user: UserId, organization: OrganizationId) {
        self.lists().members.remove(&(user, organization));
    }

    fn lists(&self) -> MutexGuard<'_, Lists> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Authenticate for Roster {
    async fn caller(&self, _: &View, token: &str) -> Result<Option<Caller>, Problem> {
        Ok(self.lists().callers.get(token).cloned())
    }

    async fn session(
        &self,
        _: &View,
        user: UserId,
        session: SessionId,
    ) -> Result<Option<Caller>, Problem> {
        let caller = self.lists().callers.get(&user.to_string()).cloned();
        Ok(caller.filter(|it| it.session == Some(session)))
    }
}

#[async_trait]
impl Authorize for Roster {
    async fn permissions(
        &self,
        _: &View,
        caller: &Caller,
        organization: OrganizationId,
    ) -> Result<Option<Permissions>, Problem> {
        let member = caller.user().map(|user| (user, organization));
        Ok(member.and_then(|it| self.lists().members.get(&it).copied()))
    }
}
