//! What crosses the wire: bodies that are read strictly, answers that carry what they must.

mod answer;
mod at;
mod body;
mod edge;
mod form;
mod json;
mod list;
mod merge;
mod methods;
mod proxies;
mod shape;
mod valid;

pub use answer::{Composite, Created, NoContent, Resource};
pub use at::At;
pub use body::{LIMIT, read_body};
pub use edge::{CONTENT_SECURITY_POLICY, RequestId, edge, name_request};
pub use form::Form;
pub use list::{Page, PageParameters, Unfiltered};
pub use merge::Merge;
pub use methods::Methods;
pub use proxies::TrustedProxies;
pub use valid::{Valid, checked};

pub(crate) use body::BodyDigest;
pub(crate) use methods::methods_of;
