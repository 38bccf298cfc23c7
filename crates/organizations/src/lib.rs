//! Organizations: tenants, who belongs to them, and who is invited.
//!
//! It answers kernel's port `Authorize`: what may this caller do in that organization?
//!
//! # Layout
//!
//! - `router`, `schemas`: organizations, members, permission checks, invitations
//! - `standing`: what a member may do, in memory
//! - `service`: one file a matter – `organizations`, `members`, `ownership`, `farewell` (accounts that
//!   go), `erase`, `export` (what is held on somebody), `checks`, `invitations`
//! - `topics`, `mails`: what people are notified of and what is mailed
//! - `config`: what an operator may set
//! - `name`, `slug`: what an organization may be called
//! - `events`: what the features above are told
//! - `models`: rows and the queries on them

mod config;
mod errors;
mod events;
mod mails;
mod models;
mod name;
mod router;
mod schemas;
mod service;
mod slug;
mod standing;
mod topics;

pub use errors::Error;
pub use events::Erased;
pub use schemas::invitations::{InvitingOut, JoinedOut, PreviewOut};
pub use service::invitations::{accept_for, decline, preview};

use std::time::Duration;

use kernel::{Env, Feature, OrgView};

kernel::permissions! { OrgView:
    /// See the organization.
    Read = "organizations:read" for Viewer,
    /// Change the organization.
    Write = "organizations:write" for Admin,
    /// Delete the organization.
    Delete = "organizations:delete" for Owner,
    /// Restore the organization after it was deleted.
    Restore = "organizations:restore" for Owner,
    /// Hand the organization on to another owner.
    Transfer = "organizations:transfer" for Owner,
    /// See who belongs to the organization, with which roles.
    ReadMembers = "members:read" for Viewer,
    /// Change members' roles, and remove members.
    WriteMembers = "members:write" for Admin,
    /// See who is invited.
    ReadInvitations = "invitations:read" for Admin,
    /// Invite people, and withdraw invitations.
    WriteInvitations = "invitations:write" for Admin,
    /// Notify the organization's members.
    SendNotifications = "notifications:send" for Admin,
}

/// The feature, for the server's list.
pub fn feature(env: &Env) -> Feature {
    let organizations = service::Organizations::default();
    config::with_settings(Feature::new("organizations"), env)
        .cache(&organizations.roles)
        .cache(&organizations.lives)
        .state(organizations)
        .permissions(PERMISSIONS)
        .declare(mails::ALL)
        .declare(topics::ALL)
        .routes("/organizations", router::organizations::routes)
        .organization_routes("", router::organizations::own_routes)
        .organization_routes("", router::members::own_routes)
        .organization_routes("/members", router::members::routes)
        .routes("/permissions", router::checks::routes)
        .organization_routes("/invitations", router::invitations::routes)
        .routes("/invitations", router::invitations::answers)
        .organization_routes("/notifications", router::announcements::routes)
        .routes("/users/me", router::invitations::mine)
        .exports("memberships", service::export::memberships)
        .exports("invitations", service::export::invitations)
        .on(standing::still_holds)
        .on(service::invitations::keep_roles)
        .on(service::farewell::keep_owners)
        .on(service::farewell::forget)
        .job::<service::announcements::Announce>()
        .every::<service::erase::Erase>(Duration::from_hours(1))
        .every::<service::invitations::Purge>(Duration::from_hours(1))
        .authorizes(standing::Port)
}
