//! How much is told of whom: a burst of refusals may not fill the log, nor memory.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::db::Asker;

/// How many of one known caller's are told in a minute.
const OF_CALLER: u32 = 60;

/// How many of the strangers' from one address.
const OF_ADDRESS: u32 = 10;

/// How many of all strangers' together.
const OF_STRANGERS: u32 = 600;

/// How many callers and addresses are told apart in a minute; of others nothing is told.
const APART: usize = 10_000;

/// Who shares one allowance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Share {
    /// A known caller.
    Caller(&'static str, Uuid),
    /// The strangers from an address; of version 6 those from its /64, which is one customer's.
    Address(IpAddr),
}

/// What has been told in this minute.
#[derive(Default)]
pub(super) struct Allowance {
    minute: i64,
    taken: HashMap<Share, u32>,
    of_strangers: u32,
}

impl Share {
    /// Whose share this one's is.
    pub fn of(asker: &Asker) -> Self {
        if let Some(caller) = &asker.caller {
            let (kind, id) = caller.actor.name();
            return Self::Caller(kind, id);
        }
        Self::Address(match asker.origin.ip {
            None => Ipv4Addr::UNSPECIFIED.into(),
            Some(IpAddr::V4(address)) => address.into(),
            Some(IpAddr::V6(address)) => {
                Ipv6Addr::from_bits((address.to_bits() >> 64) << 64).into()
            }
        })
    }

    /// What metrics call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Caller(..) => "known",
            Self::Address(_) => "stranger",
        }
    }
}

impl Allowance {
    /// Takes one of a share: whether it is the last in this minute, or `None` where none is left.
    pub fn take(&mut self, share: Share, now: DateTime<Utc>) -> Option<bool> {
        let minute = now.timestamp().div_euclid(60);
        if minute != self.minute {
            *self = Self { minute, ..Self::default() };
        }
        let most = match share {
            Share::Caller(..) => OF_CALLER,
            Share::Address(_) if self.of_strangers >= OF_STRANGERS => return None,
            Share::Address(_) => OF_ADDRESS,
        };
        if self.taken.len() >= APART && !self.taken.contains_key(&share) {
            return None;
        }
        let taken = self.taken.entry(share).or_default();
        if *taken >= most {
            return None;
        }
        *taken += 1;
        let is_last = *taken == most;
        self.of_strangers += u32::from(matches!(share, Share::Address(_)));
        Some(is_last)
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::access::Origin;

    fn stranger(ip: IpAddr) -> Share {
        let origin = Origin { ip: Some(ip), ..Origin::default() };
        Share::of(&Asker { origin, ..Asker::default() })
    }

    fn told(allowance: &mut Allowance, share: Share, now: DateTime<Utc>) -> usize {
        (0..100).filter_map(|_| allowance.take(share, now)).count()
    }

    /// ASVS 16.3.3: one address fills no log, and the next minute is another.
    #[test]
    fn each_has_an_allowance_a_minute_and_hears_which_is_the_last() {
        let (mut allowance, now) = (Allowance::default(), DateTime::UNIX_EPOCH);
        let one = stranger(Ipv4Addr::new(203, 0, 113, 7).into());
        let other = stranger(Ipv4Addr::new(203, 0, 113, 8).into());
        let lasts: Vec<_> = (0..12).map(|_| allowance.take(one, now)).collect();
        let expected = [vec![Some(false); 9], vec![Some(true), None, None]].concat();
        assert_eq!(lasts, expected);
        assert_eq!(told(&mut allowance, other, now), 10);
        assert_eq!(told(&mut allowance, Share::Caller("user", Uuid::nil()), now), 60);
        assert_eq!(told(&mut allowance, one, now + TimeDelta::seconds(59)), 0);
        assert_eq!(told(&mut allowance, one, now + TimeDelta::seconds(60)), 10);
    }

    #[test]
    fn a_customer_of_version_6_is_one_address() {
        let address = |text: &str| stranger(text.parse().unwrap());
        assert_eq!(address("2001:db8:1:2::1"), address("2001:db8:1:2:ffff::9"));
        assert_ne!(address("2001:db8:1:2::1"), address("2001:db8:1:3::1"));
    }

    /// A flood from everywhere takes neither memory nor the log, and no known caller's share.
    #[test]
    fn all_strangers_together_have_an_allowance_too() {
        let (mut allowance, now) = (Allowance::default(), DateTime::UNIX_EPOCH);
        let addresses = (0..20_000).map(|n| stranger(Ipv4Addr::from_bits(n).into()));
        let all = addresses.filter(|share| allowance.take(*share, now).is_some()).count();
        assert_eq!(all, 600);
        assert!(allowance.taken.len() <= APART);
        assert_eq!(told(&mut allowance, Share::Caller("user", Uuid::nil()), now), 60);
        let callers = (1..20_000).map(|n| Share::Caller("user", Uuid::from_u128(n)));
        let all = callers.filter(|share| allowance.take(*share, now).is_some()).count();
        assert!(all < APART && allowance.taken.len() == APART, "{all}");
    }
}
