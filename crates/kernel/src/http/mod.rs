//! What crosses the wire: bodies that are read strictly, answers that carry what they must.

pub mod csv;

mod answer;
mod at;
mod body;
mod edge;
mod event;
mod form;
mod frames;
mod json;
mod list;
mod merge;
mod methods;
mod proxies;
mod row;
mod shape;
mod upload;
mod valid;

pub use answer::{Accepted, Composite, Created, NoContent, Resource, has_already};
pub use at::At;
pub use body::{LIMIT, read_body};
pub use edge::{CONTENT_SECURITY_POLICY, RequestId, edge, name_request};
pub use event::{EVENT_STREAM, LastEventId, ServerEvent};
pub use form::Form;
pub use list::{Page, PageParameters, Query, Unfiltered};
pub use merge::Merge;
pub use methods::Methods;
pub use proxies::TrustedProxies;
pub use row::{cleaned, faults_of, fitted, parse_json, read_json};
pub use upload::{FileKind, Upload};
pub use valid::{Valid, checked};

pub(crate) use body::BodyDigest;
pub(crate) use edge::{Route, route};
pub(crate) use event::{HEARTBEAT, greeting};
pub(crate) use frames::{Excess, Frames, LARGEST_FRAME, Verdict};
pub(crate) use methods::{fits, methods_of};
