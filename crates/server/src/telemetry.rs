//! What the server tells of what it does: logs always, traces where a collector is named. (Metrics
//! are the feature `system`'s.)

mod collector;
mod exporter;
mod logs;
mod request;
mod traces;

pub use logs::begin;
pub use request::observe;
pub use traces::{TraceConfig, Traces};
