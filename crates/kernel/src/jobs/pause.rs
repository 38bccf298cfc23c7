//! When to try again what has failed.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::id;

const LONGEST: Duration = Duration::from_hours(1);

/// The first pause, then twice as long each time up to an hour, each a fifth more or less, so that what
/// failed together does not come back together.
pub fn pause(first: Duration, attempts: i32, now: DateTime<Utc>) -> DateTime<Utc> {
    let doublings = Ord::min(u32::try_from(attempts - 1).unwrap_or_default(), 20);
    let pause = Ord::min(first.saturating_mul(1 << doublings), LONGEST);
    let [jitter] = id::random::<1>();
    let pause = pause.mul_f64(0.8 + 0.4 * f64::from(jitter) / 255.0);
    now + TimeDelta::from_std(pause).unwrap_or_default()
}
