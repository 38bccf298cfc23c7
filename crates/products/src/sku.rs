//! What an organization's own numbers and names of products may look like.

use validator::ValidationError;

/// The rule of a SKU: 1 to 64 characters that can be seen and told on the phone – letters, digits,
/// punctuation, symbols, spaces within. Upper and lower case differ. `.` and `..` are none, for in a
/// path they are steps.
pub fn valid_sku(sku: &str) -> Result<(), ValidationError> {
    let good = (1..=64).contains(&sku.chars().count())
        && is_line(sku)
        && !sku.chars().any(|it| it.is_whitespace() && it != ' ')
        && !matches!(sku, "." | "..");
    let message = "must be 1 to 64 visible characters, with spaces only between them";
    good.then_some(()).ok_or_else(|| ValidationError::new("sku").with_message(message.into()))
}

/// The rule of a name: one line of readable text, without spaces at its ends.
pub fn valid_name(name: &str) -> Result<(), ValidationError> {
    let message = "must be one line of readable text, without spaces at its ends";
    let fault = || ValidationError::new("name").with_message(message.into());
    is_line(name).then_some(()).ok_or_else(fault)
}

/// One line that begins and ends with something to see, and holds nothing that cannot be seen.
fn is_line(text: &str) -> bool {
    !text.is_empty() && text.trim() == text && !text.chars().any(is_hidden)
}

/// Control characters, ends of lines and marks that have no width or turn text around.
fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sku_is_anything_that_can_be_seen() {
        for sku in ["A-1", "a/b c", "50%", "=1+1", "ÄÖ#7", "部品-9", "🦀", "'", "...", "?x=1&y"]
        {
            assert!(valid_sku(sku).is_ok(), "{sku}");
        }
        let long = "x".repeat(65);
        for sku in [
            "",
            " ",
            " a",
            "a ",
            "a\tb",
            "a\nb",
            "a\u{a0}b",
            "a\u{200b}b",
            "\u{202e}a",
            ".",
            "..",
            &long,
        ] {
            assert!(valid_sku(sku).is_err(), "{sku:?}");
        }
    }

    #[test]
    fn a_name_is_one_line_to_read() {
        assert!(valid_name("Big anvil\u{a0}50\u{2009}kg, 👩\u{200d}🔧").is_ok());
        for name in ["", " ", "\u{200b}", " Anvil", "Anvil\n", "An\nvil", "An\u{2028}vil"] {
            assert!(valid_name(name).is_err(), "{name:?}");
        }
    }
}
