//! What is mailed.

use notifications::Mail;

/// Every mail of this feature.
pub const ALL: &[Mail] = &[INVITATION];

/// The link that invites.
pub const INVITATION: Mail = Mail {
    kind: "organizations.invitation",
    english: include_str!("mails/invitation.en.txt"),
    german: include_str!("mails/invitation.de.txt"),
};

/// How much of a name stands in a mail: enough to be recognised, too little for a letter of its own.
const LONGEST: usize = 60;

/// A name that somebody chose, as a mail to others shows it: one short line in which no mail program
/// finds a link or an address (ASVS 1.2.1).
pub fn name(chosen: &str) -> String {
    let line = chosen.split_whitespace().collect::<Vec<_>>().join(" ");
    let cut = line.chars().count() > LONGEST;
    let mut shown: String = line.chars().take(LONGEST).map(harmless).collect();
    if cut {
        shown.push('…');
    }
    shown
}

/// Dots join the parts of a domain, these others the parts of a link; middle dots and spaces do not.
fn harmless(character: char) -> char {
    match character {
        '.' | '\u{3002}' | '\u{ff0e}' | '\u{ff61}' | '\u{2024}' | '\u{fe52}' => '·',
        ':' | '/' | '\\' | '@' | '\u{ff20}' | '\u{fe6b}' => ' ',
        plain => plain,
    }
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn a_name_in_a_mail_is_short_and_holds_nothing_that_becomes_a_link() {
        assert_eq!(name("Ada  Lovelace\n"), "Ada Lovelace");
        assert_eq!(name("Grün & Söhne GmbH"), "Grün & Söhne GmbH");
        assert_eq!(name("Win at https://evil.test/x"), "Win at https   evil·test x");
        assert_eq!(name("mail me@evil.test"), "mail me evil·test");
        assert_eq!(name("www。evil。test"), "www·evil·test");
        assert_eq!(name(&"a".repeat(61)), format!("{}…", "a".repeat(60)));
    }
}
