//! Looking after the queue.

use audit_log::{Entry, Target, record};
use kernel::{
    OnUnique, PageOf, Tx, View,
    db::PageRequest,
    jobs::{self, JobId, JobRow, State},
};

use crate::{
    Error,
    schemas::{JobOut, JobStanding, JobsFilter},
};

/// A page of the queue.
pub async fn list(
    view: &View,
    page: &PageRequest,
    filter: JobsFilter,
) -> Result<PageOf<JobOut>, Error> {
    Ok(jobs::list(view, page, &filter.into()).await?.map(JobOut::from))
}

/// One job.
pub async fn read(view: &View, id: JobId) -> Result<JobOut, Error> {
    Ok(jobs::find(view, id).await?.ok_or(Error::NotFound)?.into())
}

/// Has it begin anew.
pub async fn retry(tx: &Tx, id: JobId) -> Result<JobOut, Error> {
    let job = jobs::for_change(tx, id).await?.ok_or(Error::NotFound)?;
    if job.state == State::Running {
        return Err(Error::Running);
    }
    let retried = jobs::retry(tx, id).await;
    retried.on_unique("jobs_kind_unique_key_key", || Error::Waiting)?;
    changed(tx, "job.retried", job).await
}

/// Takes it out of the queue, and out of the hands of the worker that has it.
pub async fn cancel(tx: &Tx, id: JobId) -> Result<JobOut, Error> {
    let job = jobs::for_change(tx, id).await?.ok_or(Error::NotFound)?;
    if matches!(job.state, State::Dead | State::Cancelled) {
        return Err(Error::Over);
    }
    jobs::cancel(tx, id).await?;
    changed(tx, "job.cancelled", job).await
}

async fn changed(tx: &Tx, action: &'static str, before: JobRow) -> Result<JobOut, Error> {
    let (id, before) = (before.id, JobOut::from(before));
    let after = read(tx, id).await?;
    let entry = Entry::of(action, Target::new("job", id))
        .noting("kind", after.kind.clone())
        .changed(&JobStanding::from(&before), &JobStanding::from(&after));
    record(tx, entry);
    Ok(after)
}
