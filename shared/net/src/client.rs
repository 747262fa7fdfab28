//! The client: one GET with its redirects, each hop checked, the body capped.

use std::error::Error as _;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use url::{Host, Url};

use crate::address::Guard;
use crate::config::NetConfig;
use crate::error::NetError;
use crate::request::{Request, Response};
use crate::resolve::GuardedResolver;

/// How much of a body that is too large is kept to see what it was, in bytes.
const HEAD: usize = 4096;

/// The guarded client. Cheap to clone; connections are shared.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    guard: Arc<Guard>,
    config: NetConfig,
}

impl Client {
    /// A client with these limits that calls itself `user_agent`.
    ///
    /// # Errors
    /// [`NetError::BadNetwork`] for a wrong `allow`; [`NetError::Setup`] where TLS cannot be set up.
    pub fn new(config: &NetConfig, user_agent: &str) -> Result<Self, NetError> {
        // Somebody else in the process may have installed one already: that one serves.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let guard = Arc::new(Guard::new(&config.allow)?);
        let http = reqwest::Client::builder()
            .user_agent(user_agent)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .dns_resolver(Arc::new(GuardedResolver { guard: guard.clone() }))
            .connect_timeout(Duration::from_secs(config.connect_seconds))
            .read_timeout(Duration::from_secs(config.idle_seconds))
            .pool_max_idle_per_host(2)
            .pool_idle_timeout(Duration::from_secs(90))
            .build()
            .map_err(|e| NetError::Setup(words(&e)))?;
        Ok(Self { http, guard, config: config.clone() })
    }

    /// GETs an address, following redirects. Any status is a response.
    ///
    /// # Errors
    /// [`NetError`].
    pub async fn get(&self, request: &Request) -> Result<Response, NetError> {
        let seconds = self.config.total_seconds;
        let start = parse(&request.url)?;
        let host = start.host_str().unwrap_or_default().to_owned();
        tokio::time::timeout(Duration::from_secs(seconds), self.follow(request, start))
            .await
            .unwrap_or(Err(NetError::Timeout { host, what: "the whole request", seconds }))
    }

    async fn follow(&self, request: &Request, start: Url) -> Result<Response, NetError> {
        let own = own_headers(request)?;
        let mut url = start.clone();
        let mut moved_to = None;
        let mut all_permanent = true;
        for hop in 0..=self.config.max_redirects {
            self.check(&url)?;
            let same_origin = url.origin() == start.origin();
            let response = self.send(request, &url, same_origin.then_some(&own)).await?;
            let status = response.status().as_u16();
            if !matches!(status, 301 | 302 | 303 | 307 | 308) {
                return self.finish(response, url, moved_to).await;
            }
            if hop == self.config.max_redirects {
                break;
            }
            url = target(&url, response.headers(), status)?;
            all_permanent &= matches!(status, 301 | 308);
            if all_permanent {
                moved_to = Some(url.to_string());
            }
        }
        Err(NetError::Redirects(self.config.max_redirects))
    }

