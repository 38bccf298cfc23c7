//! Notifying somebody: a row of the transaction that gives cause, delivered after its COMMIT.

use kernel::{Leaving, OrganizationId, Scope, Tx, UserId, View};
use sea_orm::{ActiveValue::Set, DbErr};

use crate::{
    Notice, Topic, mailing,
    models::{
        self,
        notification::{ActiveModel, WAITING},
    },
};

/// Notifies somebody, in the organization one stands in. It does no I/O: the row is written with its
/// like just before COMMIT, and is in the inbox, counted, pushed and mailed a moment after it.
pub fn notify(tx: &Tx<impl Scope>, to: UserId, topic: &Topic, notice: Notice) -> Result<(), DbErr> {
    let view = tx.view();
    let texts = notice.texts(topic).map_err(|error| DbErr::Custom(error.to_string()))?;
    let id = view.id();
    tx.leave::<Pile>(ActiveModel {
        id: Set(id),
        user_id: Set(to),
        organization_id: Set(tx.organization().unwrap_or(OrganizationId::PLATFORM)),
        topic: Set(topic.key.to_owned()),
        seq: Set(WAITING),
        texts: Set(texts),
        dedupe_key: Set(notice.dedupe_key.clone()),
        data: Set(notice.data(topic)),
        read_at: Set(None),
        archived_at: Set(None),
        version: Set(1),
        created_at: Set(view.now()),
        updated_at: Set(view.now()),
    });
    tx.wake_duties();
    mailing::plan(tx, topic, id)
}

/// The notifications of one unit of work.
#[derive(Default)]
struct Pile(Vec<ActiveModel>);

impl Leaving for Pile {
    type Row = ActiveModel;

    fn add(&mut self, row: ActiveModel) {
        self.0.push(row);
    }

    async fn write(mut self, view: &View) -> Result<(), DbErr> {
        // In one order everywhere: two units of work with the same keys wait for one another.
        self.0.sort_by_key(|row| (*row.user_id.as_ref(), row.dedupe_key.as_ref().clone()));
        models::insert(view, self.0).await
    }
}
