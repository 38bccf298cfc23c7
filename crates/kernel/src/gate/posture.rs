//! What a handler asks of its caller.

use std::{cell::Cell, marker::PhantomData, rc::Rc, sync::Arc};

use actix_web::{HttpMessage, HttpRequest};
use chrono::TimeDelta;

use super::{FRESH, Permission};
use crate::{
    access::{Caller, Permissions},
    api::Ground,
    db::{Asker, Door, OrgView, Scope, View},
    id::OrganizationId,
    problem::{Kind, Problem},
};

/// What a handler asks of its caller, as the document and the contract tests name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// Everybody.
    Anyone,
    /// Any signed-in caller, for what is their own.
    SignedIn,
    /// Who has signed in within the last minutes.
    Fresh,
    /// Any member of the organization of the request, whatever their roles.
    Member,
    /// Who holds this permission; the scope says where.
    Permission {
        /// Its name, `feature:verb`.
        key: &'static str,
        /// `platform` or `organization`.
        scope: &'static str,
    },
    /// Who holds this permission and has signed in within the last minutes.
    FreshPermission {
        /// Its name, `feature:verb`.
        key: &'static str,
        /// `platform` or `organization`.
        scope: &'static str,
    },
}

impl Admission {
    /// The permission it takes, and where that counts.
    pub fn permission(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Permission { key, scope } | Self::FreshPermission { key, scope } => {
                Some((key, scope))
            }
            Self::Anyone | Self::SignedIn | Self::Fresh | Self::Member => None,
        }
    }
}

/// What a handler asks of its caller, as a type.
pub trait Posture: 'static {
    /// Where they stand once let in.
    type Scope: Scope;
    /// Its name.
    const ADMISSION: Admission;

    /// Lets the caller in, or says why not; only kernel can, for a door comes from the ground.
    fn admit(
        request: &HttpRequest,
        asker: Arc<Asker>,
        ground: &Ground,
    ) -> Result<Door<Self::Scope>, Problem>;
}

/// A caller's standing in the organization of the request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member {
    pub organization: OrganizationId,
    pub permissions: Permissions,
}

/// Asks an operation for its posture, at start: a door that meets one writes its name down and
/// stays shut. No client can send it, for it is no part of a request's text.
#[derive(Clone, Default)]
pub(crate) struct Probe(pub Rc<Cell<Option<Admission>>>);

/// What a shut door answers to a probe, and nothing else does: who meets it has met the door first.
pub(crate) const PROBED: Kind = Kind::Conflict("probed");

/// The posture of [`Anyone`](super::Anyone).
pub struct Whoever;

/// The posture of [`SignedIn`](super::SignedIn).
pub struct Known;

/// The posture of [`Fresh`](super::Fresh).
pub struct Recent;

/// The posture of who holds `P` and has signed in within the last ten minutes, for what is not taken
/// back (ASVS 7.5.3): `Can<Recently<Delete>>`.
pub struct Recently<P>(PhantomData<P>);

/// The posture of [`Insider`](super::Insider).
pub struct Belonging;

impl Posture for Whoever {
    type Scope = View;
    const ADMISSION: Admission = Admission::Anyone;

    fn admit(_: &HttpRequest, asker: Arc<Asker>, ground: &Ground) -> Result<Door<View>, Problem> {
        Ok(ground.db().platform(asker))
    }
}

impl Posture for Known {
    type Scope = View;
    const ADMISSION: Admission = Admission::SignedIn;

    fn admit(_: &HttpRequest, asker: Arc<Asker>, ground: &Ground) -> Result<Door<View>, Problem> {
        known(&asker)?;
        Ok(ground.db().platform(asker))
    }
}

impl Posture for Recent {
    type Scope = View;
    const ADMISSION: Admission = Admission::Fresh;

    fn admit(_: &HttpRequest, asker: Arc<Asker>, ground: &Ground) -> Result<Door<View>, Problem> {
        recent(&asker, ground)?;
        Ok(ground.db().platform(asker))
    }
}

impl Posture for Belonging {
    type Scope = OrgView;
    const ADMISSION: Admission = Admission::Member;

    fn admit(
        request: &HttpRequest,
        asker: Arc<Asker>,
        ground: &Ground,
    ) -> Result<Door<OrgView>, Problem> {
        known(&asker)?;
        let (place, _) = stand::<OrgView>(request, asker, ground)?;
        Ok(ground.db().door(place))
    }
}

impl<P: Permission> Posture for P {
    type Scope = P::Scope;
    const ADMISSION: Admission = Admission::Permission { key: P::KEY, scope: P::Scope::NAME };

    fn admit(
        request: &HttpRequest,
        asker: Arc<Asker>,
        ground: &Ground,
    ) -> Result<Door<P::Scope>, Problem> {
        known(&asker)?;
        let (place, permissions) = stand::<P::Scope>(request, asker, ground)?;
        if !ground.db().registry().catalogue().allows(permissions, P::Scope::NAME, P::KEY) {
            let detail = format!("This takes the permission {}.", P::KEY);
            return Err(Problem::new(Kind::Forbidden("permission_denied"), detail));
        }
        Ok(ground.db().door(place))
    }
}

impl<P: Permission> Posture for Recently<P> {
    type Scope = P::Scope;
    const ADMISSION: Admission = Admission::FreshPermission { key: P::KEY, scope: P::Scope::NAME };

    /// Whoever may not do it anyway is not sent to prove who they are.
    fn admit(
        request: &HttpRequest,
        asker: Arc<Asker>,
        ground: &Ground,
    ) -> Result<Door<P::Scope>, Problem> {
        let door = P::admit(request, Arc::clone(&asker), ground)?;
        recent(&asker, ground)?;
        Ok(door)
    }
}

/// Whether the caller has proved who they are within the last minutes.
fn recent(asker: &Asker, ground: &Ground) -> Result<(), Problem> {
    let since = ground.db().clock().now() - known(asker)?.authenticated_at;
    if since > TimeDelta::from_std(FRESH).unwrap_or_default() {
        let detail = "Prove once more who you are: your last sign-in is too long ago for this.";
        return Err(Problem::new(Kind::Forbidden("reauthentication_required"), detail));
    }
    Ok(())
}

/// Where the request puts its caller, and what they may do there.
fn stand<V: Scope>(
    request: &HttpRequest,
    asker: Arc<Asker>,
    ground: &Ground,
) -> Result<(V, Permissions), Problem> {
    let member = request.extensions().get::<Member>().copied();
    let member = member.map(|it| (it.organization, it.permissions));
    Ok(V::stand(ground.db().read(asker), member).ok_or(Kind::NotFound)?)
}

fn known(asker: &Asker) -> Result<&Caller, Problem> {
    asker.caller.as_ref().ok_or_else(|| Kind::Unauthenticated("not_authenticated").into())
}
