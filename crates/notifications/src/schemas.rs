//! What crosses the wire.

use chrono::{DateTime, Utc};
use kernel::{OrganizationId, Versioned};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::models::{
    notification::{Model as Notification, NotificationId},
    reading::{Standing, Wanted},
};

/// Which notifications.
#[derive(Debug, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct NotificationFilter {
    /// Those that have been read, or have not.
    read: Option<bool>,
    /// Those that have been archived, or have not.
    archived: Option<bool>,
    /// Those of a topic.
    #[validate(length(min = 1, max = 64))]
    #[param(min_length = 1, max_length = 64, example = "organizations.invited")]
    topic: Option<String>,
}

/// How its reader marks a notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NotificationIn {
    /// Whether it has been read.
    pub read: bool,
    /// Whether it is put away.
    pub archived: bool,
}

/// Up to where an inbox has been read.
#[derive(Clone, Copy, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadIn {
    /// The `seq` of the last notification that was seen; what has come since stays unread.
    #[validate(range(min = 0))]
    #[schema(minimum = 0)]
    pub up_to_seq: i64,
}

/// Where listening goes on, and who listens.
#[derive(Debug, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ListenFrom {
    /// The `id` of the last event you have heard, where you cannot send `Last-Event-ID`.
    #[validate(length(max = 32))]
    #[param(max_length = 32)]
    pub last_event_id: Option<String>,
    /// A ticket, where you cannot send your token.
    #[serde(rename = "ticket")]
    #[validate(length(max = 64))]
    #[param(rename = "ticket", max_length = 64)]
    _ticket: Option<String>,
}

/// What a ticket is to be good for.
#[derive(Clone, Copy, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TicketIn {
    /// How you will listen.
    #[schema(inline)]
    pub stream: StreamKind,
}

/// A way to listen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StreamKind {
    /// Server-Sent Events.
    Events,
    /// A WebSocket.
    Websocket,
}

/// A ticket.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TicketOut {
    /// What to show as `?ticket=`; nobody can tell it to you again.
    pub ticket: String,
    /// Where it is good.
    #[schema(example = "/api/v1/notifications/stream")]
    pub path: &'static str,
    /// Within how many seconds to connect for the first time.
    pub expires_in: u32,
}

impl StreamKind {
    /// Its path.
    pub fn path(self) -> &'static str {
        match self {
            Self::Events => "/api/v1/notifications/stream",
            Self::Websocket => "/api/v1/notifications/ws",
        }
    }
}

/// A notification as its reader sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NotificationOut {
    /// Its id.
    pub id: NotificationId,
    /// Its place in the inbox: 1, 2, 3 and so on without a gap.
    pub seq: i64,
    /// What kind it is, `feature.what`.
    pub topic: String,
    /// The organization that it is about, where there is one.
    pub organization_id: Option<OrganizationId>,
    /// What it says in a line, in your language.
    pub title: String,
    /// What else it says, in your language; may be empty.
    pub body: String,
    /// What it is about, for programs; which members there are depends on the topic.
    #[schema(value_type = Object)]
    pub data: Value,
    /// Whether it has been read.
    pub read: bool,
    /// When it was read.
    pub read_at: Option<DateTime<Utc>>,
    /// Whether it is put away.
    pub archived: bool,
    /// When it was put away.
    pub archived_at: Option<DateTime<Utc>>,
    /// When it happened.
    pub created_at: DateTime<Utc>,
    /// When it was last marked.
    pub updated_at: DateTime<Utc>,
    /// How often it was marked; its `ETag`.
    pub version: i64,
}

/// How many notifications wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CountsOut {
    /// How many are neither read nor put away.
    pub unread: i64,
    /// The `seq` of the last notification that this counts.
    pub as_of_seq: i64,
}

impl NotificationOut {
    /// As a reader of this locale sees it.
    pub fn of(row: Notification, locale: &str) -> Self {
        let text = row.texts.read_in(locale);
        let organization = row.organization_id;
        Self {
            id: row.id,
            seq: row.seq,
            topic: row.topic,
            organization_id: (organization != OrganizationId::PLATFORM).then_some(organization),
            title: text.title,
            body: text.body,
            data: row.data,
            read: row.read_at.is_some(),
            read_at: row.read_at,
            archived: row.archived_at.is_some(),
            archived_at: row.archived_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
            version: row.version,
        }
    }
}

impl Versioned for NotificationOut {
    fn version(&self) -> i64 {
        self.version
    }
}

impl From<&Notification> for NotificationIn {
    fn from(row: &Notification) -> Self {
        Self { read: row.read_at.is_some(), archived: row.archived_at.is_some() }
    }
}

impl From<Standing> for CountsOut {
    fn from(standing: Standing) -> Self {
        Self { unread: standing.unread, as_of_seq: standing.last_seq }
    }
}

impl From<NotificationFilter> for Wanted {
    fn from(NotificationFilter { read, archived, topic }: NotificationFilter) -> Self {
        Self { read, archived, topic }
    }
}
