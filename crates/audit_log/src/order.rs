//! Ids of entries are in the order of the instants at which they happened: a span of time is a span of
//! ids then, which every index ends with, and a month's entries are a partition.

use std::sync::atomic::{AtomicU32, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::models::EntryId;

/// Entries of earlier releases bear ids that were made when they were written down: by so much later
/// at the most than what they tell of.
const LATE: TimeDelta = TimeDelta::minutes(1);

/// Counts the entries of this process, so that those of one instant keep their order.
#[derive(Default)]
pub struct Order(AtomicU32);

impl Order {
    /// A new id of version 7 (RFC 9562, §6.2, methods 1 and 3): microseconds, a count of 30 bits, 32
    /// random ones.
    pub fn next(&self, at: DateTime<Utc>) -> EntryId {
        let count = self.0.fetch_add(1, Ordering::Relaxed) & 0x3fff_ffff;
        let tail = (u64::from(count) << 32) | u64::from(u32::from_be_bytes(kernel::random()));
        EntryId(Uuid::from_u128(first(at).as_u128() | u128::from(tail)))
    }
}

/// The least id of an entry of this instant or a later one.
pub fn first(at: DateTime<Utc>) -> Uuid {
    let millis = u128::try_from(at.timestamp_millis()).unwrap_or_default() & 0xffff_ffff_ffff;
    let micros = u128::from(at.timestamp_subsec_micros() % 1000);
    Uuid::from_u128((millis << 80) | (7 << 76) | (micros << 64) | (2 << 62))
}

/// An id that no entry before this instant reaches.
pub fn end(at: DateTime<Utc>) -> Uuid {
    at.checked_add_signed(LATE).map_or(Uuid::max(), first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(micros: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::microseconds(1_795_000_000_000_000 + micros)
    }

    #[test]
    fn ids_are_in_the_order_of_time_and_those_of_one_instant_in_that_of_their_making() {
        let order = Order::default();
        let ids: Vec<_> = [0, 0, 0, 1, 999, 1000, 1_000_000].map(|it| order.next(at(it))).into();
        assert!(ids.is_sorted_by(|one, other| one < other), "{ids:?}");
        assert!(ids.iter().all(|it| it.0.get_version_num() == 7));
        assert_eq!(ids[0].0.get_variant(), uuid::Variant::RFC4122);
        let told = ids[5].0.get_timestamp().map(|it| it.to_unix());
        assert_eq!(told, Some((1_795_000_000, 1_000_000)));
    }

    #[test]
    fn a_span_of_time_is_a_span_of_ids() {
        let order = Order::default();
        let (before, in_it, after) = (order.next(at(-1)), order.next(at(0)), order.next(at(1)));
        assert!(before.0 < first(at(0)) && first(at(0)) < in_it.0 && in_it.0 < first(at(1)));
        assert!(after.0 < end(at(0)) && order.next(at(60_000_000)).0 > end(at(0)));
        assert_eq!(end(DateTime::<Utc>::MAX_UTC), Uuid::max());
    }
}
