//! What people are notified of.

use notifications::{Channel, Topic, Window, Wording, Words};

/// Every topic of this feature.
pub const ALL: &[Topic] = &[INVITED, ROLES_CHANGED, ANNOUNCED];

/// An account is invited; the link itself is mailed.
pub const INVITED: Topic = Topic {
    key: "organizations.invited",
    english: Wording {
        about: "Somebody invites you to an organization.",
        title: "{{ inviter }} invites you to {{ organization }}",
        body: "The link is in your mailbox; it is good until {{ until }}.",
    },
    german: Wording {
        about: "Jemand lädt Sie in eine Organisation ein.",
        title: "{{ inviter }} lädt Sie zu {{ organization }} ein",
        body: "Der Link ist in Ihrem Postfach und gilt bis {{ until }}.",
    },
    in_app: Channel::On,
    email: Channel::Never,
    window: Window::Immediate,
    words: Words::Ours,
};

/// Somebody else has changed what a member may do.
pub const ROLES_CHANGED: Topic = Topic {
    key: "organizations.roles_changed",
    english: Wording {
        about: "Your roles in an organization have changed.",
        title: "Your roles in {{ organization }} have changed",
        body: "You now have: {{ roles|join(', ') }}.",
    },
    german: Wording {
        about: "Ihre Rollen in einer Organisation wurden geändert.",
        title: "Ihre Rollen in {{ organization }} wurden geändert",
        body: "Sie haben jetzt: {{ roles|join(', ') }}.",
    },
    in_app: Channel::On,
    email: Channel::On,
    window: Window::Digest,
    words: Words::Ours,
};

/// The organization has something to say to its members.
pub const ANNOUNCED: Topic = Topic {
    key: "organizations.announced",
    english: Wording {
        about: "An organization that you belong to has something to say.",
        title: "",
        body: "",
    },
    german: Wording {
        about: "Eine Ihrer Organisationen hat etwas mitzuteilen.",
        title: "",
        body: "",
    },
    in_app: Channel::On,
    email: Channel::On,
    window: Window::Digest,
    words: Words::Theirs,
};
