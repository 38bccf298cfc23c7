//! What people are notified of.

use notifications::{Channel, Topic, Window, Wording, Words};

/// Every topic of this feature.
pub const ALL: &[Topic] = &[NEW_DEVICE];

/// The account was signed in from a device that is new to it. A mail of its own tells of it too, which
/// nobody can do without.
pub static NEW_DEVICE: Topic = Topic {
    key: "auth.new_device",
    english: Wording {
        about: "Your account is signed in from a device that is new to it.",
        title: "Signed in from a new device: {{ device }}",
        body: "{% if ip %}From the address {{ ip }}, on {{ at }}.{% else %}On {{ at }}.{% endif %} If it was not you, choose a new password at once.",
    },
    german: Wording {
        about: "In deinem Konto meldet sich ein Gerät an, das dafür neu ist.",
        title: "Anmeldung von einem neuen Gerät: {{ device }}",
        body: "{% if ip %}Von der Adresse {{ ip }}, am {{ at }}.{% else %}Am {{ at }}.{% endif %} Wenn du es nicht warst, wähle sofort ein neues Passwort.",
    },
    in_app: Channel::Required,
    email: Channel::Never,
    window: Window::Immediate,
    words: Words::Ours,
};
