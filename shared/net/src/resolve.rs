//! Names to addresses, the closed ones left out. reqwest asks at every connection, so an answer that changes between
//! check and use (DNS rebinding) gains nothing: the checked addresses are the ones connected to.

use std::net::SocketAddr;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::address::Guard;
use crate::error::NetError;

pub(crate) struct GuardedResolver {
    pub(crate) guard: Arc<Guard>,
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.guard.clone();
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let found: Vec<SocketAddr> = tokio::net::lookup_host((host.as_str(), 0)).await?.collect();
            let open = open_addresses(&guard, &host, found)?;
            Ok(Box::new(open.into_iter()) as Addrs)
        })
    }
}

/// The addresses that may be reached; an error where there are only others.
fn open_addresses(guard: &Guard, host: &str, found: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, NetError> {
    let (open, closed): (Vec<_>, Vec<_>) = found.into_iter().partition(|a| guard.refuses(a.ip()).is_none());
    match closed.first() {
        Some(first) if open.is_empty() => Err(NetError::Forbidden {
            host: host.to_owned(),
            address: first.ip().to_string(),
            kind: guard.refuses(first.ip()).unwrap_or("not public"),
        }),
        _ => Ok(open),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_open_addresses_of_a_name_are_used() {
        let at = |s: &str| SocketAddr::new(s.parse().unwrap(), 0);
        let guard = Guard::default();
        let mixed = open_addresses(&guard, "news.example", vec![at("127.0.0.1"), at("9.9.9.9")]).unwrap();
        assert_eq!(mixed, [at("9.9.9.9")]);
        let error = open_addresses(&guard, "news.example", vec![at("10.0.0.7")]).unwrap_err();
        insta::assert_snapshot!(error, @"news.example leads to 10.0.0.7, which is private; add its network to `allow` if it is meant");
    }
}
