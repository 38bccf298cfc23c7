//! What an organization is called in addresses: plain letters that can be told apart at sight.

use unicode_normalization::UnicodeNormalization;
use unicode_security::skeleton;
use uuid::Uuid;
use validator::ValidationError;

/// The fewest and the most characters.
const LENGTH: std::ops::RangeInclusive<usize> = 3..=48;

/// How many characters tell one derived slug from another that was there before.
const SUFFIX: usize = 6;

/// What a suffix is made of: none looks like another.
const SUFFIX_LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// What is, or may become, a place of the service itself.
const RESERVED: &[&str] = &[
    "about",
    "abuse",
    "account",
    "accounts",
    "admin",
    "administrator",
    "api",
    "app",
    "assets",
    "audit",
    "auth",
    "billing",
    "blog",
    "cdn",
    "contact",
    "dashboard",
    "docs",
    "email",
    "favicon",
    "groundwork",
    "health",
    "help",
    "home",
    "hostmaster",
    "imprint",
    "info",
    "internal",
    "invitation",
    "invitations",
    "legal",
    "links",
    "livez",
    "localhost",
    "login",
    "logout",
    "mail",
    "me",
    "members",
    "metrics",
    "new",
    "news",
    "noreply",
    "notifications",
    "null",
    "oauth",
    "openapi",
    "organization",
    "organizations",
    "owner",
    "platform",
    "postmaster",
    "pricing",
    "privacy",
    "products",
    "public",
    "readyz",
    "register",
    "robots",
    "roles",
    "root",
    "search",
    "security",
    "settings",
    "signin",
    "signup",
    "sitemap",
    "static",
    "status",
    "support",
    "system",
    "team",
    "terms",
    "test",
    "undefined",
    "user",
    "users",
    "webhooks",
    "webmaster",
    "well-known",
    "www",
];

/// The rule of every member that holds a slug.
pub fn valid_slug(slug: &str) -> Result<(), ValidationError> {
    let fault =
        |code, message: &'static str| ValidationError::new(code).with_message(message.into());
    let plain = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit();
    let words = slug.split('-').all(|word| !word.is_empty() && word.bytes().all(plain));
    if !words || !LENGTH.contains(&slug.len()) {
        let message = "must be 3 to 48 lower-case letters and digits, with single hyphens inside";
        return Err(fault("slug", message));
    }
    if slug.parse::<Uuid>().is_ok() {
        return Err(fault("slug", "must not be an id"));
    }
    if is_reserved(slug) {
        return Err(fault("reserved", "is kept for the service itself"));
    }
    Ok(())
}

/// A slug's shape to the eye: two that look alike have one (UTS 39, section 4, after which a capital
/// O, which it makes of 0, is still told from a small one).
pub fn shape(slug: &str) -> String {
    skeleton(slug).collect::<String>().to_ascii_lowercase()
}

/// A slug for this name, which need not be a slug's: `Åcme & Söhne` is `acme-sohne`.
pub fn derived(name: &str) -> String {
    let mut slug = String::new();
    for letter in name.nfkd().flat_map(char::to_lowercase) {
        match letter {
            'a'..='z' | '0'..='9' => slug.push(letter),
            'ß' => slug.push_str("ss"),
            'æ' => slug.push_str("ae"),
            'œ' => slug.push_str("oe"),
            'ø' => slug.push('o'),
            'ł' => slug.push('l'),
            'đ' | 'ð' => slug.push('d'),
            'þ' => slug.push_str("th"),
            // A mark belongs to the letter before it, and an apostrophe parts no words.
            '\u{300}'..='\u{36f}' | '\'' | '’' => {}
            _ if !slug.is_empty() && !slug.ends_with('-') => slug.push('-'),
            _ => {}
        }
    }
    slug.truncate(*LENGTH.end() - SUFFIX - 1);
    let slug = slug.trim_end_matches('-');
    if valid_slug(slug).is_ok() { slug.to_owned() } else { suffixed("org") }
}

/// The same with a random end, for where it is taken.
pub fn suffixed(slug: &str) -> String {
    let letter = |byte: u8| SUFFIX_LETTERS.get(usize::from(byte) % SUFFIX_LETTERS.len());
    let letters = kernel::random::<SUFFIX>().into_iter().filter_map(letter);
    let suffix: String = letters.map(|letter| char::from(*letter)).collect();
    format!("{slug}-{suffix}")
}

