//! From where somebody is signed in: an address and a program, in words that they know it by.

use std::net::IpAddr;

use kernel::{Keyring, SessionId, UserId, View};
use serde::{Deserialize, Serialize};

const PURPOSE: &str = "auth.session_device";
const MARK: &str = "auth.known_device";

/// Programs by what their user agents have in them; the first that fits is it, for many name others
/// too.
const PROGRAMS: &[(&str, &str)] = &[
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
    ("Wget/", "Wget"),
    ("PostmanRuntime/", "Postman"),
    ("insomnia/", "Insomnia"),
    ("python-requests/", "Python"),
    ("Python/", "Python"),
    ("node", "Node.js"),
    ("Go-http-client/", "Go"),
    ("okhttp/", "Android app"),
    ("CFNetwork/", "Apple app"),
];

const SYSTEMS: &[(&str, &str)] = &[
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "Mac"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
];

/// What is known of where a session is used.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// The address.
    pub ip: Option<IpAddr>,
    user_agent: Option<String>,
}

impl Device {
    /// Where the request comes from.
    pub fn of(view: &View) -> Self {
        let origin = view.origin();
        Self { ip: origin.ip, user_agent: origin.user_agent.clone() }
    }

    /// It for the row of a session; it opens in no other.
    pub fn sealed(&self, keyring: &Keyring, session: SessionId) -> Option<Vec<u8>> {
        let plain = serde_json::to_vec(self).ok()?;
        Some(keyring.seal(PURPOSE, session.0.as_bytes(), &plain))
    }

    /// From the row of a session; nothing is known where it does not open.
    pub fn opened(keyring: &Keyring, session: SessionId, sealed: Option<&[u8]>) -> Self {
        let plain = sealed.and_then(|it| keyring.open(PURPOSE, session.0.as_bytes(), it).ok());
        plain.and_then(|it| serde_json::from_slice(&it).ok()).unwrap_or_default()
    }

    /// What its owner would call it: `Firefox on Linux`.
    pub fn name(&self) -> String {
        let agent = self.user_agent.as_deref().unwrap_or_default();
        let first = |names: &[(&str, &'static str)]| {
            names.iter().find(|(part, _)| agent.contains(part)).map(|(_, name)| *name)
        };
        match (first(PROGRAMS), first(SYSTEMS)) {
            (Some(program), Some(system)) => format!("{program} on {system}"),
            (Some(name), None) | (None, Some(name)) => name.to_owned(),
            (None, None) => "Unknown device".to_owned(),
        }
    }

    /// What tells, of this account, the same kind of device again.
    pub fn mark(&self, keyring: &Keyring, user: UserId) -> Vec<u8> {
        keyring.mac(MARK, &[user.0.as_bytes(), self.name().as_bytes()]).to_vec()
    }

    /// Whether this mark is of the same kind of device, also where another root secret made it.
    pub fn is_marked(&self, keyring: &Keyring, user: UserId, mark: &[u8]) -> bool {
        keyring.is_mac(MARK, &[user.0.as_bytes(), self.name().as_bytes()], mark)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_called_what_its_owner_calls_it() {
        for (agent, name) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
                "Firefox on Linux",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
                "Chrome on Windows",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15",
                "Safari on Mac",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1",
                "Safari on iPhone",
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
                "Chrome on Android",
            ),
            ("curl/8.14.1", "curl"),
            ("", "Unknown device"),
            ("<script>alert(1)</script>", "Unknown device"),
        ] {
            let device = Device { ip: None, user_agent: Some(agent.to_owned()) };
            assert_eq!(device.name(), name, "{agent}");
        }
        assert_eq!(Device::default().name(), "Unknown device");
    }

    /// ASVS 14.2.6 in spirit: what lies in the row says nothing, and opens there only.
    #[test]
    fn what_is_sealed_opens_in_its_own_row_alone() {
        let keyring = Keyring::parse(&Keyring::generate()).unwrap();
        let (one, other) =
            (SessionId(uuid::Uuid::from_u128(1)), SessionId(uuid::Uuid::from_u128(2)));
        let device =
            Device { ip: "192.0.2.7".parse().ok(), user_agent: Some("curl/8.14.1".into()) };
        let sealed = device.sealed(&keyring, one);
        assert_eq!(Device::opened(&keyring, one, sealed.as_deref()), device);
        assert_eq!(Device::opened(&keyring, other, sealed.as_deref()), Device::default());
        assert_eq!(Device::opened(&keyring, one, None), Device::default());
    }
}
