//! The list.

use kernel::{Env, Feature};

/// Every feature, the lower ones first, one line each.
pub fn features(env: &Env) -> Vec<Feature> {
    vec![
        audit_log::feature_of(env),
        settings::feature(),
        notifications::feature(env),
        system::feature(env),
        users::feature(),
        roles::feature(),
        organizations::feature(env),
        auth::feature(env),
        products::feature(),
    ]
}
