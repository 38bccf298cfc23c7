//! What can go wrong, from a feature's own error to the one body every client reads.
//!
//! A feature's error is a [`Fault`]: it knows its [`Kind`]. A [`Refusal`] is what the ground itself
//! says no with, for a feature's error to carry on. At the edge all become a [`Problem`].

mod body;
mod database;
mod fault;
mod kind;
mod refusal;

pub use body::{Problem, ProblemOut};
pub(crate) use database::ends_transaction;
pub use fault::Fault;
pub use kind::{Invalid, Kind};
pub use refusal::Refusal;
