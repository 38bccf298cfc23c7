//! Delivering: what was committed gets its place in its inbox, and whoever listens hears of it.

use std::{sync::Arc, time::Duration};

use kernel::{Duty, Problem, SystemView, Tx, UserId, Watch, jobs::Pass};

use super::Notifications;
use crate::{Error, Topic, hub, models::delivery, preferences};

/// How many inboxes are done with a statement.
const BATCH: u64 = 200;

/// Gives every notification its place, after the COMMIT that brought it: numbers given before would show
/// gaps where one commits late.
pub struct Deliver;

impl Duty for Deliver {
    const NAME: &'static str = "notifications.deliver";
    const PAUSE: Duration = Duration::from_millis(50);

    async fn is_due(view: &SystemView) -> Result<bool, Problem> {
        Ok(delivery::any(view).await.map_err(Error::from)?)
    }

    async fn perform(watch: &Watch) -> Result<Pass, Problem> {
        deliver(watch).await?;
        Ok(Pass::Done)
    }
}

/// Every inbox has its turn, however much comes to those before it meanwhile.
async fn deliver(watch: &Watch) -> Result<(), Error> {
    let view = watch.everywhere();
    let mut last = None;
    loop {
        let users = delivery::next(&view, last, BATCH).await?;
        let Some(end) = users.last() else { break };
        last = Some(*end);
        watch
            .run(async |tx| {
                delivery::lock(tx, &users).await?;
                leave_out(tx, &users).await?;
                delivery::number(tx, &users).await?;
                let (hub, users) = (Arc::clone(&tx.of::<Notifications>().hub), users.clone());
                tx.on_commit(move || hub.touch(&users));
                Ok::<_, Error>(())
            })
            .await?;
        view.signal(hub::SIGNAL).await?;
    }
    Ok(())
}

/// What its reader does not want comes to no inbox.
async fn leave_out(tx: &Tx, users: &[UserId]) -> Result<(), Error> {
    let said = preferences::of_many(tx, users.iter().copied()).await?;
    let silent: Vec<_> = users.iter().filter(|it| !said.contains_key(it)).copied().collect();
    let off = |lists: &dyn Fn(&Topic) -> bool| -> Vec<_> {
        let topics = tx.declared::<Topic>().iter().filter(|it| !lists(it));
        topics.map(|it| it.key).collect()
    };
    let unlisted = off(&|topic| topic.in_app.by_default());
    if !silent.is_empty() && !unlisted.is_empty() {
        delivery::leave_out(tx, &silent, &unlisted).await?;
    }
    for (user, wants) in said {
        let unlisted = off(&|topic| wants.lists(topic));
        if !unlisted.is_empty() {
            delivery::leave_out(tx, &[user], &unlisted).await?;
        }
    }
    Ok(())
}
