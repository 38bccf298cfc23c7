//! What an operator may set.

use chrono::TimeDelta;
use kernel::Env;

/// What an operator may set.
#[derive(Clone, Copy, Debug)]
pub struct Config {
    /// How many members an organization may have; `None` is any number.
    pub seats: Option<u64>,
    /// How many invitations may be pending in an organization, and how many mails of invitations it may
    /// send in a day, those sent again too.
    pub invitations: u64,
    /// How long an invitation may be accepted.
    pub invitation_life: TimeDelta,
}

impl Config {
    pub fn read(env: &Env) -> Self {
        let seats = env.within("ORGANIZATIONS_SEATS", 0, 0..=1_000_000);
        let days = env.within("ORGANIZATIONS_INVITATION_DAYS", 7, 1..=90);
        Self {
            seats: (seats > 0).then_some(seats),
            invitations: env.within("ORGANIZATIONS_INVITATIONS", 1000, 1..=100_000),
            invitation_life: TimeDelta::days(days),
        }
    }
}
