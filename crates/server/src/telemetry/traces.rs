//! Traces: where they go, and which.

use std::time::Duration;

use kernel::{Env, random};
use opentelemetry::{KeyValue, global, trace::TracerProvider};
use opentelemetry_sdk::{
    Resource,
    trace::{Sampler, SdkTracer, SdkTracerProvider},
};

use super::{collector::Collector, exporter::Queue};

/// How long the end of the process waits for the last spans to be sent.
const FLUSH: Duration = Duration::from_secs(1);

/// What an operator may set of traces. The SDK itself heeds what else OpenTelemetry has names for, from
/// the environment and not from `.env`.
#[derive(Debug)]
pub struct TraceConfig {
    collector: Collector,
    service: String,
    environment: &'static str,
    sampler: Sampler,
}

/// Traces that are under way to their collector.
pub struct Traces(SdkTracerProvider);

impl TraceConfig {
    /// Reads it; `None` where no collector is named.
    pub fn read(env: &Env) -> Option<Self> {
        let service = env.text("OTEL_SERVICE_NAME").unwrap_or("groundwork").to_owned();
        let environment = if env.is_production() { "production" } else { "development" };
        let sampler = sampler(env);
        let collector = Collector::read(env)?;
        Some(Self { collector, service, environment, sampler })
    }
}

fn sampler(env: &Env) -> Sampler {
    let share = env.within("OTEL_TRACES_SAMPLER_ARG", 1.0, 0.0..=1.0);
    let text = env.text("OTEL_TRACES_SAMPLER").unwrap_or("parentbased_always_on");
    let word = text.strip_prefix("parentbased_").unwrap_or(text);
    let sampler = match word {
        "always_on" => Sampler::AlwaysOn,
        "always_off" => Sampler::AlwaysOff,
        "traceidratio" => Sampler::TraceIdRatioBased(share),
        _ => {
            let words =
                "must be always_on, always_off or traceidratio, parentbased_ before it or not";
            env.wrong("OTEL_TRACES_SAMPLER", words);
            Sampler::AlwaysOff
        }
    };
    if word == text { sampler } else { Sampler::ParentBased(Box::new(sampler)) }
}

impl Traces {
    /// Begins; from here on there is one thread more, which sends.
    pub fn begin(config: TraceConfig) -> Self {
        let resource = Resource::builder().with_service_name(config.service).with_attributes([
            KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
            KeyValue::new("service.instance.id", instance()),
            KeyValue::new("deployment.environment.name", config.environment),
        ]);
        let provider = SdkTracerProvider::builder()
            .with_resource(resource.build())
            .with_sampler(config.sampler)
            .with_span_processor(Queue::to(config.collector))
            .build();
        global::set_tracer_provider(provider.clone());
        Self(provider)
    }

    /// Who makes the spans of requests.
    pub fn tracer(&self) -> SdkTracer {
        self.0.tracer("groundwork")
    }

    /// Sends what still waits, for a second at the most.
    pub fn end(self) {
        if self.0.shutdown_with_timeout(FLUSH).is_err() {
            tracing::warn!("the last traces could not be sent");
        }
    }
}

/// Tells replicas apart.
fn instance() -> String {
    format!("{:032x}", u128::from_be_bytes(random()))
}
