//! What the server tells of its requests and jobs, and what that may cost.

mod absence;
mod collector;
mod requests;
mod secure;
