//! Where a request comes from: which machine, by which name, from which page.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, Uri, header};
use wiredesk_net::Network;

use crate::config::{Access, Config, is_this_machine};

/// The other end of the connection; the listener puts it into each request.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// The reader's address: the peer's, or what the last trusted proxy says of whom it serves.
pub fn client(peer: IpAddr, headers: &HeaderMap, proxies: &[Network]) -> IpAddr {
    let trusted = |address: IpAddr| proxies.iter().any(|p| p.contains(address));
    let mut client = peer;
    // From the last entry backwards: what stands before the first that is not trusted, its sender may have made up.
    let entries = headers.get_all("x-forwarded-for").into_iter().filter_map(|v| v.to_str().ok());
    let entries: Vec<&str> = entries.flat_map(|v| v.split(',')).collect();
    for entry in entries.into_iter().rev() {
        if !trusted(client) {
            break;
        }
        let Ok(next) = entry.trim().parse() else { break };
        client = next;
    }
    client
}

/// Is the request to a name of ours? Asked where the API is open to this machine, or where the names are configured: a page
/// of a stranger whose name leads to this address would otherwise be of the same origin as ours.
pub fn to_us(config: &Config, uri: &Uri, headers: &HeaderMap) -> bool {
    let open_here = config.access == Access::Open && !config.open_to_network;
    if config.hosts.is_empty() && !open_here {
        return true;
    }
    // A browser always names the host.
    let Some(host) = host(uri, headers) else { return true };
    let name = without_port(host);
    is_this_machine(name) || config.hosts.iter().any(|own| without_port(own).eq_ignore_ascii_case(name))
}

/// Does a request that changes something come from our own page? Cookies alone do not say so. Browsers say it by
/// `Sec-Fetch-Site`, over plain HTTP to other machines only by `Origin`; what says neither is no browser and has no cookie.
pub fn from_our_page(uri: &Uri, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return site == "same-origin";
    }
    let origin = text("origin").and_then(|o| o.split_once("://")).map(|(_, authority)| authority);
    matches!((origin, host(uri, headers)), (Some(origin), Some(host)) if origin.eq_ignore_ascii_case(host))
}

fn host<'a>(uri: &'a Uri, headers: &'a HeaderMap) -> Option<&'a str> {
    let named = uri.authority().map(|a| a.as_str());
    named.or_else(|| headers.get(header::HOST).map(|h| h.to_str().unwrap_or("?")))
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(k, v)| (k.parse().unwrap(), v.parse().unwrap())).collect()
    }

    #[test]
    fn only_a_trusted_proxy_says_whom_it_serves() {
        let proxies = ["10.0.0.0/8".parse().unwrap()];
        for (peer, forwarded, expected) in [
            ("198.51.100.1", "203.0.113.9", "198.51.100.1"),
            ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
            ("10.0.0.1", "192.0.2.66, 203.0.113.9", "203.0.113.9"),
            ("10.0.0.1", "203.0.113.9, 10.0.0.2", "203.0.113.9"),
            ("10.0.0.1", "nonsense", "10.0.0.1"),
            ("10.0.0.1", "", "10.0.0.1"),
        ] {
            let found = client(peer.parse().unwrap(), &headers(&[("x-forwarded-for", forwarded)]), &proxies);
            assert_eq!(found.to_string(), expected, "{peer} {forwarded}");
        }
    }

    #[test]
    fn an_open_desk_answers_to_its_own_names_alone() {
        let uri = Uri::from_static("/v1/items");
        let own = Config { hosts: vec!["desk.example".to_owned()], ..Config::default() };
        for (host, plain, named) in [
            ("127.0.0.1:8080", true, true),
            ("localhost", true, true),
            ("[::1]:8080", true, true),
            ("rebound.example:8080", false, false),
            ("localhost.rebound.example", false, false),
            ("127.0.0.1.rebound.example", false, false),
            ("desk.example", false, true),
            ("DESK.example:443", false, true),
        ] {
            let headers = headers(&[("host", host)]);
            assert_eq!(to_us(&Config::default(), &uri, &headers), plain, "{host}");
            assert_eq!(to_us(&own, &uri, &headers), named, "{host}");
        }
        let token = Config { access: Access::Token, ..Config::default() };
        assert!(to_us(&token, &uri, &headers(&[("host", "anything.example")])));
    }

    #[test]
    fn only_our_own_page_may_change_things() {
        let uri = Uri::from_static("/login");
        for (given, expected) in [
            (vec![("sec-fetch-site", "same-origin")], true),
            (vec![("sec-fetch-site", "cross-site"), ("origin", "http://desk.example")], false),
            (vec![("sec-fetch-site", "same-site")], false),
            (vec![("sec-fetch-site", "none")], false),
            (vec![("origin", "http://desk.example")], true),
            (vec![("origin", "https://desk.example:444")], false),
            (vec![("origin", "null")], false),
            (vec![("origin", "http://other.example")], false),
            (vec![], false),
        ] {
            let mut all = vec![("host", "desk.example")];
            all.extend(&given);
            assert_eq!(from_our_page(&uri, &headers(&all)), expected, "{given:?}");
        }
    }
}
