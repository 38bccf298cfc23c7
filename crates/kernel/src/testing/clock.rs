use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, TimeZone, Utc};

use crate::Clock;

/// A clock that moves only when a test says so; it begins in the year 2026.
#[derive(Clone)]
pub struct StoppedClock(Arc<Mutex<DateTime<Utc>>>);

impl StoppedClock {
    /// Lets time pass.
    pub fn advance(&self, by: TimeDelta) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) += by;
    }
}

impl Default for StoppedClock {
    fn default() -> Self {
        let begin = Utc.with_ymd_and_hms(2026, 11, 20, 12, 0, 0).single();
        Self(Arc::new(Mutex::new(begin.unwrap_or_default())))
    }
}

impl Clock for StoppedClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
