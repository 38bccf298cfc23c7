//! What an organization says to its members: to a few at once, to all of them in batches.

use std::collections::BTreeSet;

use audit_log::{Entry, Target};
use kernel::{Invalid, Job, JobContext, OrgTx, OrgView, Problem, Refusal, UserId};
use notifications::{Notice, Topic, Words};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Error,
    models::{
        membership::{self, MembershipId},
        organization,
    },
    schemas::announcements::{AnnouncementIn, Recipients, Recorded},
};

/// How many members are written to in a transaction.
const BATCH: u64 = 500;

/// Says something to members. Nobody else can be written to.
pub async fn send(tx: &OrgTx, new: AnnouncementIn) -> Result<(), Error> {
    topic(tx, &new.topic).ok_or_else(|| {
        let message = "must be a topic that organizations may use";
        invalid("/topic", "unknown_topic", message)
    })?;
    let id: Uuid = tx.id();
    let recorded = Recorded::from(&new);
    let AnnouncementIn { recipients, topic, title, body, dedupe_key } = new;
    // A job may be run twice, and nobody is told twice by that either.
    let key = dedupe_key.unwrap_or_else(|| id.to_string());
    let words = Announce { topic, title, body, key, after: None };
    match recipients {
        Recipients::These(users) => {
            only_members(tx, &users).await?;
            words.say(tx, users)?;
        }
        Recipients::All(_) => tx.enqueue(&words)?,
    }
    let target = Target::new("announcement", id);
    audit_log::record(tx, Entry::of("announcement.sent", target).created(&recorded));
    Ok(())
}

/// Says something to the next members, and goes on with those behind them.
#[derive(Clone, Serialize, Deserialize)]
pub struct Announce {
    topic: String,
    title: String,
    body: String,
    key: String,
    after: Option<MembershipId>,
}

impl Job for Announce {
    const KIND: &'static str = "organizations.announce";

    async fn run(self, context: &JobContext) -> Result<(), Problem> {
        let Some(door) = context.inside() else { return Ok(()) };
        Ok(door.run(async |tx| self.go_on(tx).await).await?)
    }
}

impl Announce {
    async fn go_on(mut self, tx: &OrgTx) -> Result<(), Error> {
        if organization::live(tx).await?.is_none() {
            return Ok(());
        }
        let members = membership::behind(tx, self.after, BATCH).await?;
        let Some((last, _)) = members.last() else { return Ok(()) };
        self.after = Some(*last);
        self.say(tx, members.into_iter().map(|(_, user)| user))?;
        Ok(tx.enqueue(&self)?)
    }

    fn say(&self, tx: &OrgTx, users: impl IntoIterator<Item = UserId>) -> Result<(), Error> {
        // An older release may have queued what nobody knows any more.
        let Some(topic) = topic(tx, &self.topic) else { return Ok(()) };
        for user in users {
            let notice = Notice::saying(&self.title, &self.body).once(self.key.clone());
            notifications::notify(tx, user, &topic, notice)?;
        }
        Ok(())
    }
}

fn topic(view: &OrgView, key: &str) -> Option<Topic> {
    Topic::named(view, key).filter(|it| it.words == Words::Theirs)
}

async fn only_members(tx: &OrgTx, users: &[UserId]) -> Result<(), Error> {
    let members: BTreeSet<_> = membership::among(tx, users).await?.into_iter().collect();
    let strangers = users.iter().enumerate().filter(|(_, user)| !members.contains(user));
    let faults: Vec<_> = strangers
        .map(|(place, _)| {
            let message = "must be a member of the organization";
            Invalid::new(format!("/recipients/{place}"), "unknown_member", message)
        })
        .collect();
    if faults.is_empty() { Ok(()) } else { Err(Refusal::Invalid(faults).into()) }
}

fn invalid(pointer: &str, code: &str, message: &str) -> Error {
    Refusal::Invalid(vec![Invalid::new(pointer, code, message)]).into()
}
