//! How a job goes on, for who listens.

use kernel::{
    Events, Problem, ServerEvent, View,
    jobs::{self, JobId, JobRow, State},
};
use serde_json::json;

use crate::{Error, schemas::JobOut};

/// The id of the event that a job is done, when nothing is left of it.
const DONE: &str = "done";

/// What somebody has heard of a job.
pub struct Progress {
    job: JobId,
    heard: Option<String>,
}

/// For who has last heard the event of this id; `None` where nothing is left to be heard.
pub async fn listen(
    view: &View,
    job: JobId,
    last: Option<String>,
) -> Result<Option<Progress>, Error> {
    if last.as_deref() == Some(DONE) {
        return Ok(None);
    }
    let now = jobs::find(view, job).await?;
    let over = match &now {
        // Done since the listener was last here; else there may never have been one.
        None if last.is_none() => return Err(Error::NotFound),
        None => false,
        Some(now) => is_over(now) && last.as_ref() == Some(&name(now)),
    };
    Ok((!over).then_some(Progress { job, heard: last }))
}

impl Events<View> for Progress {
    async fn next(&mut self, view: &View) -> Result<Option<Vec<ServerEvent>>, Problem> {
        if self.heard.as_deref() == Some(DONE) {
            return Ok(None);
        }
        let Some(now) = jobs::find(view, self.job).await? else {
            self.heard = Some(DONE.to_owned());
            return Ok(Some(vec![ServerEvent::new(DONE, DONE, &json!({ "id": self.job }))?]));
        };
        let (name, over) = (name(&now), is_over(&now));
        if self.heard.as_ref() == Some(&name) {
            return Ok((!over).then(Vec::new));
        }
        let kind = if over { "over" } else { "job" };
        let event = ServerEvent::new(&name, kind, &JobOut::from(now))?;
        self.heard = Some(name);
        Ok(Some(vec![event]))
    }
}

/// What the event is called that tells this of a job: another whenever it has changed.
fn name(job: &JobRow) -> String {
    let (at, done) = (job.updated_at.timestamp_micros(), job.progress_done.unwrap_or(-1));
    format!("{at}-{}-{done}-{:?}", job.attempts, job.state).to_lowercase()
}

fn is_over(job: &JobRow) -> bool {
    matches!(job.state, State::Dead | State::Cancelled)
}
