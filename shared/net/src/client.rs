//! The client: one request with its redirects, each hop checked, the body capped.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use url::{Host, Url, form_urlencoded};

use crate::address::Guard;
use crate::body::{self, Collected, Unread};
use crate::config::NetConfig;
use crate::encoding::Layers;
use crate::error::NetError;
use crate::failure;
use crate::headers;
pub use crate::location::parse;
use crate::location::{same_origin, target};
use crate::proxy::Proxy;
use crate::request::{Redirect, Request, Response};
use crate::resolve::{self, Lookup, SystemLookup};
use crate::transport::{Key, Transports};

/// How much of an error page is read, in bytes.
const GLANCE: usize = 64 * 1024;
/// How long an error page is waited for.
const GLANCE_TIME: Duration = Duration::from_secs(5);

/// The guarded client. Cheap to clone; connections are shared.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    transports: Transports,
    guard: Arc<Guard>,
    lookup: Arc<dyn Lookup>,
    agent: HeaderValue,
    config: NetConfig,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("config", &self.inner.config).finish_non_exhaustive()
    }
}

/// A request on its way.
struct Journey<'a> {
    request: &'a Request,
    proxy: Option<Proxy>,
    start: Url,
}

impl Client {
    /// A client with these limits that calls itself `user_agent`.
    ///
    /// # Errors
    /// [`NetError::BadNetwork`] and [`NetError::BadNat64`] for a wrong `allow` or `nat64`; [`NetError::BadCa`] and
    /// [`NetError::Setup`] where TLS cannot be set up; [`NetError::BadHeader`] for the user agent.
    pub fn new(config: &NetConfig, user_agent: &str) -> Result<Self, NetError> {
        Self::with_lookup(config, user_agent, Arc::new(SystemLookup::default()))
    }

    /// A client that asks `lookup` for the addresses of names. They are checked like all others.
    ///
    /// # Errors
    /// As [`Client::new`].
    pub fn with_lookup(
        config: &NetConfig,
        user_agent: &str,
        lookup: Arc<dyn Lookup>,
    ) -> Result<Self, NetError> {
        let guard = Arc::new(Guard::new(&config.allow)?.with_nat64(&config.nat64)?);
        let transports = Transports::new(config, guard.clone(), lookup.clone())?;
        let (agent, config) = (headers::agent(user_agent)?, config.clone());
        Ok(Self { inner: Arc::new(Inner { transports, guard, lookup, agent, config }) })
    }

    /// GETs an address, following redirects. Any status is a response.
    ///
    /// # Errors
    /// [`NetError`].
    pub async fn get(&self, request: &Request) -> Result<Response, NetError> {
        self.send(request).await
    }

    /// GETs an address, following redirects, or POSTs the request's form or document, not following them. Any status is a response.
    ///
    /// # Errors
    /// [`NetError`].
    pub async fn send(&self, request: &Request) -> Result<Response, NetError> {
        let seconds = self.inner.config.total_seconds;
        let start = parse(&request.url)?;
        let proxy = request.proxy.as_deref().map(Proxy::parse).transpose()?;
        let journey = Journey { request, proxy, start };
        match tokio::time::timeout(Duration::from_secs(seconds), self.inner.follow(&journey)).await {
            Ok(result) => result,
            Err(_) => {
                let host = journey.start.host_str().unwrap_or_default().to_owned();
                Err(NetError::Timeout { host, what: "the whole request", seconds })
            }
        }
    }
}

impl Inner {
    async fn follow(&self, journey: &Journey<'_>) -> Result<Response, NetError> {
        let mut url = journey.start.clone();
        let mut redirects = Vec::new();
        let mut moved_to = None;
        let mut all_permanent = true;
        let mut at_home = true;
        loop {
            let response = self.hop(journey, &url, at_home).await?;
            let status = response.status().as_u16();
            if !headers::within(response.headers(), self.config.max_header_bytes) {
                let host = url.host_str().unwrap_or_default().to_owned();
                return Err(NetError::Headers {
                    host,
                    limit: self.config.max_header_bytes,
                    count: headers::MOST,
                });
            }
            if journey.request.posts() || !matches!(status, 301 | 302 | 303 | 307 | 308) {
                let answer = self.finish(response, journey, &url).await?;
                return Ok(Response { redirects, moved_to, ..answer });
            }
            if redirects.len() == self.config.max_redirects {
                return Err(NetError::Redirects(self.config.max_redirects));
            }
            url = target(&url, response.headers(), status)?;
            redirects.push(Redirect { status, to: url.to_string() });
            all_permanent &= matches!(status, 301 | 308);
            if all_permanent {
                moved_to = Some(url.to_string());
            }
            at_home &= same_origin(&url, &journey.start);
        }
    }

