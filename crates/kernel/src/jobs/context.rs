//! What a running job stands on.

use crate::{
    access::{Actor, Caller},
    db::{Asker, Db, Door, OrgView, SystemView, View},
    id::OrganizationId,
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
        let caller = Caller { actor, ..Caller::system(self.db.clock().micros()) };
        let asker = Asker { caller: Some(caller), ..Asker::default() };
        (self.organization != OrganizationId::PLATFORM)
            .then(|| self.db.inside(self.organization, asker))
    }

    /// A view across all organizations, for purges and the like.
    pub fn everywhere(&self) -> SystemView {
        self.db.everywhere()
    }

    /// Which attempt this is, from 1 on.
    pub fn attempt(&self) -> u16 {
        self.attempt
    }
}
