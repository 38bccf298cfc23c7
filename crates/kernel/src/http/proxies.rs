//! Whose word counts on where a request came from.

use std::net::IpAddr;

use ipnet::IpNet;

/// The proxies in front of the server; from others, `X-Forwarded-For` is hearsay (ASVS 4.1.3).
#[derive(Clone, Debug, Default)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    /// Reads addresses and networks (`10.0.0.0/8`) apart by commas; `None` where one is neither.
    pub fn parse(text: &str) -> Option<Self> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        let network = |part: &str| {
            let address = || part.parse::<IpAddr>().ok().map(IpNet::from);
            part.parse::<IpNet>().ok().or_else(address)
        };
        parts.map(network).collect::<Option<_>>().map(Self)
    }

    /// The client's address: the last one that no trusted proxy has. `forwarded` are the addresses
    /// of all `X-Forwarded-For` headers, in their order.
    pub(super) fn client<'a>(
        &self,
        peer: IpAddr,
        forwarded: impl DoubleEndedIterator<Item = &'a str>,
    ) -> IpAddr {
        let mut client = peer;
        for hop in forwarded.rev() {
            if !self.0.iter().any(|proxy| proxy.contains(&client)) {
                break;
            }
            let Ok(hop) = hop.trim().parse::<IpAddr>() else { break };
            client = hop.to_canonical();
        }
        client
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ASVS 4.1.3, 15.3.4.
    #[test]
    fn only_trusted_proxies_are_believed() {
        let proxies = TrustedProxies::parse("10.0.0.0/8, 192.0.2.7").unwrap();
        let client = |peer: &str, forwarded: &str| {
            proxies.client(peer.parse().unwrap(), forwarded.split(',')).to_string()
        };
        assert_eq!(
            client("203.0.113.9", "1.1.1.1"),
            "203.0.113.9",
            "a stranger says what they like"
        );
        assert_eq!(client("10.1.2.3", "1.1.1.1"), "1.1.1.1");
        assert_eq!(client("10.1.2.3", "6.6.6.6, 1.1.1.1, 192.0.2.7"), "1.1.1.1");
        assert_eq!(client("10.1.2.3", "unknown"), "10.1.2.3");
        assert!(TrustedProxies::parse("10.0.0.0/33").is_none());
    }
}
