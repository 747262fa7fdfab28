//! The transport's errors in this crate's terms, and in words that hold no credential.

use std::error::Error;
use std::io;

use url::Url;

use crate::config::NetConfig;
use crate::error::NetError;
use crate::headers;
use crate::proxy::Proxy;
use crate::tls;

/// What hyper says of too many or too large headers; only its server side has a method to ask. A test over the wire holds
/// it to that.
const HEAD_TOO_LARGE: &str = "message head is too large";

/// What an error of the transport means.
pub(crate) fn of(error: &reqwest::Error, url: &Url, proxy: Option<&Proxy>, config: &NetConfig) -> NetError {
    let host = url.host_str().unwrap_or_default().to_owned();
    for cause in Causes(Some(error)) {
        if let Some(own) = cause.downcast_ref::<NetError>() {
            return own.clone();
        }
        if let Some(tls) = cause.downcast_ref::<rustls::Error>() {
            return NetError::Tls { host, detail: tls::words(tls) };
        }
    }
    if error.is_timeout() {
        return if error.is_connect() {
            NetError::Timeout { host, what: "connecting", seconds: config.connect_seconds }
        } else {
            NetError::Timeout { host, what: "a pause in the answer", seconds: config.idle_seconds }
        };
    }
    let detail = words(error);
    if detail == HEAD_TOO_LARGE {
        return NetError::Headers { host, limit: config.max_header_bytes, count: headers::MOST };
    }
    if error.is_body() || error.is_decode() {
        return NetError::Body { host, detail };
    }
    match proxy {
        Some(proxy) if error.is_connect() => NetError::Proxy { host, proxy: proxy.shown(), detail },
        _ => NetError::Unreachable { host, detail },
    }
}

/// The innermost cause: the outer ones repeat the address.
pub(crate) fn words(error: &(dyn Error + 'static)) -> String {
    Causes(Some(error)).last().map(ToString::to_string).unwrap_or_default()
}

/// An error and its causes, inwards. [`io::Error`] leaves the error that it carries out of its `source`.
struct Causes<'a>(Option<&'a (dyn Error + 'static)>);

impl<'a> Iterator for Causes<'a> {
    type Item = &'a (dyn Error + 'static);

    fn next(&mut self) -> Option<Self::Item> {
        let error = self.0?;
        let carried = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        self.0 = match carried {
            Some(inner) => Some(inner),
            None => error.source(),
        };
        Some(error)
    }
}