    /// An IP literal is never asked of the resolver, so it is checked here, on every hop.
    fn check(&self, url: &Url) -> Result<(), NetError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(NetError::Scheme(url.scheme().to_owned()));
        }
        let address = match url.host() {
            Some(Host::Ipv4(v4)) => IpAddr::V4(v4),
            Some(Host::Ipv6(v6)) => IpAddr::V6(v6),
            Some(Host::Domain(_)) => return Ok(()),
            None => return Err(NetError::BadUrl(url.to_string())),
        };
        match self.guard.refuses(address) {
            Some(kind) => {
                let host = url.host_str().unwrap_or_default().to_owned();
                Err(NetError::Forbidden { host, address: address.to_string(), kind })
            }
            None => Ok(()),
        }
    }

    async fn send(
        &self,
        request: &Request,
        url: &Url,
        own: Option<&HeaderMap>,
    ) -> Result<reqwest::Response, NetError> {
        let mut builder = self.http.get(url.clone());
        if let Some(accept) = request.accept {
            builder = builder.header(header::ACCEPT, accept);
        }
        if let Some(etag) = &request.etag {
            builder = builder.header(header::IF_NONE_MATCH, value("If-None-Match", etag)?);
        }
        if let Some(date) = &request.last_modified {
            builder = builder.header(header::IF_MODIFIED_SINCE, value("If-Modified-Since", date)?);
        }
        if let Some(own) = own {
            builder = builder.headers(own.clone());
        }
        builder.send().await.map_err(|e| self.failure(&e, url))
    }

    async fn finish(
        &self,
        mut response: reqwest::Response,
        url: Url,
        moved_to: Option<String>,
    ) -> Result<Response, NetError> {
        let text = |name: HeaderName| {
            response.headers().get(name).map(|v| String::from_utf8_lossy(v.as_bytes()).trim().to_owned())
        };
        let answer = Response {
            status: response.status().as_u16(),
            url: url.to_string(),
            moved_to,
            etag: text(header::ETAG),
            last_modified: text(header::LAST_MODIFIED),
            content_type: text(header::CONTENT_TYPE),
            cache_control: text(header::CACHE_CONTROL),
            retry_after: text(header::RETRY_AFTER),
            expires: text(header::EXPIRES),
            date: text(header::DATE),
            links: response
                .headers()
                .get_all(header::LINK)
                .iter()
                .map(|v| String::from_utf8_lossy(v.as_bytes()).into_owned())
                .collect(),
            body: Bytes::new(),
        };
        let limit = self.config.max_body_bytes;
        let declared = response.content_length().filter(|n| *n > limit as u64);
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(|e| self.failure(&e, &url))? {
            let room = limit.saturating_sub(body.len());
            if chunk.len() > room || declared.is_some() {
                let seen = (body.len() + chunk.len()) as u64;
                body.extend_from_slice(&chunk[..chunk.len().min(HEAD)]);
                body.truncate(HEAD);
                let how = if declared.is_some() { "declared" } else { "read so far" };
                return Err(NetError::TooLarge {
                    limit,
                    seen: declared.unwrap_or(seen),
                    how,
                    head: body.freeze(),
                });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Response { body: body.freeze(), ..answer })
    }

    fn failure(&self, error: &reqwest::Error, url: &Url) -> NetError {
        let mut cause = error.source();
        while let Some(inner) = cause {
            if let Some(own) = inner.downcast_ref::<NetError>() {
                return own.clone();
            }
            cause = inner.source();
        }
        let host = url.host_str().unwrap_or_default().to_owned();
        if error.is_timeout() {
            return if error.is_connect() {
                NetError::Timeout { host, what: "connecting", seconds: self.config.connect_seconds }
            } else {
                NetError::Timeout { host, what: "a pause in the answer", seconds: self.config.idle_seconds }
            };
        }
        if error.is_body() || error.is_decode() {
            return NetError::Body { host, detail: words(error) };
        }
        NetError::Unreachable { host, detail: words(error) }
    }
}

/// An absolute web address without credentials.
///
/// # Errors
/// [`NetError::BadUrl`], [`NetError::Scheme`], [`NetError::Userinfo`].
pub fn parse(text: &str) -> Result<Url, NetError> {
    let url = Url::parse(text.trim()).map_err(|_| NetError::BadUrl(text.to_owned()))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(NetError::Scheme(url.scheme().to_owned()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(NetError::Userinfo);
    }
    Ok(url)
}

fn target(from: &Url, headers: &HeaderMap, status: u16) -> Result<Url, NetError> {
    let location = headers.get(header::LOCATION).ok_or(NetError::NoLocation(status))?;
    let text = String::from_utf8_lossy(location.as_bytes());
    let mut next = from.join(text.trim()).map_err(|_| NetError::BadUrl(text.clone().into_owned()))?;
    if !matches!(next.scheme(), "http" | "https") {
        return Err(NetError::Scheme(next.scheme().to_owned()));
    }
    // A server may not make us log in elsewhere.
    let _ = next.set_username("");
    let _ = next.set_password(None);
    Ok(next)
}

fn own_headers(request: &Request) -> Result<HeaderMap, NetError> {
    let mut headers = HeaderMap::new();
    for (name, text) in &request.headers {
        let mut value = value(name, text)?;
        value.set_sensitive(true);
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| NetError::BadHeader(name.clone()))?;
        headers.insert(name, value);
    }
    Ok(headers)
}

fn value(name: &str, text: &str) -> Result<HeaderValue, NetError> {
    HeaderValue::from_bytes(text.as_bytes()).map_err(|_| NetError::BadHeader(name.to_owned()))
}

/// The innermost cause: the outer ones repeat the address.
fn words(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
