//! A feature, as one value.

use std::{sync::Arc, time::Duration};

use futures_util::future::LocalBoxFuture;
use serde_json::Value as Json;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::{
    access::Grantable,
    db::{Cache, Door, Event, Export, Exported, Registry, View, subscriber},
    gate::{Authenticate, Authorize},
    id::UserId,
    jobs::{Duty, Job, Runner, Schedule, Sentry},
    problem::Problem,
    settings::{Definition, Kind, Setting, Settle},
};

/// A feature's routes, registered into the scope they are given.
pub type Routes = fn(&mut ServiceConfig<'_>);

/// Pages and the like, outside `/api/v1` and the document.
pub type Pages = fn(&mut actix_web::web::ServiceConfig);

/// Everything the server needs to know of a feature.
pub struct Feature {
    pub(crate) name: &'static str,
    pub(crate) mounts: Vec<Mount>,
    pub(crate) pages: Vec<Pages>,
    pub(crate) permissions: Vec<Grantable>,
    pub(crate) settings: Vec<&'static dyn Definition>,
    pub(crate) setting_defaults: Vec<(&'static str, Json)>,
    pub(crate) runners: Vec<Runner>,
    pub(crate) schedules: Vec<Schedule>,
    pub(crate) sentries: Vec<Sentry>,
    pub(crate) entries: Vec<Entry>,
    pub(crate) preparations: Vec<Preparation>,
    pub(crate) authenticate: Option<Arc<dyn Authenticate>>,
    pub(crate) authorize: Option<Arc<dyn Authorize>>,
    pub(crate) settle: Option<Arc<dyn Settle>>,
}

/// What it enters into the registry.
pub(crate) type Entry = Box<dyn FnOnce(&mut Registry)>;

/// What must be done before the first request.
pub(crate) type Preparation =
    Box<dyn for<'a> Fn(&'a Door<View>) -> LocalBoxFuture<'a, Result<(), Problem>>>;

/// Where routes are mounted.
#[derive(Clone, Copy)]
pub(crate) struct Mount {
    pub place: Place,
    pub prefix: &'static str,
    pub routes: Routes,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Api,
    Organization,
    Root,
}

impl Feature {
    /// A feature of which only the name is known.
    pub fn new(name: &'static str) -> Self {
        Self {
            name,
            mounts: Vec::new(),
            pages: Vec::new(),
            permissions: Vec::new(),
            settings: Vec::new(),
            setting_defaults: Vec::new(),
            runners: Vec::new(),
            schedules: Vec::new(),
            sentries: Vec::new(),
            entries: Vec::new(),
            preparations: Vec::new(),
            authenticate: None,
            authorize: None,
            settle: None,
        }
    }

    /// Its routes under `/api/v1`. Features may share a prefix, but no operation.
    #[must_use]
    pub fn routes(self, prefix: &'static str, routes: Routes) -> Self {
        self.mount(Place::Api, prefix, routes)
    }

    /// Its routes under `/api/v1/organizations/{organization_id}`.
    #[must_use]
    pub fn organization_routes(self, prefix: &'static str, routes: Routes) -> Self {
        self.mount(Place::Organization, prefix, routes)
    }

    /// Its routes beside `/api/v1`, such as `/livez`; nobody is authenticated there.
    #[must_use]
    pub fn root_routes(self, prefix: &'static str, routes: Routes) -> Self {
        self.mount(Place::Root, prefix, routes)
    }

    /// Its pages, outside `/api/v1` and the document.
    #[must_use]
    pub fn pages(mut self, pages: Pages) -> Self {
        self.pages.push(pages);
        self
    }

    /// Its permissions.
    #[must_use]
    pub fn permissions(mut self, permissions: &[Grantable]) -> Self {
        self.permissions.extend_from_slice(permissions);
        self
    }

    /// What may be set of it while the server runs.
    #[must_use]
    pub fn settings(mut self, settings: &[&'static dyn Definition]) -> Self {
        self.settings.extend_from_slice(settings);
        self
    }

    /// What holds of a setting while nobody has set it, where the environment says something else than
    /// the code.
    #[must_use]
    pub fn setting_default<K: Kind>(
        mut self,
        setting: &'static Setting<K>,
        default: K::Default,
    ) -> Self {
        self.setting_defaults.push((setting.key, setting.kind.write(default)));
        self
    }

    /// What it holds while the server runs, in reach of every view as `view.of::<T>()`.
    #[must_use]
    pub fn state<T: Send + Sync + 'static>(mut self, state: T) -> Self {
        self.entries.push(Box::new(|registry| registry.hold(state)));
        self
    }

    /// A cache that `tx.invalidate` keeps true on every replica.
    #[must_use]
    pub fn cache<K: crate::db::CacheKey, T: Clone + Send + Sync + 'static>(
        mut self,
        cache: &Cache<K, T>,
    ) -> Self {
        let cache = cache.clone();
        self.entries.push(Box::new(|registry| registry.cache(cache)));
        self
    }

    /// What it declares for a feature below to find, such as the mails it sends.
    #[must_use]
    pub fn declare<T: Clone + Send + Sync + 'static>(mut self, declared: &'static [T]) -> Self {
        self.entries.push(Box::new(|registry| registry.declare(declared)));
        self
    }

    /// What it does when a feature below tells of an `E`: in the same transaction, and free to
    /// object.
    #[must_use]
    pub fn on<E: Event, X: Into<Problem> + 'static>(
        mut self,
        function: impl AsyncFn(&crate::db::Tx, &E) -> Result<(), X> + Send + Sync + 'static,
    ) -> Self {
        let subscriber = subscriber::<E, X>(function);
        self.entries.push(Box::new(|registry| registry.subscribe(subscriber)));
        self
    }

    /// What it holds on a person, by the name it has in their archive: the function reads a page of it,
    /// behind the place that the page before ended at. Every feature with rows about people has one.
    #[must_use]
    pub fn exports<X: Into<Problem> + 'static>(
        mut self,
        name: &'static str,
        function: impl AsyncFn(&View, UserId, Option<Uuid>) -> Result<Exported, X>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        let export = Export::of(name, function);
        self.entries.push(Box::new(|registry| registry.export(export)));
        self
    }

    /// A kind of job it can run.
    #[must_use]
    pub fn job<J: Job>(mut self) -> Self {
        self.runners.push(Runner::of::<J>());
        self
    }

    /// A job that runs by itself, once across all replicas, at every multiple of `interval`.
    #[must_use]
    pub fn every<J: Job + Default>(mut self, interval: Duration) -> Self {
        self.runners.push(Runner::of::<J>());
        self.schedules.push(Schedule::of::<J>(interval));
        self
    }

    /// What one process at a time does for it, for as long as there is a worker.
    #[must_use]
    pub fn duty<D: Duty>(mut self) -> Self {
        self.sentries.push(Sentry::of::<D>());
        self
    }

    /// What it does before the first request, with the schema in place.
    #[must_use]
    pub fn prepare<X: Into<Problem> + 'static>(
        mut self,
        function: impl AsyncFn(&Door<View>) -> Result<(), X> + Clone + 'static,
    ) -> Self {
        self.preparations.push(Box::new(move |door| {
            let function = function.clone();
            Box::pin(async move { function(door).await.map_err(Into::into) })
        }));
        self
    }

    /// It knows whose a token is; one feature does.
    #[must_use]
    pub fn authenticates(mut self, port: impl Authenticate + 'static) -> Self {
        self.authenticate = Some(Arc::new(port));
        self
    }

    /// It knows what a caller may do in an organization; one feature does.
    #[must_use]
    pub fn authorizes(mut self, port: impl Authorize + 'static) -> Self {
        self.authorize = Some(Arc::new(port));
        self
    }

    /// It knows what settings are set to; one feature does.
    #[must_use]
    pub fn settles(mut self, port: impl Settle + 'static) -> Self {
        self.settle = Some(Arc::new(port));
        self
    }

    fn mount(mut self, place: Place, prefix: &'static str, routes: Routes) -> Self {
        self.mounts.push(Mount { place, prefix, routes });
        self
    }
}
