//! What one may do with settings, on the platform and in an organization.

/// On the platform.
pub mod platform {
    kernel::permissions! { kernel::View:
        /// See what is set on the platform.
        Read = "settings:read",
        /// Set things on the platform, for all organizations and accounts.
        Write = "settings:write",
    }
}

/// In an organization. Who works in it may know how it works; its guests need not.
pub mod organization {
    kernel::permissions! { kernel::OrgView:
        /// See what is set in the organization.
        Read = "settings:read" for Member,
        /// Set things in the organization.
        Write = "settings:write" for Admin,
    }
}
