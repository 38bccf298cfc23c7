//! From slice to slice. Each is a job, queued in the transaction of the one before: what is committed
//! is done once, whoever dies when, and other organizations' jobs come in between.

use kernel::{Job, JobContext, Kind, Problem};
use serde::{Deserialize, Serialize};

use super::{
    apply::{Setback, apply},
    end,
    plan::plan,
    read::slice,
};
use crate::{
    Error, Write,
    models::imports::{self, Import, ImportId, State},
};

/// How often a plan is made anew because somebody else was faster, before the job waits a little.
const PLANS: usize = 5;

/// Takes the next rows of an import into the catalogue.
#[derive(Serialize, Deserialize)]
pub struct ImportSlice {
    pub import: ImportId,
    pub position: i64,
}

impl Job for ImportSlice {
    const KIND: &'static str = "products.import_slice";

    fn unique_key(&self) -> String {
        format!("{}:{}", self.import, self.position)
    }

    async fn run(self, context: &JobContext) -> Result<(), Problem> {
        match self.advance(context).await {
            Err(problem) if context.attempt() >= Self::ATTEMPTS => {
                tracing::error!(import = %self.import, cause = problem.story(), "an import fails");
                Ok(self.fail(context, "internal").await?)
            }
            advanced => advanced,
        }
    }
}

impl ImportSlice {
    async fn advance(&self, context: &JobContext) -> Result<(), Problem> {
        for _ in 0..PLANS {
            let Some(import) = self.current(context).await? else { return Ok(()) };
            let Some(door) = context.on_behalf_of(import.actor()) else { return Ok(()) };
            if !context.may::<Write>(import.actor()).await? {
                return Ok(self.fail(context, "permission_denied").await?);
            }
            let Some(rows) = slice(door.view(), &import).await? else {
                return Ok(self.fail(context, "wrong_header").await?);
            };
            let plan = plan(door.view(), import.place(), &rows).await?;
            match door.run(async |tx| apply(tx, &import, plan).await).await {
                Ok(()) | Err(Setback::Left) => return Ok(()),
                Err(Setback::Overtaken) => {}
                Err(Setback::Failed(error)) => return Err(error.into()),
            }
        }
        Err(Problem::new(Kind::Unavailable(1), "others were always faster"))
    }

    /// The import, while this slice is its next one.
    async fn current(&self, context: &JobContext) -> Result<Option<Import>, Error> {
        let Some(door) = context.inside() else { return Ok(None) };
        let import = imports::by_id(door.view(), self.import).await?;
        Ok(import.filter(|it| it.is_open() && it.position == self.position))
    }

    async fn fail(&self, context: &JobContext, failure: &str) -> Result<(), Error> {
        let Some(door) = context.inside() else { return Ok(()) };
        door.run(async |tx| {
            let import = imports::changing(tx, self.import).await?;
            if import.is_open() && import.position == self.position {
                end(tx, import, State::Failed, Some(failure)).await?;
            }
            Ok(())
        })
        .await
    }
}
