//! Which notifications go out by mail, and when.

use std::collections::{BTreeMap, BTreeSet};

use chrono_tz::Tz;
use kernel::{Job, JobContext, OrganizationId, Problem, Scope, Tx, UserId, View};
use sea_orm::DbErr;
use serde::{Deserialize, Serialize};

use super::{
    bounce,
    digest::SendDigest,
    item::{self, DigestId, Heap},
};
use crate::{
    Channel, Recipient, Topic, models,
    models::notification::{self, NotificationId},
    preferences::{self, Preferences, due},
};

/// Plans mail about notifications; one whose key was used before is none.
#[derive(Serialize, Deserialize)]
pub struct PlanMails {
    /// Which; those that go out by no mail among them are left out.
    pub notifications: Vec<NotificationId>,
}

/// Makes a mail of what is due of a heap.
#[derive(Serialize, Deserialize)]
pub struct TakeItems {
    pub heap: Heap,
}

/// Sees to mail about a notification that this transaction brings; a topic that goes out by no mail costs
/// nothing.
pub fn plan(tx: &Tx<impl Scope>, topic: &Topic, notification: NotificationId) -> Result<(), DbErr> {
    if topic.email == Channel::Never {
        return Ok(());
    }
    tx.enqueue(&PlanMails { notifications: vec![notification] })
}

impl Job for PlanMails {
    const KIND: &'static str = "notifications.plan_mails";

    async fn run(self, context: &JobContext) -> Result<(), Problem> {
        let door = context.door();
        let rows = item::notifications(door.view(), self.notifications).await?;
        let readers = Readers::of(door.view(), rows.iter().map(|row| row.user_id)).await?;
        let items: Vec<_> =
            rows.into_iter().filter_map(|row| readers.item(door.view(), row)).collect();
        if items.is_empty() {
            return Ok(());
        }
        Ok(door.run(async |tx| note(tx, items).await).await?)
    }
}

impl Job for TakeItems {
    const KIND: &'static str = "notifications.take_items";

    async fn run(self, context: &JobContext) -> Result<(), Problem> {
        let door = context.door();
        let taken = door.run(async |tx| {
            let digest = tx.id();
            match item::take(tx, &self.heap, digest).await? {
                0 => Ok(()), // another has taken it all
                _ => send(tx, self.heap.organization, digest),
            }
        });
        Ok(taken.await?)
    }
}

/// Writes items down, each with the mail that it is in where it goes out at once.
async fn note(tx: &Tx, mut items: Vec<item::Model>) -> Result<(), DbErr> {
    let mut later = BTreeSet::new();
    for item in &mut items {
        let organization = item.organization_id;
        if item.due_at <= tx.now() {
            let digest: DigestId = tx.id();
            item.digest_id = Some(digest);
            send(tx, organization, digest)?;
        } else {
            let topic = item.topic.clone();
            later.insert((item.due_at, Heap { user: item.user_id, organization, topic }));
        }
    }
    for (due, heap) in later {
        tx.enqueue_at(&TakeItems { heap }, due)?;
    }
    // Should it run twice, the second mail has no items and is not sent.
    item::insert(tx, items).await
}

/// Queues a mail: an organization's as its own, that nobody's many hold up another's one.
fn send(tx: &Tx, organization: OrganizationId, digest: DigestId) -> Result<(), DbErr> {
    if organization == OrganizationId::PLATFORM {
        tx.enqueue(&SendDigest { digest })
    } else {
        tx.inside(organization).enqueue(&SendDigest { digest })
    }
}

/// What is known of those who are notified.
struct Readers {
    recipients: BTreeMap<UserId, Recipient>,
    preferences: BTreeMap<UserId, Preferences>,
}

impl Readers {
    async fn of(view: &View, users: impl Iterator<Item = UserId>) -> Result<Self, DbErr> {
        let users: BTreeSet<_> = users.collect();
        let preferences = preferences::of_many(view, users.iter().copied()).await?;
        let mut recipients = models::by_users(view, users).await?;
        let marked = bounce::marked(view, recipients.values()).await?;
        recipients.retain(|user, _| !marked.contains(user));
        Ok(Self { recipients, preferences })
    }

    /// A notification as an item of a mail; `None` where it goes out by none.
    fn item(&self, view: &View, row: notification::Model) -> Option<item::Model> {
        let topic = Topic::named(view, &row.topic)?;
        let recipient = self.recipients.get(&row.user_id)?;
        let silent = Preferences::silent(row.user_id, view.now());
        let said = self.preferences.get(&row.user_id).unwrap_or(&silent);
        let window = said.mails(&topic)?;
        // What nobody can do without waits for nothing.
        let quiet = said.quiet().filter(|_| topic.email != Channel::Required);
        let zone: Tz = recipient.time_zone.parse().unwrap_or_default();
        Some(item::Model {
            notification_id: row.id,
            user_id: row.user_id,
            organization_id: row.organization_id,
            topic: row.topic,
            due_at: due(view.now(), window, quiet, zone),
            digest_id: None,
        })
    }
}
