//! What people are notified of.

use notifications::{Channel, Topic, Window, Wording, Words};

/// Every topic of this feature.
pub const ALL: &[Topic] = &[IMPORT_ENDED];

/// An import has come to its end, or could not go on.
pub const IMPORT_ENDED: Topic = Topic {
    key: "products.import_ended",
    english: Wording {
        about: "An import of products that you began has ended.",
        title: "{% if state == 'done' %}Your import is done{% else %}Your import could not go on{% endif %}",
        body: "New products: {{ created }}. Changed: {{ updated }}. Rows that failed: {{ failed }}.",
    },
    german: Wording {
        about: "Ein Import von Produkten, den Sie begonnen haben, ist zu Ende.",
        title: "{% if state == 'done' %}Ihr Import ist fertig{% else %}Ihr Import kam nicht weiter{% endif %}",
        body: "Neue Produkte: {{ created }}. Geänderte: {{ updated }}. Zeilen mit Fehlern: {{ failed }}.",
    },
    in_app: Channel::On,
    email: Channel::Off,
    window: Window::Immediate,
    words: Words::Ours,
};
