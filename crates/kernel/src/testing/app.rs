use std::{net::SocketAddr, rc::Rc};

use actix_web::{
    App as ActixApp, HttpServer,
    middleware::from_fn,
    test::{TestRequest, init_service, try_call_service},
};
use futures_util::future::{FutureExt, LocalBoxFuture};

use super::{Actor, Answer, Roster, TestDatabase};
use crate::{
    Actor as Who, Caller, Feature, Ground, House, OrgView, OrganizationId, Scope, SessionId,
    UserId, View, db::Registry, http::edge, id, jobs::Worker,
};

/// An application with just some features, on a database of its own.
pub struct App {
    /// Its database.
    pub database: TestDatabase,
    /// What its requests stand on.
    pub ground: Ground,
    worker: Worker,
    roster: Roster,
    call: Box<dyn Fn(TestRequest) -> LocalBoxFuture<'static, Answer>>,
}

impl App {
    /// Starts these features, lower ones first; callers come from a list, and so do members where
    /// no feature knows them.
    pub async fn of(features: Vec<Feature>) -> Self {
        let roster = Roster::default();
        Self::start(with_ports(features, &roster), roster, TestDatabase::with).await
    }

    /// A second replica: the same callers, on the same database.
    pub async fn replica(&self, features: Vec<Feature>) -> Self {
        let open = async |registry| self.database.beside(registry).await;
        Self::start(with_ports(features, &self.roster), self.roster.clone(), open).await
    }

    /// Starts these features, one of which knows the callers; nobody is a member anywhere.
    pub async fn signed_in_by(features: Vec<Feature>) -> Self {
        Self::start(features, Roster::default(), TestDatabase::with).await
    }

    /// Another process on the database of this one, as a second replica would be.
    pub async fn beside(&self, features: Vec<Feature>) -> Self {
        let open = async |registry| self.database.beside(registry).await;
        Self::start(features, Roster::default(), open).await
    }

    #[expect(clippy::expect_used, reason = "else there is no test")]
    async fn start(
        features: Vec<Feature>,
        roster: Roster,
        open: impl AsyncFnOnce(Registry) -> TestDatabase,
    ) -> Self {
        let house = House::of(features).await.expect("sound features");
        let mut database = None;
        let opened = house
            .build(async |registry| {
                let opened = open(registry).await;
                let db = crate::Db::clone(&opened);
                database = Some(opened);
                Ok::<_, std::convert::Infallible>(db)
            })
            .await;
        let built = opened.unwrap_or_else(|never| match never {});
        built.prepare().await.expect("prepared features");
        let database = database.expect("an opened database");

        let ground = built.ground.clone();
        let app = ActixApp::new().wrap(from_fn(edge)).configure(|app| ground.configure(app));
        let service = Rc::new(init_service(app).await);
        let call = Box::new(move |request: TestRequest| {
            let service = Rc::clone(&service);
            let answer = async move {
                match try_call_service(&*service, request.to_request()).await {
                    Ok(response) => Answer::read(response.into()).await,
                    Err(error) => Answer::read(error.error_response()).await,
                }
            };
            answer.boxed_local()
        });
        let worker = Worker::new(crate::Db::clone(&database), built.jobs.clone());
        Self { database, ground: built.ground, worker, roster, call }
    }

    /// Serves over real connections too, on a port of its own, for as long as the test lasts.
    #[expect(
        clippy::missing_panics_doc,
        clippy::expect_used,
        clippy::disallowed_methods,
        reason = "else there is no test"
    )]
    pub fn listen(&self) -> SocketAddr {
        let ground = self.ground.clone();
        let server = HttpServer::new(move || {
            let ground = ground.clone();
            ActixApp::new().wrap(from_fn(edge)).configure(move |app| ground.configure(app))
        });
        let server = server.workers(1).disable_signals().bind(("127.0.0.1", 0)).expect("a port");
        let address = *server.addrs().first().expect("an address");
        actix_web::rt::spawn(server.run());
        address
    }

    /// The only member of a new organization, who may do just this in it.
    pub fn member(&self, permissions: &[&str]) -> Actor<'_> {
        self.member_of(OrganizationId(id::next()), permissions)
    }

    /// A new member of `organization`, who may do just this in it.
    pub fn member_of(&self, organization: OrganizationId, permissions: &[&str]) -> Actor<'_> {
        let (user, caller) = self.somebody(&[]);
        let permissions = self.catalogue().set(OrgView::NAME, permissions.iter().copied());
        self.roster.join(user, organization, permissions);
        Actor::known(self, caller, organization)
    }

    /// Has somebody from the list be no member of their organization any more.
    pub fn dismiss(&self, member: &Actor<'_>) {
        self.roster.dismiss(member.user(), member.organization);
    }

    /// Ends the session of somebody from the list.
    pub fn sign_out(&self, somebody: &Actor<'_>) {
        self.roster.sign_out(&somebody.user().to_string());
    }

    /// Somebody who may do just this on the platform, and is a member nowhere.
    pub fn staff(&self, permissions: &[&str]) -> Actor<'_> {
        let (_, caller) = self.somebody(permissions);
        Actor::known(self, caller, OrganizationId(id::next()))
    }

    /// Whoever has this account, who may do just this on the platform.
    pub fn sign_in(&self, user: UserId, permissions: &[&str]) -> Actor<'_> {
        Actor::known(self, self.known(user, permissions), OrganizationId(id::next()))
    }

    /// Nobody in particular.
    pub fn stranger(&self) -> Actor<'_> {
        Actor::bearing(self, None)
    }

    /// Whoever bears this token.
    pub fn bearer(&self, token: &str) -> Actor<'_> {
        Actor::bearing(self, Some(token.to_owned()))
    }

    /// Runs every job that is due, and answers how many.
    #[expect(clippy::missing_panics_doc, clippy::expect_used, reason = "else there is no test")]
    pub async fn run_jobs(&self) -> usize {
        self.worker.run_due().await.expect("jobs run")
    }

    /// Does every duty that is due, and answers how many passes that took.
    #[expect(clippy::missing_panics_doc, clippy::expect_used, reason = "else there is no test")]
    pub async fn run_duties(&self) -> usize {
        self.worker.run_duties().await.expect("duties are done")
    }

    /// What was refused is recorded before the test goes on.
    pub(super) async fn call(&self, request: TestRequest) -> Answer {
        let answer = (self.call)(request).await;
        self.ground.refusals_told().await;
        answer
    }

    fn somebody(&self, permissions: &[&str]) -> (UserId, Caller) {
        let user = UserId(id::next());
        (user, self.known(user, permissions))
    }

    fn known(&self, user: UserId, permissions: &[&str]) -> Caller {
        let caller = Caller {
            actor: Who::User(user),
            session: Some(SessionId(id::next())),
            authenticated_at: self.database.clock().now(),
            permissions: self.catalogue().set(View::NAME, permissions.iter().copied()),
            ceiling: None,
        };
        self.roster.sign_in(user.to_string(), caller.clone());
        caller
    }

    fn catalogue(&self) -> &crate::access::Catalogue {
        self.database.registry().catalogue()
    }
}

fn with_ports(features: Vec<Feature>, roster: &Roster) -> Vec<Feature> {
    let known = features.iter().any(|feature| feature.authorize.is_some());
    let port = Feature::new("roster").authenticates(roster.clone());
    let port = if known { port } else { port.authorizes(roster.clone()) };
    features.into_iter().chain([port]).collect()
}
