//! What a feature's error owes its clients.

use std::error::Error;

use super::Kind;

/// A feature's error, able to say what it means to a client.
///
/// Its `Display` is the detail a client reads, except where the kind is [`Kind::Internal`],
/// [`Kind::Unavailable`] or [`Kind::NotFound`]: there it goes to the log alone.
pub trait Fault: Error + Send + Sync + 'static {
    /// Its meaning.
    fn kind(&self) -> Kind;
}
