//! What people want to be notified of, and how: topic by topic, in the inbox and by mail.

mod models;
mod quiet;
mod router;
mod row;
mod schemas;
mod service;

pub use models::{forget, of, of_many};
pub use quiet::{Quiet, due};
pub use router::routes;
pub use row::{MailWindow, Model as Preferences};
pub use schemas::{PreferencesIn, PreferencesOut};
pub use service::{export, stop_mail};
