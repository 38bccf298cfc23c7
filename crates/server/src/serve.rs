//! Listening, working, and ending well.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use actix_cors::Cors;
use actix_web::{
    App, HttpServer,
    dev::ServerHandle,
    middleware::{Condition, from_fn},
    rt::spawn,
};
use futures_util::future::join_all;
use kernel::{
    Clock, Db, Env, Ground,
    db::Serving,
    http::edge,
    jobs::{Worker, WorkerHandle},
};
use tokio::{
    task::JoinHandle,
    time::{interval, timeout},
};

use crate::{
    Config, StartError, docs,
    start::start_serving,
    telemetry::{Traces, observe},
    unread::hold,
};

/// How long idle connections and slow request heads are kept.
const KEEP_ALIVE: Duration = Duration::from_secs(5);

/// How long requests may go on once the server is to end, in seconds.
const GRACE: u64 = 7;

/// How long it is waited until what was refused last is recorded.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// How often this replica asks what others have changed.
const POLL: Duration = Duration::from_millis(500);

/// What a process is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// Answer requests and run jobs.
    ServeAndWork,
    /// Answer requests.
    Serve,
    /// Run jobs.
    Work,
}

/// A running server.
pub struct Running {
    /// Where it listens; `None` for a worker.
    pub address: Option<SocketAddr>,
    /// What it stands on.
    pub ground: Ground,
    listening: Vec<(ServerHandle, JoinHandle<std::io::Result<()>>)>,
    worker: Option<WorkerHandle>,
    traces: Option<Traces>,
    housekeeping: JoinHandle<()>,
    _serving: Serving,
}

/// Starts everything and returns when requests are answered.
pub async fn launch(env: &Env, clock: Arc<dyn Clock>, task: Task) -> Result<Running, StartError> {
    let (started, serving) = start_serving(env, clock).await?;
    let (mut config, built) = (started.config, started.built);
    let ground = built.ground.clone();
    let db = ground.db().clone();
    if let Err(error) = db.poll_invalidations().await {
        return Err(error.into());
    }
    let traces = config.traces.take().map(Traces::begin);
    let housekeeping = keep_house(ground.clone());
    let worker = (task != Task::Serve).then(|| Worker::new(db, built.jobs).start());

    let (mut listening, mut address) = (Vec::new(), None);
    if task != Task::Work {
        let (server, at) = listen(&ground, &config, traces.as_ref())?;
        listening.push(server);
        address = Some(at);
    }
    if let Some(apart) = &config.metrics_listen {
        listening.push(listen_for_metrics(&ground, apart)?);
    }
    Ok(Running { address, ground, listening, worker, traces, housekeeping, _serving: serving })
}

impl Running {
    /// Has `/readyz` say no from now on, while requests are still answered.
    pub fn drain(&self) {
        tracing::info!("ending: requests under way are still answered");
        system::drain(self.ground.db());
    }

    /// Ends well: takes no more requests, lets those under way end, hands jobs back, closes the
    /// database, and sends the last traces. It takes nine seconds at the most.
    pub async fn stop(self) {
        system::drain(self.ground.db());
        self.ground.end_streams();
        let listening = async {
            join_all(self.listening.iter().map(|(server, _)| server.stop(true))).await;
        };
        let working = async {
            if let Some(worker) = self.worker {
                worker.stop().await;
            }
        };
        tokio::join!(listening, working);
        for (_, serving) in self.listening {
            let _ = serving.await;
        }
        let _ = timeout(LAST_WORDS, self.ground.refusals_told()).await;
        self.housekeeping.abort();
        let _ = self.housekeeping.await; // what it holds of the database goes before the runtime does
        if let Err(error) = self.ground.db().close().await {
            tracing::warn!(%error, "the database did not close well");
        }
        if let Some(traces) = self.traces {
            traces.end();
        }
    }
}

type Listening = (ServerHandle, JoinHandle<std::io::Result<()>>);

#[expect(clippy::disallowed_methods, reason = "the server itself runs beside its requests")]
fn listen(
    ground: &Ground,
    config: &Config,
    traces: Option<&Traces>,
) -> Result<(Listening, SocketAddr), StartError> {
    let spans = traces.map(Traces::tracer);
    let (ground, document) = (ground.clone(), docs::written(ground));
    let (origins, proxies) = (config.cors_origins.clone(), config.trusted_proxies.clone());
    let address = &config.listen;
    let app = move || {
        let (ground, document) = (ground.clone(), document.clone());
        App::new()
            .app_data(proxies.clone())
            .app_data(spans.clone())
            .wrap(Condition::new(!origins.is_empty(), cors(&origins)))
            .wrap(from_fn(edge))
            .wrap(from_fn(hold))
            .wrap(from_fn(observe))
            .configure(move |app| docs::configure(document, app))
            .configure(move |app| ground.configure(app))
    };
    let server = HttpServer::new(app)
        .keep_alive(KEEP_ALIVE)
        .client_request_timeout(KEEP_ALIVE)
        .shutdown_timeout(GRACE)
        .disable_signals()
        .bind(address)
        .map_err(|error| StartError::Listen(address.clone(), error))?;
    let bound = server.addrs().first().copied();
    let bound = bound.ok_or_else(|| std::io::Error::other("no address was bound"))?;
    let server = server.run();
    Ok(((server.handle(), spawn(server)), bound))
}

/// Pages of these origins may call, others get no leave from their browser (ASVS 3.4.2).
fn cors(origins: &[String]) -> Cors {
    let cors = Cors::default()
        .allowed_methods(["GET", "POST", "PUT", "PATCH", "DELETE"])
        .allowed_headers([
            "authorization",
            "content-type",
            "idempotency-key",
            "if-match",
            "if-none-match",
            "last-event-id",
            "x-request-id",
        ])
        .expose_headers([
            "content-disposition",
            "etag",
            "idempotency-replayed",
            "link",
            "location",
            "retry-after",
            "traceresponse",
            "x-request-id",
        ])
        .max_age(3600);
    origins.iter().fold(cors, |cors, origin| cors.allowed_origin(origin))
}

#[expect(clippy::disallowed_methods, reason = "the server itself runs beside its requests")]
fn listen_for_metrics(ground: &Ground, address: &str) -> Result<Listening, StartError> {
    let ground = ground.clone();
    let app = move || {
        let ground = ground.clone();
        App::new().configure(move |app| system::serve_metrics(&ground, app))
    };
    let server = HttpServer::new(app)
        .workers(1)
        .disable_signals()
        .bind(address)
        .map_err(|error| StartError::Listen(address.to_owned(), error))?
        .run();
    Ok((server.handle(), spawn(server)))
}

/// What a replica does by itself: it hears what others have changed, and sums up its metrics.
#[expect(clippy::disallowed_methods, reason = "it runs as long as the server does")]
fn keep_house(ground: Ground) -> JoinHandle<()> {
    spawn(async move {
        tokio::join!(keep_up(ground.db()), ground.tell_refusals());
    })
}

async fn keep_up(db: &Db) {
    let mut ticks = interval(POLL);
    loop {
        ticks.tick().await;
        if let Err(error) = db.poll_invalidations().await {
            tracing::warn!(%error, "what other replicas have changed cannot be heard");
        }
        system::upkeep();
    }
}
