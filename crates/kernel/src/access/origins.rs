//! Which pages may speak to us in somebody's name.

use crate::env::Env;

/// The origins of the pages that may open a socket or use a ticket: those of `PUBLIC_URL` and
/// `CORS_ORIGINS` and, in development, all of this machine (ASVS 4.4.2). A feature that has streams for
/// browsers holds them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origins {
    named: Vec<String>,
    near: Near,
}

/// Whether pages of this machine may.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Near {
    Allowed,
    #[default]
    Refused,
}

impl Origins {
    /// Reads them; problems are noted in `env`.
    pub fn read(env: &Env) -> Self {
        let url = env.public_url();
        let own = url.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
        let named = env.cors_origins().into_iter().chain([own]).collect();
        let near = if env.is_production() { Near::Refused } else { Near::Allowed };
        Self { named, near }
    }

    /// Whether a page of this origin may.
    pub fn allow(&self, origin: &str) -> bool {
        self.named.iter().any(|it| it == origin) || (self.near == Near::Allowed && is_near(origin))
    }
}

/// Whether it is of this machine, whatever the port.
fn is_near(origin: &str) -> bool {
    let rest =
        ["http://localhost:", "http://127.0.0.1:"].iter().find_map(|it| origin.strip_prefix(it));
    rest.is_some_and(|port| port.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_the_public_address_and_of_those_named_may() {
        let production = Origins::read(&Env::of([
            ("APP_ENV", "production"),
            ("PUBLIC_URL", "https://api.example.com/base"),
            ("CORS_ORIGINS", "https://app.example.com, http://localhost:3000"),
        ]));
        for (origin, may) in [
            ("https://api.example.com", true),
            ("https://app.example.com", true),
            ("http://localhost:3000", true),
            ("http://localhost:8080", false),
            ("https://app.example.com.evil.example", false),
            ("https://app.example.com:444", false),
            ("http://app.example.com", false),
            ("null", false),
            ("", false),
        ] {
            assert_eq!(production.allow(origin), may, "{origin}");
        }
        let development = Origins::read(&Env::of([("LISTEN", "127.0.0.1:8123")]));
        assert!(development.allow("http://localhost:8123"));
        assert!(development.allow("http://127.0.0.1:4000"));
        assert!(!development.allow("http://127.0.0.1:4000.evil.example"));
        assert!(!development.allow("http://192.0.2.1:8123"));
    }
}
