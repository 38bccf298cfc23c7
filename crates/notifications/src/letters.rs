//! What a mail about notifications says: our words, or those that an organization writes in their place,
//! topic by topic and language by language.
//!
//! Who writes them is no programmer of ours: [`grammar`] lets a small part of minijinja through, in which
//! nothing grows by being computed, [`write()`] bounds the rest, and what they write is text, never HTML
//! (ASVS 1.3.7).

mod content;
mod grammar;
mod models;
mod router;
mod schemas;
mod service;
mod write;

pub use content::Content;
pub use models::forget;
pub use router::routes;
pub use schemas::{LetterIn, LetterOut, PreviewIn, PreviewOut};
pub use service::own;
pub use write::write;

kernel::permissions! { kernel::OrgView:
    /// Say in the organization's own words what mails about notifications say.
    Templates = "notifications:templates" for Admin,
}
