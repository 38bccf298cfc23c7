//! Whose values: the platform's, an organization's, or an account's.

use std::{fmt, str::FromStr};

use kernel::{Caller, OrganizationId, Scope, SettingScope, UserId, settings::Standpoint};
use uuid::Uuid;

use crate::Error;

/// Whose values a request is about.
#[derive(Clone, Copy, Debug)]
pub enum Owner {
    /// Those of where one stands: the platform's or the organization's.
    Here,
    /// Those of who asks.
    Caller,
}

/// Where values are kept. The platform's are the nil account's in the nil organization, an account's
/// are in the nil organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    pub organization: OrganizationId,
    pub user: UserId,
}

const NOBODY: UserId = UserId(Uuid::nil());

impl Place {
    pub const PLATFORM: Self = Self { organization: OrganizationId::PLATFORM, user: NOBODY };

    /// The place that a request is about; who is no person has none of their own.
    pub fn of(view: &impl Scope, owner: Owner) -> Result<Self, Error> {
        let organization = view.organization().unwrap_or(OrganizationId::PLATFORM);
        let user = match owner {
            Owner::Here => NOBODY,
            Owner::Caller => view.view().caller().and_then(Caller::user).ok_or(Error::NotFound)?,
        };
        Ok(Self { organization, user })
    }

    /// The places whose values count there, the highest first.
    pub fn seen_from(from: Standpoint) -> impl Iterator<Item = Self> {
        let organization = from.organization.map(|it| Self { organization: it, ..Self::PLATFORM });
        let user = from.user.map(|it| Self { user: it, ..Self::PLATFORM });
        [Some(Self::PLATFORM), organization, user].into_iter().flatten()
    }

    /// What a setting calls it.
    pub fn scope(self) -> SettingScope {
        match self {
            Self { user, .. } if user != NOBODY => SettingScope::User,
            Self::PLATFORM => SettingScope::Platform,
            _ => SettingScope::Organization,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.organization, self.user)
    }
}

impl FromStr for Place {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        let (organization, user) = text.split_once('/').unwrap_or((text, ""));
        Ok(Self { organization: organization.parse()?, user: user.parse()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_knows_its_scope_and_travels_as_text() {
        let id = Uuid::from_u128(7);
        let from = Standpoint { organization: Some(id.into()), user: Some(id.into()) };
        let places: Vec<_> = Place::seen_from(from).collect();
        let scopes: Vec<_> = places.iter().map(|it| it.scope()).collect();
        let [platform, organization, user] =
            [SettingScope::Platform, SettingScope::Organization, SettingScope::User];
        assert_eq!(scopes, [platform, organization, user]);
        for place in places {
            assert_eq!(place.to_string().parse(), Ok(place));
        }
        assert!("*".parse::<Place>().is_err());
    }
}
