//! When two mail addresses are one: stored as typed, unique by a canonical form (A19).

use unicode_normalization::UnicodeNormalization;
use validator::ValidationError;

/// The most characters an address may have (RFC 5321).
const LONGEST: usize = 254;

/// A mail address as its owner typed it, and the form in which it is unique: lower case, the domain
/// in IDNA's ASCII.
///
/// The part before the `@` must be ASCII: what else would canonicalize to it might be another
/// person's mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailAddress {
    typed: String,
    mailbox: String,
    canonical: String,
}

impl EmailAddress {
    /// Reads an address; `None` where it is none that mail can be sent to.
    pub fn parse(typed: &str) -> Option<Self> {
        let (local, domain) = typed.rsplit_once('@')?;
        let dots = local.starts_with('.') || local.ends_with('.') || local.contains("..");
        if typed.len() > LONGEST || local.is_empty() || local.len() > 64 || dots {
            return None;
        }
        if !local
            .bytes()
            .all(|it| it.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&it))
        {
            return None;
        }
        let domain: String = domain.nfkc().collect();
        let domain = idna::domain_to_ascii_strict(&domain).ok()?;
        if domain.is_empty()
            || domain.ends_with('.')
            || domain.parse::<std::net::Ipv4Addr>().is_ok()
        {
            return None;
        }
        let canonical = format!("{}@{domain}", local.to_ascii_lowercase());
        Some(Self { typed: typed.to_owned(), mailbox: format!("{local}@{domain}"), canonical })
    }

    /// As its owner typed it.
    pub fn typed(&self) -> &str {
        &self.typed
    }

    /// Where mail goes: as typed, but for the domain, which mail servers know in ASCII only.
    pub fn mailbox(&self) -> &str {
        &self.mailbox
    }

    /// The form in which it is unique.
    pub fn canonical(&self) -> &str {
        &self.canonical
    }
}

/// The rule of every member that holds a mail address.
pub fn valid_email(text: &str) -> Result<(), ValidationError> {
    let error = ValidationError::new("email").with_message("must be a mail address".into());
    EmailAddress::parse(text).map(|_| ()).ok_or(error)
}

#[cfg(test)]
mod tests {
    use super::EmailAddress;

    /// A19: one canonical identity per mailbox.
    #[test]
    fn variants_of_one_mailbox_are_one() {
        let canonical = |typed| EmailAddress::parse(typed).map(|it| it.canonical);
        let ada = canonical("ada@example.com").unwrap();
        for typed in ["Ada@Example.COM", "ADA@example.com", "ada@ｅxample.com"] {
            assert_eq!(canonical(typed).as_ref(), Some(&ada), "{typed}");
        }
        assert_eq!(canonical("a@bücher.example"), canonical("a@xn--bcher-kva.example"));
        let mailbox = EmailAddress::parse("Zoe@Bücher.example").unwrap().mailbox;
        assert_eq!(mailbox, "Zoe@xn--bcher-kva.example");
        assert_ne!(canonical("a@exаmple.com"), canonical("a@example.com"), "a Cyrillic letter");
    }

    /// ASVS 1.3.11.
    #[test]
    fn what_no_mail_can_be_sent_to_is_refused() {
        let long = format!("a@{}.com", "b".repeat(250));
        for typed in [
            "",
            "ada",
            "@example.com",
            "ada@",
            "a da@example.com",
            "ａda@example.com",
            ".a@example.com",
            "a..b@example.com",
            "ada@example.com\r\nBcc: x@y.z",
            "ada@exa mple.com",
            "a@127.0.0.1",
            "a@example.com.",
            "<a@example.com>",
            "\u{131}@example.com",
            &long,
        ] {
            assert_eq!(EmailAddress::parse(typed), None, "{typed:?}");
        }
        assert!(EmailAddress::parse("admin@localhost").is_some());
    }
}
