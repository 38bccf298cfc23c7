//! Spans on their way to the collector: few at a time wait, and the others are counted.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use opentelemetry::Context;
use opentelemetry_proto::{
    tonic::collector::trace::v1::ExportTraceServiceRequest,
    transform::{
        common::tonic::ResourceAttributesWithSchema,
        trace::tonic::group_spans_by_resource_and_scope,
    },
};
use opentelemetry_sdk::{
    Resource,
    error::{OTelSdkError, OTelSdkResult},
    trace::{BatchConfigBuilder, BatchSpanProcessor, Span, SpanData, SpanExporter, SpanProcessor},
};
use prost::Message;

use super::collector::Collector;

/// How many spans wait at the most, those being sent among them.
const MOST: usize = 2048;

/// Lets spans wait for the thread that sends them, as long as they are not too many: a collector that
/// is away or slow costs spans, never requests.
#[derive(Debug)]
pub struct Queue {
    sending: BatchSpanProcessor,
    waiting: Arc<AtomicUsize>,
}

#[derive(Debug)]
struct Exporter {
    collector: Collector,
    resource: ResourceAttributesWithSchema,
    waiting: Arc<AtomicUsize>,
    failing: AtomicBool,
}

impl Queue {
    /// One that leads to this collector.
    pub fn to(collector: Collector) -> Self {
        let waiting = Arc::new(AtomicUsize::new(0));
        let exporter = Exporter {
            collector,
            resource: ResourceAttributesWithSchema::default(),
            waiting: Arc::clone(&waiting),
            failing: AtomicBool::new(false),
        };
        let config = BatchConfigBuilder::default().with_max_queue_size(MOST).build();
        let sending = BatchSpanProcessor::builder(exporter).with_batch_config(config).build();
        Self { sending, waiting }
    }
}

impl SpanProcessor for Queue {
    fn on_start(&self, span: &mut Span, context: &Context) {
        self.sending.on_start(span, context);
    }

    fn on_end(&self, span: SpanData) {
        if !span.span_context.is_sampled() {
            return;
        }
        if self.waiting.fetch_add(1, Ordering::Relaxed) < MOST {
            self.sending.on_end(span);
        } else {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            count("dropped", 1);
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.sending.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.sending.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.sending.set_resource(resource);
    }
}

impl SpanExporter for Exporter {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let spans = batch.len();
        let resource_spans = group_spans_by_resource_and_scope(batch, &self.resource);
        let sent =
            self.collector.post(&ExportTraceServiceRequest { resource_spans }.encode_to_vec());
        self.waiting.fetch_sub(spans, Ordering::Relaxed);
        count(if sent.is_ok() { "sent" } else { "failed" }, spans);
        let failed = self.failing.swap(sent.is_err(), Ordering::Relaxed);
        match (failed, &sent) {
            (false, Err(cause)) => {
                tracing::warn!(%cause, "traces cannot be sent; until they can, they are counted");
            }
            (true, Ok(())) => tracing::info!("traces can be sent again"),
            _ => {}
        }
        sent.map_err(|cause| OTelSdkError::InternalFailure(cause.to_string()))
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.resource = resource.into();
    }
}

fn count(outcome: &'static str, spans: usize) {
    let spans = u64::try_from(spans).unwrap_or(u64::MAX);
    metrics::counter!("traces_spans_total", "outcome" => outcome).increment(spans);
}
