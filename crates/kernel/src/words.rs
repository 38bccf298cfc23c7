//! The words by which things are found, the same on both databases: texts are folded and split here,
//! and the databases index what comes out as it is.

use std::collections::BTreeSet;

use unicode_normalization::{UnicodeNormalization, char::canonical_combining_class};
use unicode_segmentation::UnicodeSegmentation;

use crate::problem::{Invalid, Refusal};

/// How many characters of a word count.
pub const LONGEST: usize = 64;

/// How many words can be searched for at once.
const MOST: usize = 32;

/// What is indexed of a text: each word once, the beginnings of those that are longer than [`LONGEST`].
pub fn indexed(text: &str) -> BTreeSet<String> {
    split(&folded(text)).map(|word| word.chars().take(LONGEST).collect()).collect()
}

/// What is looked for in the index: the words of `query`, each as the beginning of a word. They hold
/// letters and digits only, nothing that means something to a database.
///
/// Answers [`Refusal::Invalid`] at `q` where there are none, or more or longer ones than can be looked
/// for.
pub fn wanted(query: &str) -> Result<BTreeSet<String>, Refusal> {
    let words: BTreeSet<String> = split(&folded(query)).map(str::to_owned).collect();
    let fault = if words.is_empty() {
        "must hold a letter or a digit"
    } else if words.len() > MOST {
        "must have at most 32 words"
    } else if words.iter().any(|word| word.chars().count() > LONGEST) {
        "must have words of at most 64 characters"
    } else {
        return Ok(words);
    };
    Err(Refusal::Invalid(vec![Invalid::new("q", "words", fault)]))
}

/// Text without what does not tell words apart: case, accents, width and other ways to write a letter.
/// The vowel signs of Indian scripts stay, for they are letters.
fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase(); // all that would come of it
    }
    let letters = text.nfkd().flat_map(char::to_lowercase);
    let bare = letters.filter(|it| canonical_combining_class(*it) == 0);
    bare.map(|it| if it == 'ς' { 'σ' } else { it }).nfkc().collect()
}

/// Runs of letters and digits, and those divided as Unicode does where no space divides them
/// (UAX 29): a Chinese character is a word.
fn split(folded: &str) -> impl Iterator<Item = &str> {
    let runs = folded.split(|it: char| !it.is_alphanumeric());
    runs.flat_map(UnicodeSegmentation::unicode_words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        split(&folded(text)).map(str::to_owned).collect()
    }

    #[test]
    fn words_are_what_is_left_of_text_when_its_spelling_is_not_told_apart() {
        for (text, expected) in [
            ("Big Anvil", "big anvil"),
            ("Müller-Crème brûlée", "muller creme brulee"),
            ("ÅNGSTRÖM №5 ﬁne", "angstrom no5 fine"),
            ("O'Neil's A_1.b/C", "o neil s a 1 b c"),
            ("ΣΊΣΥΦΟΣ Σίσυφος", "σισυφοσ σισυφοσ"),
            ("İstanbul", "istanbul"),
            ("ｶﾀｶﾅ Ｗｉｄｅ", "カタカナ wide"),
            ("北京", "北 京"),
            ("삼성전자", "삼성전자"),
            ("हिन्दी", "हिनदी"),
            ("🦀 -- ", ""),
        ] {
            assert_eq!(words(text).join(" "), expected, "{text}");
        }
    }

    #[test]
    fn each_word_is_indexed_once_and_no_more_of_it_than_counts() {
        let words = Vec::from_iter(indexed("A-1 an Anvil\nanvil"));
        assert_eq!(words, ["1", "a", "an", "anvil"]);
        assert_eq!(indexed(&"x".repeat(100)).pop_first().unwrap().len(), LONGEST);
        assert_eq!(indexed(" -- ").len(), 0);
    }

    #[test]
    fn a_search_has_words_and_not_too_many() {
        assert_eq!(Vec::from_iter(wanted("An anvil, an").unwrap()), ["an", "anvil"]);
        let many = (0..33).map(|it| format!("w{it}")).collect::<Vec<_>>().join(" ");
        for query in ["", " -- ", &many, &"x".repeat(65)] {
            assert!(wanted(query).is_err(), "{query}");
        }
    }
}
