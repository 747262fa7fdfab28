//! The connections: one pool for plain requests, and a few more for proxies and the like.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustls::ClientConfig;

use crate::address::Guard;
use crate::config::NetConfig;
use crate::error::NetError;
use crate::failure;
use crate::headers;
use crate::proxy::Proxy;
use crate::resolve::{GuardedResolver, Lookup};
use crate::tls;

/// Most pools besides the plain one; the one that was not used for longest goes first.
const POOLS: usize = 16;
/// Idle connections a host: what politeness lets run side by side.
const IDLE_A_HOST: usize = 8;
/// How long a connection waits for its next request. Longer than the pause between two requests of one queue, shorter
/// than the pause between two polls of a feed: with 100,000 feeds, waiting for those would hold as many connections.
const IDLE: Duration = Duration::from_secs(10);

/// What keeps connections apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) proxy: Option<Proxy>,
    pub(crate) http1_only: bool,
    /// The port that connections go to, where something is allowed for this port alone.
    pub(crate) port: Option<u16>,
}

/// The pools.
pub(crate) struct Transports {
    plain: reqwest::Client,
    others: Mutex<Vec<(Key, reqwest::Client)>>,
    tls: ClientConfig,
    guard: Arc<Guard>,
    lookup: Arc<dyn Lookup>,
    config: NetConfig,
}

impl Transports {
    pub(crate) fn new(
        config: &NetConfig,
        guard: Arc<Guard>,
        lookup: Arc<dyn Lookup>,
    ) -> Result<Self, NetError> {
        let tls = tls::client(config)?;
        let plain = build(&Key::default(), config, &tls, &guard, &lookup)?;
        let (others, config) = (Mutex::default(), config.clone());
        Ok(Self { plain, others, tls, guard, lookup, config })
    }

    /// The pool for `key`, made where it is not there.
    pub(crate) fn get(&self, key: &Key) -> Result<reqwest::Client, NetError> {
        if *key == Key::default() {
            return Ok(self.plain.clone());
        }
        let mut others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        let pool = match others.iter().position(|(k, _)| k == key) {
            Some(at) => others.remove(at),
            None => (key.clone(), build(key, &self.config, &self.tls, &self.guard, &self.lookup)?),
        };
        let client = pool.1.clone();
        if others.len() >= POOLS {
            others.remove(0);
        }
        others.push(pool);
        Ok(client)
    }
}

fn build(
    key: &Key,
    config: &NetConfig,
    tls: &ClientConfig,
    guard: &Arc<Guard>,
    lookup: &Arc<dyn Lookup>,
) -> Result<reqwest::Client, NetError> {
    let resolver = GuardedResolver {
        guard: guard.clone(),
        lookup: lookup.clone(),
        port: key.port,
        proxy: key.proxy.as_ref().map(Proxy::host),
    };
    let mut builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .referer(false)
        .dns_resolver(Arc::new(resolver))
        .connect_timeout(Duration::from_secs(config.connect_seconds))
        .read_timeout(Duration::from_secs(config.idle_seconds))
        .pool_max_idle_per_host(IDLE_A_HOST)
        .pool_idle_timeout(IDLE)
        .http1_max_headers(headers::MOST)
        .http2_max_header_list_size(u32::try_from(config.max_header_bytes).unwrap_or(u32::MAX));
    let mut tls = tls.clone();
    tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    if key.http1_only || !config.http2 {
        tls.alpn_protocols.remove(0);
        builder = builder.http1_only();
    }
    builder = builder.tls_backend_preconfigured(tls);
    if let Some(proxy) = &key.proxy {
        builder = builder.proxy(proxy.reqwest()?);
    }
    builder.build().map_err(|e| NetError::Setup(failure::words(&e)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resolve::SystemLookup;

    #[test]
    fn pools_are_shared_and_bounded() {
        let guard = Arc::new(Guard::default());
        let all = Transports::new(&NetConfig::default(), guard, Arc::new(SystemLookup::default())).unwrap();
        let key = |n: usize| Key {
            proxy: Some(Proxy::parse(&format!("http://proxy-{n}.example:3128")).unwrap()),
            ..Key::default()
        };
        let kept = || all.others.lock().unwrap().iter().map(|(k, _)| k.clone()).collect::<Vec<_>>();
        all.get(&Key::default()).unwrap();
        assert!(kept().is_empty(), "plain requests have their own");
        for n in 0..POOLS {
            all.get(&key(n)).unwrap();
        }
        all.get(&key(0)).unwrap();
        assert_eq!(kept().len(), POOLS);
        all.get(&key(POOLS)).unwrap();
        assert_eq!(kept().len(), POOLS);
        assert!(kept().contains(&key(0)) && !kept().contains(&key(1)), "the one not used for longest goes");
    }
}
