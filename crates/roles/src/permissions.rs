//! What one may do with roles, on the platform and in an organization.

/// Of the platform's roles.
pub mod platform {
    kernel::permissions! { kernel::View:
        /// See the platform's roles, and who has which.
        Read = "roles:read",
        /// Make and change the platform's roles, and say who has which.
        Write = "roles:write",
    }
}

/// Of an organization's roles.
pub mod organization {
    kernel::permissions! { kernel::OrgView:
        /// See the organization's roles.
        Read = "roles:read" for Viewer,
        /// Make and change the organization's own roles.
        Write = "roles:write" for Admin,
    }
}
