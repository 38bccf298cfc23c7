//! What the pages say on which a password is chosen.

use notifications::Language;

use crate::models::link::Kind;

/// The title and what there is to do.
pub fn told(kind: Kind, language: Language) -> (&'static str, &'static str) {
    match (kind, language) {
        (Kind::VerifyEmail, Language::English) => (
            "Confirm your mail address",
            "Enter the password that you want to sign in with: the one that you registered with, or another. That confirms that this mailbox is yours.\n\nIf you have not registered here, close this page: nothing happens then.",
        ),
        (Kind::VerifyEmail, Language::German) => (
            "Bestätige deine Mailadresse",
            "Gib das Passwort ein, mit dem du dich anmelden willst: das, mit dem du dich registriert hast, oder ein anderes. Damit bestätigst du, dass dieses Postfach dir gehört.\n\nWenn du dich hier nicht registriert hast, schließe diese Seite: Dann geschieht nichts.",
        ),
        (_, Language::English) => (
            "Choose a password",
            "Choose the password that you want to sign in with. Wherever you are signed in now you are signed out.",
        ),
        (_, Language::German) => (
            "Wähle ein Passwort",
            "Wähle das Passwort, mit dem du dich anmelden willst. Wo du jetzt angemeldet bist, wirst du abgemeldet.",
        ),
    }
}

/// The labels – address, password, password again –, what to know of a password, and the button.
pub fn fields(kind: Kind, language: Language) -> [&'static str; 5] {
    match language {
        Language::English => [
            "Mail address",
            "Password",
            "The same password once more",
            "At least {} characters.",
            if kind == Kind::VerifyEmail { "Confirm address" } else { "Save password" },
        ],
        Language::German => [
            "Mailadresse",
            "Passwort",
            "Dasselbe Passwort noch einmal",
            "Mindestens {} Zeichen.",
            if kind == Kind::VerifyEmail { "Adresse bestätigen" } else { "Passwort speichern" },
        ],
    }
}

/// What has become of it.
pub fn done(kind: Kind, language: Language) -> (&'static str, &'static str) {
    match (kind, language) {
        (Kind::VerifyEmail, Language::English) => {
            ("Thank you", "Your address is confirmed. You can sign in now.")
        }
        (Kind::VerifyEmail, Language::German) => {
            ("Danke", "Deine Adresse ist bestätigt. Du kannst dich jetzt anmelden.")
        }
        (_, Language::English) => ("Your password is saved", "You can sign in with it now."),
        (_, Language::German) => {
            ("Dein Passwort ist gespeichert", "Du kannst dich jetzt damit anmelden.")
        }
    }
}

/// That the two are not the same.
pub fn differs(language: Language) -> &'static str {
    match language {
        Language::English => "This is another password than above: enter both once more.",
        Language::German => "Das ist ein anderes Passwort als oben: Gib beide noch einmal ein.",
    }
}

/// What is wrong with a password, by the code of the rule that it breaks.
pub fn fault(code: &str, language: Language, least: usize) -> String {
    let [short, common, own, word, long] = match language {
        Language::English => [
            "This password is too short: take at least {} characters.",
            "This password is known from leaks, or chosen by many: take one of your own.",
            "This password says little more than your name or address: take another.",
            "This password says little more than the name of this service: take another.",
            "This password is too long: take at most 1024 bytes.",
        ],
        Language::German => [
            "Dieses Passwort ist zu kurz: Nimm mindestens {} Zeichen.",
            "Dieses Passwort ist aus Datenlecks bekannt oder wird von vielen benutzt: Nimm ein eigenes.",
            "Dieses Passwort sagt kaum mehr als deinen Namen oder deine Adresse: Nimm ein anderes.",
            "Dieses Passwort sagt kaum mehr als den Namen dieses Dienstes: Nimm ein anderes.",
            "Dieses Passwort ist zu lang: Nimm höchstens 1024 Bytes.",
        ],
    };
    let told = match code {
        "length" => short,
        "own_name" => own,
        "context_word" => word,
        "too_long" => long,
        _ => common,
    };
    told.replace("{}", &least.to_string())
}
