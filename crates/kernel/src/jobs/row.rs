//! A job as those who look after the queue see it, alone with what sea-orm derives: what it is about is
//! no part of the type, so that nobody is shown it.
#![expect(clippy::disallowed_methods, reason = "sea-orm's derive calls find()")]

use sea_orm::entity::prelude::*;

use super::entity::{JobId, State};
use crate::{db::Global, id::OrganizationId};

/// A job that waits, runs or was given up; one that is done is gone.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "jobs")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: JobId,
    /// Its name in the queue, `feature.what`.
    pub kind: String,
    /// The organization it works for; the nil id on the platform.
    pub organization_id: OrganizationId,
    /// Where it stands.
    pub state: State,
    /// How often it has begun.
    pub attempts: i32,
    /// How often it may.
    pub most_attempts: i32,
    /// When it is due, or was.
    pub run_at: DateTimeUtc,
    /// Why it has failed the last time.
    pub last_error: Option<String>,
    /// How far it is, in whatever it counts.
    pub progress_done: Option<i64>,
    /// How far it has to go.
    pub progress_total: Option<i64>,
    /// When it was queued.
    pub created_at: DateTimeUtc,
    /// When this was last true.
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

impl Global for Entity {}
