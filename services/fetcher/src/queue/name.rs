//! Which queue an address belongs to.

use std::net::IpAddr;

use url::Host;
use wiredesk_net::Guard;

/// First part of the names of queues on the operator's own networks.
const OWN: &str = "own:";
/// The queue of addresses that are none: polling them says what is wrong.
const NONE: &str = "none";

/// The queue of an address: its registrable domain; or, where its host is an IP address on a network that is not public
/// and that the operator allowed, the host and port themselves, as his own.
pub fn queue_of(url: &str, allow: &[String]) -> String {
    let Ok(url) = url::Url::parse(url.trim()) else { return NONE.to_owned() };
    let literal = match url.host() {
        Some(Host::Ipv4(v4)) => IpAddr::V4(v4),
        Some(Host::Ipv6(v6)) => IpAddr::V6(v6),
        Some(Host::Domain("localhost")) => IpAddr::from([127, 0, 0, 1]),
        Some(Host::Domain(name)) => return psl::domain_str(name).unwrap_or(name).to_owned(),
        None => return NONE.to_owned(),
    };
    let host = url.host_str().unwrap_or_default();
    let refused = |networks: &[String]| Guard::new(networks).map_or(true, |g| g.refuses(literal).is_some());
    if refused(&[]) && !refused(allow) {
        return format!("{OWN}{host}:{}", url.port_or_known_default().unwrap_or(0));
    }
    host.to_owned()
}

/// Is this the queue of a host on the operator's own network?
pub fn is_own(queue: &str) -> bool {
    queue.starts_with(OWN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queues_of_addresses() {
        let loopback = ["127.0.0.0/8".to_owned()];
        for (url, allow, expected) in [
            ("https://feeds.bbci.co.uk/news/rss.xml", &loopback[..], "bbci.co.uk"),
            ("http://127.0.0.1:8090/ansa", &loopback[..], "own:127.0.0.1:8090"),
            ("http://127.0.0.1:8090/ansa", &[], "127.0.0.1"),
            ("http://localhost/ansa", &loopback[..], "own:localhost:80"),
            ("http://198.41.0.4/feed", &["198.41.0.0/16".to_owned()], "198.41.0.4"),
            ("wire", &[], "none"),
        ] {
            assert_eq!(queue_of(url, allow), expected, "{url}");
            assert_eq!(is_own(expected), expected.starts_with("own:"));
        }
    }
}
