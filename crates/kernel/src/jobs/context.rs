//! What a running job stands on.

use std::sync::Arc;

use crate::{
    access::{Actor, Caller},
    db::{Asker, Db, Door, OrgView, Scope, SystemView, View},
    gate::{Authorizer, Permission},
    id::OrganizationId,
    problem::Problem,
};

/// The way to the database of a running job, as Groundwork itself.
pub struct JobContext {
    db: Db,
    organization: OrganizationId,
    attempt: u16,
}

impl JobContext {
    pub(super) fn new(db: Db, organization: OrganizationId, attempt: u16) -> Self {
        Self { db, organization, attempt }
    }

    /// The door on the platform.
    pub fn door(&self) -> Door<View> {
        self.db.system()
    }

    /// The door inside the organization for which the job was queued; `None` on the platform.
    pub fn inside(&self) -> Option<Door<OrgView>> {
        self.on_behalf_of(Actor::System)
    }

    /// The same door for who asked for what is done, so that the audit log names them.
    pub fn on_behalf_of(&self, actor: Actor) -> Option<Door<OrgView>> {
        let asker = Asker { caller: Some(self.caller(actor)), ..Asker::default() };
        (self.organization != OrganizationId::PLATFORM)
            .then(|| self.db.inside(self.organization, asker))
    }

    /// Whether who asked for what is done may still do `P` there, whatever has become of them and of
    /// their roles meanwhile (ASVS 8.3.2). Groundwork itself may.
    pub async fn may<P: Permission<Scope = OrgView>>(&self, actor: Actor) -> Result<bool, Problem> {
        if actor == Actor::System {
            return Ok(true);
        }
        let caller = self.caller(actor);
        let view = self.db.read(Arc::default());
        let authorize = &view.of::<Authorizer>().0;
        let may = authorize.afterwards(&view, &caller, self.organization).await?;
        Ok(may.is_some_and(|it| view.catalogue().allows(it, OrgView::NAME, P::KEY)))
    }

    /// A view across all organizations, for purges and the like.
    pub fn everywhere(&self) -> SystemView {
        self.db.everywhere()
    }

    /// Which attempt this is, from 1 on.
    pub fn attempt(&self) -> u16 {
        self.attempt
    }

    fn caller(&self, actor: Actor) -> Caller {
        Caller { actor, ..Caller::system(self.db.clock().micros()) }
    }
}
