//! What the operations on the queue need: a job that nobody here runs.

use kernel::{Job, JobContext, Problem};
use sea_orm::{ConnectionTrait, DbErr};
use serde::{Deserialize, Serialize};

use super::super::world::{Request, Who, World};

/// No feature of the product has it, so that it waits.
#[derive(Serialize, Deserialize)]
struct Sample {}

impl Job for Sample {
    const KIND: &'static str = "sample.job";

    async fn run(self, _: &JobContext) -> Result<(), Problem> {
        Ok(())
    }
}

impl World {
    /// A job of its own for each request.
    pub(super) async fn job(&self, request: &mut Request) {
        let door = self.app.database.system();
        door.run(async |tx| tx.enqueue(&Sample {})).await.unwrap();
        let administrator = self.actor(self.person(Who::Administrator));
        let jobs = administrator.get("/api/v1/system/jobs?kind=sample.job&limit=1").await.ok();
        request.ids.insert("id".into(), jobs["items"][0]["id"].as_str().unwrap().to_owned());
        if request.pattern.ends_with("/events") {
            // Else it would be listened to for ever.
            let over = "update jobs set state = 'dead' where kind = 'sample.job'";
            let done: Result<_, DbErr> =
                door.run(async |tx| tx.execute_unprepared(over).await).await;
            done.unwrap();
        }
    }
}
