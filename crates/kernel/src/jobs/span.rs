//! What a trace tells of the run of a job.

use opentelemetry::{
    Context, KeyValue,
    context::FutureExt,
    global,
    trace::{SpanKind, Status, TraceContextExt, Tracer},
};
use tracing::{Instrument, Span};

use super::entity::Model;
use crate::{problem::Problem, trace::follow};

/// The run of a job, a child of what queued it; nothing where nobody traces.
pub(super) struct JobSpan {
    context: Context,
    log: Span,
}

impl JobSpan {
    pub fn of(job: &Model) -> Self {
        let queued = follow(
            job.traceparent.as_deref().unwrap_or_default(),
            job.tracestate.as_deref().unwrap_or_default(),
        );
        let tracer = global::tracer("groundwork");
        let span = tracer
            .span_builder(format!("job {}", job.kind))
            .with_kind(SpanKind::Consumer)
            .with_attributes([
                KeyValue::new("messaging.system", "groundwork"),
                KeyValue::new("messaging.operation.type", "process"),
                KeyValue::new("messaging.destination.name", job.kind.clone()),
                KeyValue::new("messaging.message.id", job.id.to_string()),
                KeyValue::new("job.attempt", i64::from(job.attempts)),
            ])
            .start_with_context(&tracer, &queued);
        let context = queued.with_span(span);
        let place = context.span().span_context().clone();
        let log = if place.is_valid() {
            tracing::info_span!("job", trace_id = display(place.trace_id()))
        } else {
            Span::none()
        };
        Self { context, log }
    }

    /// Does the work under this span; its log lines name the trace.
    pub async fn around<T>(self, work: impl Future<Output = T>) -> T {
        work.with_context(self.context).instrument(self.log).await
    }

    /// Notes that the job under way has failed; the cause is for the log alone.
    pub fn failed(problem: &Problem) {
        let code = problem.kind().code();
        Context::map_current(|context| {
            let span = context.span();
            span.set_attribute(KeyValue::new("error.type", code));
            span.set_status(Status::error(code));
        });
    }
}
