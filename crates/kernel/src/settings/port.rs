//! Who keeps the values.

use std::sync::Arc;

use async_trait::async_trait;
use sea_orm::DbErr;
use serde_json::Value as Json;

use super::Definition;
use crate::{
    db::View,
    id::{OrganizationId, UserId},
};

/// From where a setting is looked at: whose values count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standpoint {
    /// The organization one stands in.
    pub organization: Option<OrganizationId>,
    /// Whose own values count too.
    pub user: Option<UserId>,
}

/// Knows what settings are set to; one feature does.
#[async_trait]
pub trait Settle: Send + Sync {
    /// The value that counts there, good as the definition says; `None` where nobody has set one.
    async fn value(
        &self,
        view: &View,
        definition: &dyn Definition,
        from: Standpoint,
    ) -> Result<Option<Json>, DbErr>;
}

/// The feature that does.
pub(crate) struct Settler(pub Arc<dyn Settle>);
