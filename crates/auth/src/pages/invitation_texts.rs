//! What the page of an invitation says.

use notifications::Language;
use organizations::PreviewOut;

/// The title, the button that joins and the one that does not.
pub fn choice(language: Language) -> (&'static str, &'static str, &'static str) {
    match language {
        Language::English => ("You are invited", "Create account and join", "Decline"),
        Language::German => ("Du bist eingeladen", "Konto anlegen und beitreten", "Ablehnen"),
    }
}

/// Who invites whom, where, to do what and until when. What people chose stands in quotation marks.
pub fn told(language: Language, it: &PreviewOut) -> String {
    let (organization, inviter) = (&it.organization.name, &it.invited_by);
    let (email, roles) = (&it.email, it.roles.join(", "));
    let until = it.expires_at.format("%Y-%m-%d %H:%M UTC");
    match language {
        Language::English => format!(
            "“{inviter}” invites {email} to join the organization “{organization}”.\n\n\
             Roles: {roles}. Good until {until}."
        ),
        Language::German => format!(
            "„{inviter}“ lädt {email} ein, der Organisation „{organization}“ beizutreten.\n\n\
             Rollen: {roles}. Gültig bis {until}."
        ),
    }
}

/// What there is to fill in: address, name, password, and what to know of a password.
pub fn fields(language: Language) -> [&'static str; 4] {
    match language {
        Language::English => {
            ["Mail address", "Your name", "Choose a password", "At least {} characters."]
        }
        Language::German => {
            ["Mailadresse", "Dein Name", "Wähle ein Passwort", "Mindestens {} Zeichen."]
        }
    }
}

/// What can be wrong with the name, and that the password is too long.
pub fn faults(language: Language) -> [&'static str; 2] {
    match language {
        Language::English => [
            "Enter your name, in one line of at most 200 characters.",
            "This password is too long: take at most 1024 bytes.",
        ],
        Language::German => [
            "Gib deinen Namen ein, in einer Zeile von höchstens 200 Zeichen.",
            "Dieses Passwort ist zu lang: Nimm höchstens 1024 Bytes.",
        ],
    }
}

/// What whoever has an account does.
pub fn has_account(language: Language) -> &'static str {
    match language {
        Language::English => {
            "You have an account with this address. Sign in with it and accept the invitation there."
        }
        Language::German => {
            "Du hast ein Konto mit dieser Adresse. Melde dich damit an und nimm die Einladung dort an."
        }
    }
}

/// What has become of it.
pub fn joined(language: Language, it: &PreviewOut) -> (&'static str, String) {
    let (organization, email) = (&it.organization.name, &it.email);
    match language {
        Language::English => (
            "Welcome",
            format!(
                "You belong to “{organization}” now. Sign in as {email} with your new password."
            ),
        ),
        Language::German => (
            "Willkommen",
            format!(
                "Du gehörst jetzt zu „{organization}“. Melde dich als {email} mit deinem neuen Passwort an."
            ),
        ),
    }
}

/// What has become of it.
pub fn declined(language: Language) -> (&'static str, &'static str) {
    match language {
        Language::English => ("You have declined", "The invitation is over. Nothing else happens."),
        Language::German => {
            ("Du hast abgelehnt", "Die Einladung gilt nicht mehr. Sonst geschieht nichts.")
        }
    }
}

/// Why there is nothing to answer any more.
pub fn over(language: Language) -> (&'static str, &'static str) {
    match language {
        Language::English => (
            "This invitation is over",
            "It has been used, has expired or was withdrawn. Ask whoever invited you for another.",
        ),
        Language::German => (
            "Diese Einladung gilt nicht mehr",
            "Sie wurde schon benutzt, ist abgelaufen oder wurde zurückgezogen. Bitte die, die dich eingeladen haben, um eine neue.",
        ),
    }
}

/// Why there is no joining right now.
pub fn full(language: Language) -> (&'static str, &'static str) {
    match language {
        Language::English => (
            "The organization is full",
            "It has as many members as it may have. Tell whoever invited you; your invitation stays good.",
        ),
        Language::German => (
            "Die Organisation ist voll",
            "Sie hat so viele Mitglieder, wie sie haben darf. Sag denen Bescheid, die dich eingeladen haben; deine Einladung bleibt gültig.",
        ),
    }
}

/// Why there is no joining with this address.
pub fn refused(language: Language) -> (&'static str, &'static str) {
    match language {
        Language::English => (
            "You cannot join like this",
            "This address cannot be used to join here. Tell whoever invited you.",
        ),
        Language::German => (
            "So kannst du nicht beitreten",
            "Mit dieser Adresse kannst du hier nicht beitreten. Sag denen Bescheid, die dich eingeladen haben.",
        ),
    }
}
