//! What goes wrong in earnest: killed processes, databases that are away, full disks, hostile
//! clients. Each proof has a short form here; `scripts/soak` runs the long ones.

mod crowd;
mod disk;
mod drain;
mod exhaustion;
mod half_open;
mod import;
mod jobs;
mod kill;
mod limits;
mod outage;
mod seals;
mod startup;

use std::time::Duration;

use crate::wire::{ADMINISTRATOR, PASSWORD};

/// What a server of these tests is started with.
pub const ADMINISTERED: [(&str, &str); 2] =
    [("ADMIN_EMAIL", ADMINISTRATOR), ("ADMIN_PASSWORD", PASSWORD)];

/// How often a proof is repeated: what the environment says, else its short form.
pub fn count(variable: &str, short: usize) -> usize {
    std::env::var(variable).map_or(short, |text| text.parse().expect("a number"))
}

/// Some time of 20 to 500 ms, another each time.
fn a_while() -> Duration {
    let [low, high] = kernel::random::<2>();
    Duration::from_millis(20 + u64::from(u16::from_le_bytes([low, high])) % 481)
}
