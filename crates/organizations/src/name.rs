//! What an organization is called by people: readable, and not another's name in disguise.

use unicode_security::{MixedScript, RestrictionLevel, RestrictionLevelDetection};
use validator::ValidationError;

/// The rule of every member that holds an organization's name.
pub fn valid_name(name: &str) -> Result<(), ValidationError> {
    users::valid_name(name)?;
    let message = "must not mix scripts within a word";
    let fault = ValidationError::new("mixed_scripts").with_message(message.into());
    name.split_whitespace().all(is_honest).then_some(()).ok_or(fault)
}

/// Whether the letters of a word are of one script, or of those that are written together, as in
/// Japanese (UTS 39, highly restrictive): `Pаypal` with a Cyrillic letter passes for another. Words
/// of different scripts may stand side by side.
fn is_honest(word: &str) -> bool {
    let letters: String = word.chars().filter(|it| it.is_alphabetic()).collect();
    letters.is_single_script()
        || letters.check_restriction_level(RestrictionLevel::HighlyRestrictive)
}

#[cfg(test)]
mod tests {
    use super::valid_name;

    #[test]
    fn names_of_every_script_are_names() {
        for name in [
            "Acme, Inc.",
            "Åcme & Söhne",
            "Яндекс",
            "ООО Acme",
            "Αλφα Bank",
            "株式会社カタカナ",
            "KDDI株式会社",
            "삼성SDS",
            "مصر للطيران",
            "עברית 2000",
            "हिन्दी",
            "ไทย",
            "C++",
            "42",
            "🦀 Crab",
            "e\u{301}tude",
        ] {
            assert!(valid_name(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn names_that_deceive_are_not() {
        for name in
            ["Pаypal", "Αcme", "аcme Corp", "Goοgle", "\u{202e}emca", "", " ", "\u{200b}", "a\nb"]
        {
            assert!(valid_name(name).is_err(), "{name:?}");
        }
    }
}
