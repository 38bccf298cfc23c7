//! What was refused, as kernel tells it after the roll-back.

use kernel::{Knocked, Refused, Tx, Why};
use uuid::Uuid;

use super::record;
use crate::{Entry, Error, Outcome, Target};

/// Records that somebody was refused something: in the log of the organization they belong to, else in
/// the platform's, for whoever does not belong to an organization writes nothing into its log (ASVS
/// 16.3.2).
pub async fn remember(tx: &Tx, refused: &Refused) -> Result<(), Error> {
    let Refused { operation, thing, place, why, code, is_last } = refused;
    let (target, home) = match *place {
        Knocked::Platform => (Target::new("platform", Uuid::nil()), None),
        Knocked::Inside(organization) => {
            (Target::new("organization", organization), Some(organization))
        }
        Knocked::Outside(organization) => (Target::new("organization", organization), None),
    };
    let (action, outcome) = match why {
        Why::Denied => ("access.denied", Outcome::Denied),
        Why::Failed => ("access.failed", Outcome::Failure),
    };
    let mut entry = Entry::of(action, target).with(outcome);
    entry = entry.noting("operation", operation.as_str()).noting("code", *code);
    if let Some(thing) = thing {
        entry = entry.noting("thing", thing.to_string());
    }
    if *is_last {
        entry = entry.noting("more_in_this_minute", "untold");
    }
    match home {
        Some(organization) => record(&tx.inside(organization), entry),
        None => record(tx, entry),
    }
    Ok(())
}
