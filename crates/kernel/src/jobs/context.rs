//! What a running job stands on.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use sea_orm::{
    ColumnTrait, ConnectionTrait,
    sea_query::{ExprTrait, Query},
};

use super::{
    claim::Claim,
    entity::{Column, Entity},
};
use crate::{
    access::{Actor, Caller},
    db::{Asker, Db, Door, Fence, OrgView, Scope, SystemView, View},
    gate::{Authorizer, Permission},
    id::OrganizationId,
    problem::{Kind, Problem},
};

/// The way to the database of a running job, as Groundwork itself. What is done through its doors
/// commits while this worker has the job, and not at all once it was cancelled or given to another:
/// that costs one statement a unit of work.
pub struct JobContext {
    db: Db,
    organization: OrganizationId,
    attempt: u16,
    fence: Fence,
    hopeless: AtomicBool,
}

impl JobContext {
    pub(super) fn new(db: &Db, claim: &Claim) -> Self {
        let attempt = u16::try_from(claim.job.attempts).unwrap_or(u16::MAX);
        let organization = claim.job.organization_id;
        let db = db.apart();
        Self { db, organization, attempt, fence: claim.fence(), hopeless: AtomicBool::new(false) }
    }

    /// The door on the platform.
    pub fn door(&self) -> Door<View> {
        self.db.system().fenced(self.fence)
    }

    /// The door inside the organization for which the job was queued; `None` on the platform.
    pub fn inside(&self) -> Option<Door<OrgView>> {
        self.on_behalf_of(Actor::System)
    }

    /// The same door for who asked for what is done, so that the audit log names them.
    pub fn on_behalf_of(&self, actor: Actor) -> Option<Door<OrgView>> {
        let asker = Asker { caller: Some(self.caller(actor)), ..Asker::default() };
        (self.organization != OrganizationId::PLATFORM)
            .then(|| self.db.inside(self.organization, asker).fenced(self.fence))
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

    /// Says that to try again would be in vain: if this attempt fails, it was the last.
    pub fn give_up(&self) {
        self.hopeless.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_hopeless(&self) -> bool {
        self.hopeless.load(Ordering::Relaxed)
    }

    /// Tells those who watch how far it is, in whatever it counts; `total` where that is known. It is a
    /// statement of its own: seldom, and never inside a unit of work. An error means that the job is not
    /// in these hands any more.
    pub async fn progress(&self, done: u64, total: Option<u64>) -> Result<(), Problem> {
        let number = |it| i64::try_from(it).unwrap_or(i64::MAX);
        let (view, Fence { job, lease }) = (self.db.write_through(), self.fence);
        let mut update = Query::update();
        update
            .table(Entity)
            .value(Column::ProgressDone, number(done))
            .value(Column::ProgressTotal, total.map(number))
            .value(Column::UpdatedAt, view.now())
            .and_where(Column::Id.eq(job).and(Column::LeaseId.eq(lease)));
        let told = view.execute(&update).await?.rows_affected() == 1;
        let lost = || Problem::new(Kind::Internal, "the job is not in these hands any more");
        told.then_some(()).ok_or_else(lost)
    }
}