    /// One hop, checked.
    async fn hop(
        &self,
        journey: &Journey<'_>,
        url: &Url,
        at_home: bool,
    ) -> Result<reqwest::Response, NetError> {
        let request = journey.request;
        let port = url.port_or_known_default().and_then(|p| self.guard.limited_to(p));
        self.check(url, port, journey.proxy.is_some()).await?;
        let key = Key { proxy: journey.proxy.clone(), http1_only: request.http1_only, port };
        let transport = self.transports.get(&key)?;
        let headers = headers::of_request(request, &self.agent, at_home)?;
        let method = if request.posts() { Method::POST } else { Method::GET };
        let mut outgoing = reqwest::Request::new(method, url.clone());
        *outgoing.headers_mut() = headers;
        if let Some(form) = &request.form {
            let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
            outgoing
                .headers_mut()
                .insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
            *outgoing.body_mut() = Some(body.into());
        }
        if let Some(json) = &request.json {
            let kind = HeaderValue::from_static("application/json");
            outgoing.headers_mut().insert(CONTENT_TYPE, kind);
            *outgoing.body_mut() = Some(json.clone().into());
        }
        transport
            .execute(outgoing)
            .await
            .map_err(|e| failure::of(&e, url, journey.proxy.as_ref(), &self.config))
    }

    /// An IP literal is never asked of the resolver, and a name that a proxy looks up neither: both are checked here, on
    /// every hop. Other names are checked by the resolver, as the connection is made.
    async fn check(&self, url: &Url, port: Option<u16>, proxied: bool) -> Result<(), NetError> {
        let literal = match url.host() {
            Some(Host::Ipv4(v4)) => IpAddr::V4(v4),
            Some(Host::Ipv6(v6)) => IpAddr::V6(v6),
            Some(Host::Domain(name)) if proxied && !self.guard.knows(name, port) => {
                let seconds = self.config.connect_seconds;
                let found = resolve::addresses(&*self.lookup, name);
                let Ok(found) = tokio::time::timeout(Duration::from_secs(seconds), found).await else {
                    return Err(NetError::Timeout {
                        host: name.to_owned(),
                        what: "looking its name up",
                        seconds,
                    });
                };
                return resolve::all_open(&self.guard, name, port, &found?);
            }
            Some(Host::Domain(_)) => return Ok(()),
            None => return Err(NetError::BadUrl(crate::location::shown(url.as_str()))),
        };
        match self.guard.refuses_at(literal, port) {
            Some(_) => {
                let host = url.host_str().unwrap_or_default();
                Err(resolve::forbidden(&self.guard, host, port, literal))
            }
            None => Ok(()),
        }
    }

    async fn finish(
        &self,
        mut response: reqwest::Response,
        journey: &Journey<'_>,
        url: &Url,
    ) -> Result<Response, NetError> {
        let host = || url.host_str().unwrap_or_default().to_owned();
        let status = response.status();
        let answer = Response {
            status: status.as_u16(),
            url: url.to_string(),
            ..headers::of_response(response.headers())
        };
        let limit = self.config.max_body_bytes;
        let layers = Layers::of(response.headers(), limit);
        if !status.is_success() {
            let mut collected = Collected::new(limit.min(GLANCE));
            if let Ok(layers) = layers
                && status.as_u16() != 304
            {
                let glance = body::glance(&mut response, layers, &mut collected);
                let _ = tokio::time::timeout(GLANCE_TIME, glance).await;
            }
            return Ok(Response { body: collected.into_bytes(), ..answer });
        }
        let layers = layers.map_err(|encoding| NetError::Encoding { host: host(), encoding })?;
        match body::read(&mut response, layers, limit).await {
            Ok(body) => Ok(Response { body, ..answer }),
            Err(Unread::TooLarge(seen, how, head)) => Err(NetError::TooLarge { limit, seen, how, head }),
            Err(Unread::Broken(detail)) => Err(NetError::Body { host: host(), detail }),
            Err(Unread::Transport(error)) => {
                Err(failure::of(&error, url, journey.proxy.as_ref(), &self.config))
            }
        }
    }
}
