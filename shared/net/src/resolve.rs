//! Names to addresses, the closed ones left out. The transport asks at every connection, so an answer that changes
//! between check and use (DNS rebinding) gains nothing: the checked addresses are the ones connected to.

use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};
use std::pin::Pin;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::sync::Semaphore;

use crate::address::Guard;
use crate::error::NetError;

/// Most look-ups at a time: a resolver that hangs must not take all threads that may block.
const LOOKUPS: usize = 64;

/// What a look-up gives, in the end.
pub type Found = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// Who knows the addresses of names. What it says is not trusted: every address is checked.
pub trait Lookup: Send + Sync + 'static {
    /// The addresses of `host`.
    fn lookup(&self, host: &str) -> Found;
}

/// The system's own resolver.
#[derive(Debug)]
pub struct SystemLookup {
    permits: Arc<Semaphore>,
}

impl Default for SystemLookup {
    fn default() -> Self {
        Self { permits: Arc::new(Semaphore::new(LOOKUPS)) }
    }
}

impl Lookup for SystemLookup {
    fn lookup(&self, host: &str) -> Found {
        let (permits, host) = (self.permits.clone(), host.to_owned());
        Box::pin(async move {
            let permit = permits.acquire_owned().await.map_err(io::Error::other)?;
            // The permit goes with the thread: a look-up that nobody waits for any more still holds it.
            let looked_up = tokio::task::spawn_blocking(move || {
                let _permit = permit;
                Ok((host.as_str(), 0).to_socket_addrs()?.map(|a| a.ip()).collect())
            });
            looked_up.await.map_err(io::Error::other)?
        })
    }
}

/// The resolver of a transport.
pub(crate) struct GuardedResolver {
    pub(crate) guard: Arc<Guard>,
    pub(crate) lookup: Arc<dyn Lookup>,
    /// The port that the transport's connections go to, where allowances for single ports matter.
    pub(crate) port: Option<u16>,
    /// The operator's proxy: he named it, so it may be anywhere.
    pub(crate) proxy: Option<String>,
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().to_ascii_lowercase();
        let (guard, lookup, port) = (self.guard.clone(), self.lookup.clone(), self.port);
        let proxy = self.proxy.as_ref() == Some(&host);
        Box::pin(async move {
            let found = addresses(&*lookup, &host).await?;
            let open =
                if proxy || guard.knows(&host, port) { found } else { open(&guard, &host, port, found)? };
            Ok(Box::new(open.into_iter().map(|a| SocketAddr::new(a, 0))) as Addrs)
        })
    }
}

/// All addresses of `host`, at least one.
pub(crate) async fn addresses(lookup: &dyn Lookup, host: &str) -> Result<Vec<IpAddr>, NetError> {
    let plain = host.trim_end_matches('.');
    // RFC 6761: these names are this machine, whatever a resolver says.
    if plain == "localhost" || plain.ends_with(".localhost") {
        return Ok(vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]);
    }
    // A SOCKS transport asks for literals as well, those of IPv6 in brackets.
    if let Ok(literal) = plain.trim_start_matches('[').trim_end_matches(']').parse() {
        return Ok(vec![literal]);
    }
    let unresolved = |detail: String| NetError::Unresolved { host: host.to_owned(), detail };
    let found = lookup.lookup(host).await.map_err(|e| unresolved(e.to_string()))?;
    if found.is_empty() { Err(unresolved("the answer is empty".to_owned())) } else { Ok(found) }
}

/// The addresses that may be reached; an error where there are only others.
fn open(guard: &Guard, host: &str, port: Option<u16>, found: Vec<IpAddr>) -> Result<Vec<IpAddr>, NetError> {
    let (open, closed): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|a| guard.refuses_at(*a, port).is_none());
    match closed.first() {
        Some(first) if open.is_empty() => Err(forbidden(guard, host, port, *first)),
        _ => Ok(open),
    }
}

/// Checks all addresses of `host`: a proxy that looks the name up itself may take any.
pub(crate) fn all_open(
    guard: &Guard,
    host: &str,
    port: Option<u16>,
    found: &[IpAddr],
) -> Result<(), NetError> {
    match found.iter().find(|a| guard.refuses_at(**a, port).is_some()) {
        Some(closed) => Err(forbidden(guard, host, port, *closed)),
        None => Ok(()),
    }
}

pub(crate) fn forbidden(guard: &Guard, host: &str, port: Option<u16>, address: IpAddr) -> NetError {
    NetError::Forbidden {
        host: host.to_owned(),
        address: address.to_string(),
        kind: guard.refuses_at(address, port).unwrap_or("not public"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_open_addresses_of_a_name_are_used() {
        let at = |s: &str| s.parse::<IpAddr>().unwrap();
        let guard = Guard::default();
        let mixed = vec![at("127.0.0.1"), at("9.9.9.9")];
        assert!(all_open(&guard, "news.example", None, &mixed).is_err());
        assert!(all_open(&guard, "news.example", None, &mixed[1..]).is_ok());
        assert_eq!(open(&guard, "news.example", None, mixed).unwrap(), [at("9.9.9.9")]);
        let error = open(&guard, "news.example", None, vec![at("10.0.0.7")]).unwrap_err();
        insta::assert_snapshot!(error, @"news.example leads to 10.0.0.7, which is private; add its network to `allow` if it is meant");
    }

    #[tokio::test]
    async fn names_of_this_machine_and_literals_are_not_asked_for() {
        struct Nobody;
        impl Lookup for Nobody {
            fn lookup(&self, host: &str) -> Found {
                let host = host.to_owned();
                Box::pin(async move { Err(io::Error::other(format!("asked for {host}"))) })
            }
        }
        for (host, first) in [
            ("localhost", "127.0.0.1"),
            ("a.b.localhost.", "127.0.0.1"),
            ("[::1]", "::1"),
            ("9.9.9.9", "9.9.9.9"),
        ] {
            assert_eq!(addresses(&Nobody, host).await.unwrap()[0].to_string(), first, "{host}");
        }
        let error = addresses(&Nobody, "news.example").await.unwrap_err().to_string();
        assert!(error.contains("asked for news.example"), "{error}");
    }
}
