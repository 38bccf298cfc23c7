//! What Prometheus reads: on a listener of its own, or behind a token (ASVS 13.4.5).

use std::sync::OnceLock;

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::AUTHORIZATION,
    web::{self, ServiceConfig},
};
use kernel::{Anyone, Env, Ground, Kind, Problem, View, jobs};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use subtle::ConstantTimeEq;

use crate::service::System;

/// Upper bounds of request times, in seconds.
const BUCKETS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// Who may read them on the main listener.
pub enum Access {
    /// Whoever reaches it: in development.
    Everybody,
    /// Who sends this token.
    Bearer(String),
    /// Nobody: they are on a listener of their own, or nowhere.
    Nobody,
}

impl Access {
    pub fn read(env: &Env) -> Self {
        let apart = env.text("METRICS_LISTEN").is_some();
        match env.text("SYSTEM_METRICS_TOKEN") {
            Some(token) if token.len() < 16 => {
                env.wrong("SYSTEM_METRICS_TOKEN", "must have at least 16 characters");
                Self::Nobody
            }
            Some(token) => Self::Bearer(token.to_owned()),
            None if apart || env.is_production() => Self::Nobody,
            None => Self::Everybody,
        }
    }

    fn admits(&self, request: &HttpRequest) -> bool {
        let Self::Bearer(token) = self else { return matches!(self, Self::Everybody) };
        let header = request.headers().get(AUTHORIZATION).map_or(&b""[..], |it| it.as_bytes());
        header.ct_eq(format!("Bearer {token}").as_bytes()).into()
    }
}

pub fn routes(app: &mut ServiceConfig) {
    app.route("/metrics", web::get().to(read_guarded));
}

/// Mounts `/metrics` for whoever reaches this listener.
pub fn serve_metrics(ground: &Ground, app: &mut ServiceConfig) {
    ground.stand(app);
    app.route("/metrics", web::get().to(read));
}

/// Sums up what has been measured; without it, measurements pile up until the next reading.
pub fn upkeep() {
    recorder().run_upkeep();
}

/// The one recorder of this process: the `metrics` crate has no other place for it.
pub fn recorder() -> &'static PrometheusHandle {
    static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();
    RECORDER.get_or_init(|| {
        let builder = PrometheusBuilder::new();
        let builder = builder.set_buckets(BUCKETS).unwrap_or_else(|_| PrometheusBuilder::new());
        let recorder = builder.build_recorder();
        let handle = recorder.handle();
        // Who embeds the server may record elsewhere; then there is nothing to read here.
        let _ = metrics::set_global_recorder(recorder);
        handle
    })
}

async fn read_guarded(door: Anyone, request: HttpRequest) -> Result<HttpResponse, Problem> {
    if !door.view().of::<System>().metrics.admits(&request) {
        return Err(Kind::NotFound.into());
    }
    Ok(read(door).await)
}

async fn read(door: Anyone) -> HttpResponse {
    gauge(door.view()).await;
    HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(recorder().render())
}

#[expect(clippy::cast_precision_loss, clippy::as_conversions, reason = "gauges are floats")]
async fn gauge(view: &View) {
    let pools = view.pools();
    metrics::gauge!("database_connections").set(f64::from(pools.open));
    metrics::gauge!("database_connections_idle").set(pools.idle as f64);
    metrics::counter!("database_statements_total").absolute(view.statements());
    if let Ok(depth) = jobs::depth(view).await {
        metrics::gauge!("jobs_waiting").set(depth.waiting as f64);
        metrics::gauge!("jobs_dead").set(depth.dead as f64);
        metrics::gauge!("jobs_lag_seconds").set(depth.lag.as_seconds_f64());
    }
    if let (Ok(unsealed), Ok(lag)) = (audit_log::unsealed(view).await, audit_log::lag(view).await) {
        metrics::gauge!("audit_log_unsealed").set(unsealed as f64);
        metrics::gauge!("audit_log_seal_lag_seconds").set(lag.as_seconds_f64());
    }
}
