//! For whom a flag is on.

use sha2::{Digest, Sha256};

use crate::{access::Actor, db::Scope, id::OrganizationId};

/// How finely shares are cut. Percents are whole by now; a finer share later moves nobody.
const BUCKETS: u64 = 10_000;

/// What a flag is for somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Toggle {
    /// It is on.
    On,
    /// It is off.
    Off,
}

/// What a flag is for those whom no rule names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    On,
    Off,
    /// On for a share.
    Split,
}

/// Of whom a share is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    Organization,
    User,
}

/// A flag's value: for whom it is on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rollout {
    pub(super) state: State,
    /// 0 to 100; it counts where the state is [`State::Split`].
    pub(super) percentage: u64,
    pub(super) by: By,
    /// What single organizations have whatever the state.
    pub(super) organizations: Vec<(OrganizationId, Toggle)>,
}

/// For whom a flag is evaluated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EvaluationContext {
    /// Where they stand.
    pub organization: Option<OrganizationId>,
    /// Who they are, as flags know them: an account's id, or what a client of its own calls them.
    pub targeting_key: Option<String>,
}

/// What a flag is for somebody, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resolution {
    /// What it is.
    pub toggle: Toggle,
    /// Why.
    pub reason: Reason,
}

/// Why a flag is what it is, in the words of OpenFeature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It is so for all whom no rule names.
    Static,
    /// A rule names the organization.
    TargetingMatch,
    /// It is on for a share, and off for the rest.
    Split,
}

impl Toggle {
    /// `on` or `off`.
    pub fn name(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::Off => "off",
        }
    }
}

impl EvaluationContext {
    /// Where one stands, and who asks; nobody where Groundwork itself does.
    pub fn of(view: &impl Scope) -> Self {
        let actor = view.view().caller().map(|it| it.actor).filter(|it| *it != Actor::System);
        let targeting_key = actor.map(|it| it.name().1.to_string());
        Self { organization: view.organization(), targeting_key }
    }
}

impl Rollout {
    /// What the flag of this key is for them. Whom a share cannot count, for they have no id of the
    /// kind it is taken of, come last: for them it is on at 100 % alone.
    pub fn resolve(&self, key: &str, context: &EvaluationContext) -> Resolution {
        let rule = self.organizations.iter().find(|(id, _)| context.organization == Some(*id));
        if let Some((_, toggle)) = rule {
            return Resolution { toggle: *toggle, reason: Reason::TargetingMatch };
        }
        let (toggle, reason) = match self.state {
            State::On => (Toggle::On, Reason::Static),
            State::Off => (Toggle::Off, Reason::Static),
            State::Split if self.reaches(key, context) => (Toggle::On, Reason::Split),
            State::Split => (Toggle::Off, Reason::Split),
        };
        Resolution { toggle, reason }
    }

    fn reaches(&self, key: &str, context: &EvaluationContext) -> bool {
        let id = match self.by {
            By::Organization => context.organization.map(|it| it.to_string()),
            By::User => context.targeting_key.clone(),
        };
        let bucket = id.map_or(BUCKETS - 1, |id| bucket(key, &id));
        bucket < self.percentage * (BUCKETS / 100)
    }
}

/// Where somebody stands in the row in which a flag is switched on, from 0 on: the first 64 bits of
/// SHA-256 over the flag's key, a zero byte and their id. It must never change: a release that counts
/// otherwise would switch flags off for some and on for others.
fn bucket(key: &str, id: &str) -> u64 {
    let digest = Sha256::new().chain_update(key).chain_update([0]).chain_update(id).finalize();
    digest.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte)) % BUCKETS
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const ID: &str = "01936f6e-0000-7000-8000-000000000001";

    fn split(percentage: u64, by: By) -> Rollout {
        Rollout { state: State::Split, percentage, by, organizations: Vec::new() }
    }

    fn somebody(number: u128) -> EvaluationContext {
        let id = Uuid::from_u128(number);
        EvaluationContext { organization: Some(id.into()), targeting_key: Some(id.to_string()) }
    }

    fn is_on(rollout: &Rollout, context: &EvaluationContext) -> bool {
        rollout.resolve("demo.flag", context).toggle == Toggle::On
    }

    /// Nobody may be shuffled by a release: these were computed by another program.
    #[test]
    fn buckets_stay_what_they_are() {
        let known = [
            (("products.imports", ID), 8108),
            (("products.exports", ID), 4518),
            (("products.imports", "user-123"), 542),
            (("products.imports", ""), 1694),
            (("products.imports", "Zoë"), 5020),
        ];
        for ((key, id), expected) in known {
            assert_eq!(bucket(key, id), expected, "{key} {id}");
        }
    }

    #[test]
    fn a_share_is_about_as_large_as_it_says() {
        for percentage in [1, 10, 50, 90] {
            let rollout = split(percentage, By::User);
            let on = (0..20_000).filter(|it| is_on(&rollout, &somebody(*it))).count();
            let expected = usize::try_from(percentage * 200).unwrap();
            // Four standard deviations of the widest, a share of half.
            assert!(on.abs_diff(expected) < 283, "{on} instead of {expected}");
        }
    }

    #[test]
    fn a_share_that_grows_switches_nobody_off() {
        for number in 0..300 {
            let context = somebody(number);
            let on: Vec<_> =
                (0..=100).map(|it| is_on(&split(it, By::Organization), &context)).collect();
            assert!(on.is_sorted() && !on[0] && on[100], "{number}");
        }
    }

    #[test]
    fn flags_do_not_all_begin_with_the_same_people() {
        let half = split(50, By::User);
        let both = (0..10_000).filter(|number| {
            let it = somebody(*number);
            let on = |key| half.resolve(key, &it).toggle == Toggle::On;
            on("demo.one") && on("demo.two")
        });
        let both = both.count();
        assert!(both.abs_diff(2_500) < 174, "{both} have both"); // four standard deviations
    }

    #[test]
    fn who_cannot_be_counted_comes_last() {
        let [nobody, known] = [EvaluationContext::default(), somebody(1)];
        for by in [By::Organization, By::User] {
            assert!(!is_on(&split(99, by), &nobody) && is_on(&split(100, by), &nobody));
        }
        let person = EvaluationContext { organization: None, ..known };
        assert!(!is_on(&split(99, By::Organization), &person));
    }

    #[test]
    fn a_rule_counts_more_than_the_state() {
        let named = somebody(1);
        let id = named.organization.unwrap();
        for (state, rule) in [(State::On, Toggle::Off), (State::Off, Toggle::On)] {
            let organizations = vec![(id, rule)];
            let rollout = Rollout { state, organizations, ..split(100, By::User) };
            let resolution = rollout.resolve("demo.flag", &named);
            assert_eq!(resolution, Resolution { toggle: rule, reason: Reason::TargetingMatch });
            let other = rollout.resolve("demo.flag", &somebody(2));
            assert!(other.toggle != rule && other.reason == Reason::Static);
        }
    }
}
