//! Which passwords are taken (NIST SP 800-63B-4, ASVS 6.2): long ones that say more than who their owner
//! is, that nobody else has chosen. Of what characters they are does not matter.

use kernel::View;
use sea_orm::DbErr;

use super::common::is_common;
use crate::{
    Password,
    config::{password_least, password_words},
    schemas::LONGEST,
};

/// How many characters must be something else than one's own names and the operator's words.
const OWN: usize = 8;

/// Shorter names and words are found in too many passwords by chance.
const TELLING: usize = 4;

/// What a new password is held to.
pub struct Rules {
    least: usize,
    words: Vec<String>,
}

/// Why a password is not taken.
#[derive(Debug, PartialEq, Eq)]
pub struct Weak {
    /// For programs.
    pub code: &'static str,
    /// For people, to follow “The password”.
    pub message: String,
}

impl Rules {
    /// As an operator has set them.
    pub async fn of(view: &View) -> Result<Self, DbErr> {
        Ok(Self::new(password_least(view).await?, password_words(view).await?))
    }

    pub fn new(least: usize, words: Vec<String>) -> Self {
        Self { least, words }
    }

    /// Whether somebody of this address and name may have this password. Characters are counted, not
    /// bytes (ASVS 6.2.1, 6.2.4, 6.2.11, 6.2.12).
    pub fn check(&self, password: &Password, email: &str, name: &str) -> Result<(), Weak> {
        let text = password.text();
        if text.len() > LONGEST {
            return weak("too_long", format!("must have at most {LONGEST} bytes"));
        }
        if text.chars().count() < self.least {
            return weak("length", format!("must have at least {} characters", self.least));
        }
        let folded = text.to_lowercase();
        if is_common(&folded) || is_common(folded.trim()) {
            let message = "is known from leaks, or chosen by many: take one of your own";
            return weak("common", message.into());
        }
        let mailbox = email.split('@').next().unwrap_or_default();
        if tells_only(&folded, [email, mailbox, name].into_iter().chain(name.split_whitespace())) {
            return weak("own_name", "must say more than your own name or address".into());
        }
        if tells_only(&folded, self.words.iter().map(String::as_str)) {
            let message = "must say more than a name that belongs to this service";
            return weak("context_word", message.into());
        }
        Ok(())
    }
}

/// Whether there is too little in it beside these words.
fn tells_only<'a>(folded: &str, words: impl Iterator<Item = &'a str>) -> bool {
    let mut words: Vec<_> = words.map(str::to_lowercase).collect();
    words.retain(|it| it.chars().count() >= TELLING || it == folded);
    words.sort_by_key(|it| std::cmp::Reverse(it.len()));
    let rest = words.iter().fold(folded.to_owned(), |rest, word| rest.replace(word.as_str(), ""));
    rest.len() < folded.len() && rest.chars().count() < OWN
}

fn weak(code: &'static str, message: String) -> Result<(), Weak> {
    Err(Weak { code, message })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(text: &str) -> Result<(), &'static str> {
        let rules = Rules::new(15, vec!["Groundwork".into()]);
        let password = Password::from(text.to_owned());
        let checked = rules.check(&password, "ada.lovelace.1815@example.com", "Ada Lovelace");
        checked.map_err(|weak| weak.code)
    }

    /// ASVS 6.2.1, 6.2.5.
    #[test]
    fn length_counts_in_characters_and_of_what_kind_they_are_does_not_matter() {
        for good in [
            "jkbwqzrtxcvplmn",
            "904817265530918",
            "😀😃😄😁😆😅🤣😂🙂🙃🫠😉😊😇🥰",
            "  a  b  c  d  e ",
        ] {
            assert_eq!(checked(good), Ok(()), "{good}");
        }
        for bad in ["jkbwqzrtxcvplm", "ééééééé"] {
            assert_eq!(checked(bad), Err("length"), "{bad}");
        }
    }

    /// ASVS 6.2.4, 6.2.12: however it is written.
    #[test]
    fn what_others_have_chosen_is_refused() {
        for bad in
            ["passwordpassword", "PasswordPassword", " passwordpassword ", "1qaz2wsx3edc4rfv"]
        {
            assert_eq!(checked(bad), Err("common"), "{bad}");
        }
    }

    /// ASVS 6.1.2, 6.2.11: something of one's own has to be in it.
    #[test]
    fn ones_own_name_and_address_and_the_product_do_not_make_a_password() {
        for own in [
            "ADA.lovelace.1815",
            "ada.lovelace.1815@example.com",
            "Ada Lovelace 1815!",
            "lovelacelovelace",
        ] {
            assert_eq!(checked(own), Err("own_name"), "{own}");
        }
        for context in ["Groundwork-2026!", "groundworkgroundwork"] {
            assert_eq!(checked(context), Err("context_word"), "{context}");
        }
        assert_eq!(checked("groundwork is a house of cards"), Ok(()));
        assert_eq!(checked("lovelace met babbage in 1833"), Ok(()));
    }
}
