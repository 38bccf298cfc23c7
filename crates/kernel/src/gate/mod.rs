//! Who may pass: the two ports that know callers, the middleware that asks them, the postures in a
//! handler's signature, and what is told of who may not.

mod can;
mod download;
mod events;
pub(crate) mod idempotency;
mod listeners;
mod middleware;
mod permission;
mod ports;
mod posture;
mod refusals;
mod site;
mod socket;
mod ticket;

pub use can::{Anyone, Can, FRESH, Fresh, Insider, SignedIn};
pub use download::Download;
pub use events::Events;
pub use listeners::MOST as MOST_STREAMS;
pub use middleware::{ORGANIZATION, authenticate, authorize};
pub use permission::Permission;
pub use ports::{Authenticate, Authorize};
pub use posture::{Admission, Belonging, Known, Posture, Recent, Recently, Whoever};
pub use refusals::{Knocked, Refused, Why};
pub use site::Site;
pub use ticket::{TICKET_LIFE, ticket};

pub(crate) use listeners::Listeners;
pub(crate) use ports::Authorizer;
pub(crate) use posture::{PROBED, Probe};
pub(crate) use refusals::Refusals;
pub(crate) use ticket::purge as purge_tickets;
