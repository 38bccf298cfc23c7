//! What may be set while the server runs: declared by the feature that heeds it, read with a typed
//! call, kept by whichever feature answers the port [`Settle`].
//!
//! A [`Setting`] names its [`Kind`], which knows what values are good. The values of the platform, of
//! an organization and of an account lie one above the other: the lowest that is set counts, unless
//! one above it is locked.

mod definition;
mod definitions;
mod flag;
mod kinds;
mod port;
mod rollout;

pub use definition::{Definition, Kind, Setting, SettingScope};
pub use definitions::{Declared, Definitions};
pub use flag::Flag;
pub use kinds::{Choice, List, Secret, SecretText, Switch, Text, Whole};
pub use port::{Settle, Standpoint};
pub use rollout::{EvaluationContext, Reason, Resolution, Rollout, Toggle};

pub(crate) use port::Settler;
