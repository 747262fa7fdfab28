//! Headers: those of a request, and what a poller needs of a response's.

use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};

use crate::encoding;
use crate::error::NetError;
use crate::request::{Request, Response};

/// Most headers of a response that are read.
pub(crate) const MOST: usize = 100;

/// The client's own to set: what frames a message, and what is for the proxy.
const NOT_THE_SOURCES: [HeaderName; 9] = [
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::EXPECT,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    HeaderName::from_static("keep-alive"),
];

/// The headers of one hop; those that belong to the source only where the hop is `at_home`.
pub(crate) fn of_request(
    request: &Request,
    agent: &HeaderValue,
    at_home: bool,
) -> Result<HeaderMap, NetError> {
    let mut headers = HeaderMap::with_capacity(8 + request.headers.len());
    headers.insert(header::USER_AGENT, agent.clone());
    headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(encoding::ACCEPTED));
    headers.insert(header::ACCEPT, HeaderValue::from_static(request.accept.unwrap_or("*/*")));
    if !request.posts() {
        if let Some(etag) = &request.etag {
            headers.insert(header::IF_NONE_MATCH, value("If-None-Match", etag)?);
        }
        if let Some(date) = &request.last_modified {
            headers.insert(header::IF_MODIFIED_SINCE, value("If-Modified-Since", date)?);
        }
    }
    if !at_home {
        return Ok(headers);
    }
    if let Some(agent) = &request.user_agent {
        headers.insert(header::USER_AGENT, secret("User-Agent", agent)?);
    }
    if let Some(cookie) = &request.cookie {
        headers.insert(header::COOKIE, secret("Cookie", cookie)?);
    }
    for (name, text) in &request.headers {
        let bad = || NetError::BadHeader(name.clone());
        let known = HeaderName::from_bytes(name.as_bytes()).map_err(|_| bad())?;
        if NOT_THE_SOURCES.contains(&known) {
            return Err(bad());
        }
        headers.insert(known, secret(name, text)?);
    }
    Ok(headers)
}

fn value(name: &str, text: &str) -> Result<HeaderValue, NetError> {
    HeaderValue::from_bytes(text.as_bytes()).map_err(|_| NetError::BadHeader(name.to_owned()))
}

/// A value that is not shown in any log.
fn secret(name: &str, text: &str) -> Result<HeaderValue, NetError> {
    let mut value = value(name, text)?;
    value.set_sensitive(true);
    Ok(value)
}

/// The value of `User-Agent` for all requests.
///
/// # Errors
/// [`NetError::BadHeader`].
pub(crate) fn agent(text: &str) -> Result<HeaderValue, NetError> {
    value("User-Agent", text)
}

/// Are they within the caps?
pub(crate) fn within(headers: &HeaderMap, limit: usize) -> bool {
    headers.len() <= MOST
        && headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum::<usize>() <= limit
}

/// A response's headers; status, address and body are still to be set.
pub(crate) fn of_response(headers: &HeaderMap) -> Response {
    let shown = |v: &HeaderValue| String::from_utf8_lossy(v.as_bytes()).trim().to_owned();
    let text = |name: HeaderName| headers.get(name).map(shown);
    let all = |name: HeaderName| headers.get_all(name).iter().map(shown).collect::<Vec<_>>();
    let cache_control = all(header::CACHE_CONTROL);
    Response {
        etag: text(header::ETAG),
        last_modified: text(header::LAST_MODIFIED),
        content_type: text(header::CONTENT_TYPE),
        cache_control: (!cache_control.is_empty()).then(|| cache_control.join(", ")),
        retry_after: text(header::RETRY_AFTER),
        expires: text(header::EXPIRES),
        date: text(header::DATE),
        links: all(header::LINK),
        ..Response::default()
    }
}
