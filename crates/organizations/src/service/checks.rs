//! What may I do? The answers are in memory, or come in one statement.

use std::collections::BTreeSet;

use kernel::{Caller, OrgView, Permissions, Scope, View};
use roles::Known;

use crate::{
    Error,
    schemas::checks::{CheckOut, ChecksIn, ChecksOut},
    standing,
};

/// Answers every question of who asks about themselves.
pub async fn check(view: &View, asked: ChecksIn) -> Result<ChecksOut, Error> {
    let user = view.caller().and_then(Caller::user).ok_or(Error::NotFound)?;
    let named: BTreeSet<_> = asked.checks.iter().filter_map(|it| it.organization_id).collect();
    let standings = standing::of_several(view, user, &Vec::from_iter(named)).await?;
    let on_platform = if asked.checks.iter().any(|it| it.organization_id.is_none()) {
        roles::of(view, &roles::platform_roles(view, user).await?).await?
    } else {
        Vec::new()
    };
    let answer = |check: crate::schemas::checks::CheckIn| match check.organization_id {
        Some(organization) => {
            let roles = standings.get(&organization).map_or(&[][..], Vec::as_slice);
            answered(view, roles, roles::union(roles), OrgView::NAME, &check.permission)
        }
        None => answered(view, &on_platform, view.permissions(), View::NAME, &check.permission),
    };
    Ok(ChecksOut { results: asked.checks.into_iter().map(answer).collect() })
}

/// Whether these roles, or what is held altogether, allow it under the caller's ceiling (ASVS 8.2.1).
fn answered(
    view: &View,
    roles: &[Known],
    held: Permissions,
    scope: &str,
    permission: &str,
) -> CheckOut {
    let allows = |held| view.catalogue().allows(held, scope, permission);
    let allowed = view.caller().is_some_and(|caller| allows(caller.bounded(held)));
    let through = roles.iter().filter(|role| allowed && allows(role.permissions));
    CheckOut { allowed, via: through.map(|role| role.key.as_ref().to_owned()).collect() }
}
