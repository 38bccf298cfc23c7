//! Units of work that count only while a job is in hand.

use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, ExprTrait,
    sea_query::{Expr, LockType, Query},
};
use uuid::Uuid;

use super::View;

/// A claim on a job: what is done under it commits while it holds, else not at all. So a worker that
/// was thought dead, or whose job was cancelled, writes nothing any more.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fence {
    /// Which job.
    pub job: Uuid,
    /// By which claim.
    pub lease: Uuid,
}

impl Fence {
    /// Whether the claim holds; `view` is a transaction's, and nobody takes the claim away before it has
    /// ended.
    pub async fn holds(self, view: &View) -> Result<bool, DbErr> {
        let mut held = Query::select();
        held.expr(Expr::val(1))
            .from("jobs")
            .and_where(Expr::col("id").eq(self.job))
            .and_where(Expr::col("lease_id").eq(self.lease));
        if view.get_database_backend() == DbBackend::Postgres {
            held.lock(LockType::Share);
        }
        Ok(view.query_one(&held).await?.is_some())
    }
}
