//! The features, put together: everything that can be wrong with them is found here, at start.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use sea_orm::DbErr;
use serde_json::Value as Json;
use utoipa::openapi::OpenApi;

use crate::{
    access::{Caller, Catalogue, Permissions},
    api::Ground,
    db::{Db, Registry, View},
    document,
    feature::{Feature, Pages, Preparation},
    gate::{Authenticate, Authorize, Authorizer},
    id::OrganizationId,
    jobs::{Jobs, PurgeIdempotencyKeys, PurgeInvalidations, PurgeTickets},
    mount::Mounts,
    problem::Problem,
    settings::{Definition, Definitions, Settle, Settler, Standpoint},
};

/// Every feature of a server, put together and found sound.
pub struct House {
    mounts: Mounts,
    pages: Arc<[Pages]>,
    document: OpenApi,
    registry: Registry,
    jobs: Jobs,
    preparations: Vec<Preparation>,
    authenticate: Arc<dyn Authenticate>,
    authorize: Arc<dyn Authorize>,
}

/// What is left of a house once it stands on a database.
pub struct Built {
    /// What requests stand on.
    pub ground: Ground,
    /// What the worker runs.
    pub jobs: Jobs,
    preparations: Vec<Preparation>,
}

/// The features do not fit together; the server does not start.
#[derive(Debug, thiserror::Error)]
#[error("the features do not fit together: {0}")]
pub struct Unsound(pub(crate) String);

impl House {
    /// Puts `features` together: no operation without a posture, none twice, no permission and no
    /// setting twice, one answer to each port.
    pub async fn of(mut features: Vec<Feature>) -> Result<Self, Unsound> {
        features.insert(0, own());
        let names = features.iter().skip(1).map(|feature| feature.name).collect();
        let mounts = Mounts::of(features.iter().flat_map(|it| it.mounts.iter().copied()))?;
        let permissions = features.iter().flat_map(|it| it.permissions.iter().copied()).collect();
        let catalogue = Catalogue::new(permissions).map_err(Unsound)?;
        let document = document::of(&mounts, &catalogue).await?;

        let mut registry = Registry::default();
        registry.permissions(catalogue);
        let settings = features.iter().flat_map(|it| it.settings.iter().copied()).collect();
        let defaults = features.iter().flat_map(|it| it.setting_defaults.clone()).collect();
        registry.hold(Definitions::of(settings, defaults).map_err(Unsound)?);
        let (mut pages, mut preparations) = (Vec::new(), Vec::new());
        let (mut runners, mut schedules, mut sentries) = (Vec::new(), Vec::new(), Vec::new());
        let (mut authenticate, mut authorize, mut settle) = (None, None, None);
        for feature in features {
            pages.extend(feature.pages);
            preparations.extend(feature.preparations);
            runners.extend(feature.runners);
            schedules.extend(feature.schedules);
            sentries.extend(feature.sentries);
            feature.entries.into_iter().for_each(|enter| enter(&mut registry));
            only(&mut authenticate, feature.authenticate, "authenticate")?;
            only(&mut authorize, feature.authorize, "authorize")?;
            only(&mut settle, feature.settle, "settle settings")?;
        }
        let authorize = authorize.unwrap_or_else(|| Arc::new(Nobody));
        registry.hold(Authorizer(Arc::clone(&authorize)));
        registry.hold(Settler(settle.unwrap_or_else(|| Arc::new(Nobody))));
        registry.name(names);
        if let Some(conflict) = registry.conflict() {
            return Err(Unsound(conflict));
        }
        Ok(Self {
            mounts,
            pages: pages.into(),
            document,
            registry,
            jobs: Jobs::of(runners, schedules, sentries).map_err(Unsound)?,
            preparations,
            authenticate: authenticate.unwrap_or_else(|| Arc::new(Nobody)),
            authorize,
        })
    }

    /// The OpenAPI document of all operations, each with its posture.
    pub fn document(&self) -> &OpenApi {
        &self.document
    }

    /// Lets the house stand on a database, which `open` opens with what the features hold.
    pub async fn build<E>(
        self,
        open: impl AsyncFnOnce(Registry) -> Result<Db, E>,
    ) -> Result<Built, E> {
        let db = open(self.registry).await?;
        let (mounts, pages) = (self.mounts, self.pages);
        let ports = (self.authenticate, self.authorize);
        let ground = Ground::new(db, ports, mounts, pages, self.document);
        Ok(Built { ground, jobs: self.jobs, preparations: self.preparations })
    }
}

impl Built {
    /// Does what the features want done before the first request, in their order.
    pub async fn prepare(&self) -> Result<(), Problem> {
        let door = self.ground.db().system();
        for prepare in &self.preparations {
            prepare(&door).await?;
        }
        Ok(())
    }
}

/// What kernel itself does by the clock.
fn own() -> Feature {
    let hour = Duration::from_hours(1);
    Feature::new("kernel")
        .every::<PurgeInvalidations>(hour)
        .every::<PurgeIdempotencyKeys>(hour)
        .every::<PurgeTickets>(hour)
}

fn only<T>(port: &mut Option<T>, other: Option<T>, name: &str) -> Result<(), Unsound> {
    match (&port, other) {
        (Some(_), Some(_)) => Err(Unsound(format!("two features {name}"))),
        (None, Some(other)) => {
            *port = Some(other);
            Ok(())
        }
        (_, None) => Ok(()),
    }
}

/// Answers a port that no feature answers: no token is good, nobody is a member anywhere, and nothing
/// is set.
struct Nobody;

#[async_trait]
impl Authenticate for Nobody {
    async fn caller(&self, _: &View, _: &str) -> Result<Option<Caller>, Problem> {
        Ok(None)
    }
}

#[async_trait]
impl Authorize for Nobody {
    async fn permissions(
        &self,
        _: &View,
        _: &Caller,
        _: OrganizationId,
    ) -> Result<Option<Permissions>, Problem> {
        Ok(None)
    }
}

#[async_trait]
impl Settle for Nobody {
    async fn value(
        &self,
        _: &View,
        _: &dyn Definition,
        _: Standpoint,
    ) -> Result<Option<Json>, DbErr> {
        Ok(None)
    }
}
