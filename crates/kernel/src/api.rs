//! The features, mounted: the same for the server and for a feature's own tests.

use std::sync::Arc;

use actix_web::{
    HttpRequest,
    web::{self, Data, PathConfig, ServiceConfig},
};
use tokio::sync::watch;
use utoipa::openapi::OpenApi;
use utoipa_actix_web::service_config::ServiceConfig as Documented;

use crate::{
    db::Db,
    feature::Pages,
    gate::{Authenticate, Authorize, Listeners, Refusals},
    http::Methods,
    mount::Mounts,
    problem::{Kind, Problem},
};

/// What requests stand on: the database, the two ports and the features' routes; cheap to clone.
#[derive(Clone)]
pub struct Ground {
    db: Db,
    parts: Arc<Parts>,
}

/// How requests find their ground; handlers cannot name it, for their door is `Can`.
pub(crate) struct Standing(pub Ground);

struct Parts {
    authenticate: Arc<dyn Authenticate>,
    authorize: Arc<dyn Authorize>,
    mounts: Mounts,
    pages: Arc<[Pages]>,
    methods: Methods,
    document: OpenApi,
    ending: watch::Sender<bool>,
    listeners: Listeners,
    refusals: Refusals,
}

impl Ground {
    pub(crate) fn new(
        db: Db,
        (authenticate, authorize): (Arc<dyn Authenticate>, Arc<dyn Authorize>),
        mounts: Mounts,
        pages: Arc<[Pages]>,
        document: OpenApi,
    ) -> Self {
        let methods = Methods::of(&document);
        let parts = Parts {
            authenticate,
            authorize,
            mounts,
            pages,
            methods,
            document,
            ending: watch::Sender::new(false),
            listeners: Listeners::default(),
            refusals: Refusals::default(),
        };
        Self { db, parts: Arc::new(parts) }
    }

    /// The database.
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// The OpenAPI document of all operations.
    pub fn document(&self) -> &OpenApi {
        &self.parts.document
    }

    /// Ends every stream of events, for the server itself is to end: who listens comes again elsewhere.
    pub fn end_streams(&self) {
        self.parts.ending.send_replace(true);
    }

    /// Mounts every feature; the application is wrapped in [`edge`](crate::http::edge). The thread that
    /// calls this is the one that serves.
    pub fn configure(&self, app: &mut ServiceConfig) {
        let not_found = || Problem::from(Kind::NotFound);
        Self { db: self.db.settle(), parts: Arc::clone(&self.parts) }.stand(app);
        app.app_data(PathConfig::default().error_handler(move |_, _| not_found().into()));
        self.parts.mounts.configure(&mut Documented::new(app));
        self.parts.pages.iter().for_each(|pages| pages(app));
        app.default_service(web::to(nobody_home));
    }

    /// Lets an application stand on it whose own few routes are all it has.
    pub fn stand(&self, app: &mut ServiceConfig) {
        app.app_data(Data::new(Standing(self.clone())));
    }

    /// Tells when the server is to end.
    pub(crate) fn ending(&self) -> watch::Receiver<bool> {
        self.parts.ending.subscribe()
    }

    /// Who listens to streams of events.
    pub(crate) fn listeners(&self) -> &Listeners {
        &self.parts.listeners
    }

    /// What was refused and is still to be told.
    pub(crate) fn refusals(&self) -> &Refusals {
        &self.parts.refusals
    }

    pub(crate) fn authenticate(&self) -> &dyn Authenticate {
        &*self.parts.authenticate
    }

    pub(crate) fn authorize(&self) -> &dyn Authorize {
        &*self.parts.authorize
    }
}

async fn nobody_home(
    req: HttpRequest,
    standing: Data<Standing>,
) -> Result<actix_web::HttpResponse, Problem> {
    standing.0.parts.methods.nobody_home(&req)
}