fn is_reserved(slug: &str) -> bool {
    let shape = shape(slug);
    RESERVED.iter().any(|reserved| self::shape(reserved) == shape)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(slug: &str) -> Option<String> {
        valid_slug(slug).err().map(|fault| fault.code.into_owned())
    }

    #[test]
    fn a_slug_is_plain_letters_and_digits_with_single_hyphens_inside() {
        for good in ["acme", "a-b-c", "3m-global", "abc", "x1y2", &"a".repeat(48)] {
            assert_eq!(code(good), None, "{good}");
        }
        for bad in [
            "",
            "ab",
            "-acme",
            "acme-",
            "ac--me",
            "Acme",
            "ac me",
            "ac_me",
            "ac.me",
            "acmé",
            "аcme",
            "ａcme",
            "ac\u{200b}me",
            "acme\n",
            "acme/..",
            "acme%00",
            "日本語",
            &"a".repeat(49),
            "0190d7e6-7c5a-7000-8000-000000000000",
        ] {
            assert_eq!(code(bad).as_deref(), Some("slug"), "{bad:?}");
        }
    }

    #[test]
    fn what_is_kept_for_the_service_and_what_looks_like_it_is_refused() {
        for reserved in ["admin", "adrnin", "api", "l0gin", "1ogin", "me", "we11-known", "r00t"] {
            assert!(code(reserved).is_some(), "{reserved}");
        }
        assert!(RESERVED.is_sorted() && RESERVED.iter().all(|it| !it.is_empty()));
    }

    /// Confusables of UTS 39 that a slug can be made of.
    #[test]
    fn what_looks_alike_has_one_shape_and_what_does_not_has_its_own() {
        for (one, other) in [
            ("goog1e", "google"),
            ("g00gle", "google"),
            ("modern", "rnodern"),
            ("mm", "rnrn"),
            ("i0l1", "iol1"),
            ("paypa1-0", "paypal-o"),
        ] {
            assert_eq!(shape(one), shape(other), "{one} {other}");
        }
        let apart = ["acme", "acne", "ac-me", "acme2", "acmez", "acnne", "vv", "w", "5", "s"];
        let shapes: std::collections::BTreeSet<_> = apart.iter().map(|it| shape(it)).collect();
        assert_eq!(shapes.len(), apart.len());
    }

    #[test]
    fn a_shape_is_its_own_shape_and_every_slug_has_one_that_fits_its_column() {
        let letters = "abcdefghijklmnopqrstuvwxyz0123456789-";
        for one in letters.chars() {
            for other in letters.chars() {
                let slug = format!("{one}{other}");
                assert_eq!(shape(&shape(&slug)), shape(&slug), "{slug}");
                assert!(shape(&slug).len() <= 2 * slug.len(), "{slug}");
            }
        }
    }

    #[test]
    fn a_name_becomes_a_slug() {
        for (name, slug) in [
            ("Acme", "acme"),
            ("  Åcme & Söhne, Inc. ", "acme-sohne-inc"),
            ("Straßenbau Łódź", "strassenbau-lodz"),
            ("Ørsted – Æbler", "orsted-aebler"),
            ("O'Reilly’s", "oreillys"),
            ("ＡＣＭＥ ４２", "acme-42"),
            ("İstanbul", "istanbul"),
            ("A/B/C", "a-b-c"),
        ] {
            assert_eq!(derived(name), slug, "{name}");
        }
        assert_eq!(derived(&"long name ".repeat(20)).len(), 41);
    }

    /// Whatever the name, what is made of it keeps the rules; with a suffix too.
    #[test]
    fn what_is_derived_keeps_the_rules() {
        let some = ["Яндекс", "日本語", "!!", "A", "Admin", "me", "", "-", "a-", "é", "🦀 Crab"];
        let made = (0_u32..2_000).map(|seed| {
            let letter =
                |n: u32| char::from_u32((seed * 7919 + n * 104_729) % 0x3000).unwrap_or('x');
            (0..seed % 70).map(letter).collect::<String>()
        });
        for name in some.into_iter().map(str::to_owned).chain(made) {
            let slug = derived(&name);
            assert_eq!(code(&slug), None, "{name:?} {slug}");
            assert_eq!(code(&suffixed(&slug)), None, "{name:?} {slug}");
        }
        assert_ne!(suffixed("acme"), suffixed("acme"));
        assert_eq!(suffixed("acme").len(), "acme".len() + 1 + SUFFIX);
    }
}
