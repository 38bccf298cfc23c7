//! Which languages mails and pages are written in.

use actix_web::{HttpRequest, http::header::ACCEPT_LANGUAGE};

/// A language that every mail and page is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English
    English,
    /// German
    German,
}

impl Language {
    /// All there are.
    pub const ALL: [Self; 2] = [Self::English, Self::German];

    /// The language of a locale such as `de-AT` (BCP 47); English where we do not write it.
    pub fn of(locale: &str) -> Self {
        Self::known(locale).unwrap_or(Self::English)
    }

    /// The language that a reader's browser asks for (RFC 9110, section 12.5.4).
    pub fn asked_by(request: &HttpRequest) -> Self {
        let asked = request.headers().get(ACCEPT_LANGUAGE).and_then(|it| it.to_str().ok());
        let mut ranges: Vec<(&str, f32)> =
            asked.unwrap_or_default().split(',').map(range).collect();
        ranges.sort_by(|(_, a), (_, b)| b.total_cmp(a));
        let mut wanted = ranges.iter().filter(|(_, quality)| *quality > 0.0);
        wanted.find_map(|(range, _)| Self::known(range)).unwrap_or(Self::English)
    }

    /// Its tag.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    fn known(locale: &str) -> Option<Self> {
        match locale.split('-').next()?.to_ascii_lowercase().as_str() {
            "en" => Some(Self::English),
            "de" => Some(Self::German),
            _ => None,
        }
    }
}

fn range(text: &str) -> (&str, f32) {
    let (range, quality) = text.split_once(';').unwrap_or((text, "q=1"));
    let quality = quality.trim().trim_start_matches(['q', 'Q']).trim_start_matches('=');
    (range.trim(), quality.parse().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_reader_gets_the_language_they_like_best_of_those_there_are() {
        for (asked, given) in [
            ("de-CH,en;q=0.8", Language::German),
            ("fr;q=0.9, de;q=0.5, en;q=0.7", Language::English),
            ("en; q=0.5, de; q=0.9", Language::German),
            ("den, DE-at", Language::German),
            ("de;q=0, *", Language::English),
            ("de;q=many", Language::English),
            ("x", Language::English),
        ] {
            let request = TestRequest::get().insert_header((ACCEPT_LANGUAGE, asked));
            assert_eq!(Language::asked_by(&request.to_http_request()), given, "{asked}");
        }
        assert_eq!(Language::of("de-AT"), Language::German);
        assert_eq!(Language::of("den"), Language::English, "Slavey, not German");
        assert_eq!(Language::of("ja"), Language::English);
    }
}
