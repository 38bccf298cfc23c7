//! How an import goes on, for who listens.

use kernel::{Events, OrgView, Problem, ServerEvent};

use crate::{
    Error,
    models::imports::{self, ImportId},
    schemas::imports::ImportOut,
};

/// What somebody has heard of an import.
pub struct Progress {
    import: ImportId,
    heard: Option<i64>,
}

/// For who has last heard the event of this id; `None` where nothing is left to be heard.
pub async fn listen(
    view: &OrgView,
    import: ImportId,
    last: Option<String>,
) -> Result<Option<Progress>, Error> {
    let now = imports::by_id(view, import).await?.ok_or(Error::NotFound)?;
    let heard = last.and_then(|id| id.parse().ok());
    let over = !now.is_open() && heard == Some(now.version);
    Ok((!over).then_some(Progress { import, heard }))
}

impl Events<OrgView> for Progress {
    async fn next(&mut self, view: &OrgView) -> Result<Option<Vec<ServerEvent>>, Problem> {
        let now = imports::by_id(view, self.import).await.map_err(Error::from)?;
        let Some(now) = now else { return Ok(None) };
        if self.heard == Some(now.version) {
            return Ok(now.is_open().then(Vec::new));
        }
        self.heard = Some(now.version);
        let name = if now.is_open() { "progress" } else { "ended" };
        let event = ServerEvent::new(now.version, name, &ImportOut::from(now))?;
        Ok(Some(vec![event]))
    }
}
