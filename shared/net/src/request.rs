//! What is asked for, and what came back.

use std::collections::BTreeMap;
use std::fmt;

use bytes::Bytes;

/// A GET request, or a form or a JSON document to POST.
///
/// What belongs to the source (`headers`, `cookie`, `user_agent`) is sent to the scheme, host and port of `url` alone, and
/// no more once a redirect has led elsewhere, even back; none of it is logged.
#[derive(Clone, Default)]
pub struct Request {
    /// Absolute address.
    pub url: String,
    /// Sent as `If-None-Match`.
    pub etag: Option<String>,
    /// Sent as `If-Modified-Since`.
    pub last_modified: Option<String>,
    /// Sent as `Accept`.
    pub accept: Option<&'static str>,
    /// Fields of a form: the request is a POST then, and its redirects are not followed.
    pub form: Option<Vec<(String, String)>>,
    /// A JSON document: the request is a POST then, and its redirects are not followed.
    pub json: Option<Bytes>,
    /// Headers of the source, perhaps with credentials; they go before all others of their names.
    pub headers: BTreeMap<String, String>,
    /// Sent as `User-Agent` instead of the client's own.
    pub user_agent: Option<String>,
    /// Sent as `Cookie`.
    pub cookie: Option<String>,
    /// Proxy that all hops go through: `http://host:port`, `https://host:port` or `socks5://host:port`, perhaps with
    /// credentials. The environment's proxies are never used.
    pub proxy: Option<String>,
    /// Never speak HTTP/2: for servers that do it badly.
    pub http1_only: bool,
}

impl Request {
    /// Does it send something?
    pub(crate) fn posts(&self) -> bool {
        self.form.is_some() || self.json.is_some()
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let masked = |o: &Option<String>| o.as_ref().map(|_| "***");
        let form = self.form.as_ref().map(|f| f.iter().map(|(k, _)| (k, "***")).collect::<Vec<_>>());
        f.debug_struct("Request")
            .field("url", &crate::location::shown(&self.url))
            .field("etag", &self.etag)
            .field("last_modified", &self.last_modified)
            .field("accept", &self.accept)
            .field("form", &form)
            .field("json", &self.json.as_ref().map(Bytes::len))
            .field("headers", &self.headers.keys().map(|k| (k, "***")).collect::<Vec<_>>())
            .field("user_agent", &masked(&self.user_agent))
            .field("cookie", &masked(&self.cookie))
            .field("proxy", &masked(&self.proxy))
            .field("http1_only", &self.http1_only)
            .finish()
    }
}

/// One redirect that was followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// 301, 302, 303, 307 or 308.
    pub status: u16,
    /// Where it led, absolute and without credentials.
    pub to: String,
}

/// A response of any status, its body within the cap.
#[derive(Clone, Debug, Default)]
pub struct Response {
    /// Status of the last hop.
    pub status: u16,
    /// Where it was in the end.
    pub url: String,
    /// The redirects that led there, in order.
    pub redirects: Vec<Redirect>,
    /// The address after the last redirect up to which all were permanent (301, 308); `None` where the first one was not.
    pub moved_to: Option<String>,
    /// `ETag`.
    pub etag: Option<String>,
    /// `Last-Modified`.
    pub last_modified: Option<String>,
    /// `Content-Type`, with its parameters.
    pub content_type: Option<String>,
    /// `Cache-Control`; several are joined with commas.
    pub cache_control: Option<String>,
    /// `Retry-After`, as sent: seconds or a date.
    pub retry_after: Option<String>,
    /// `Expires`, as sent.
    pub expires: Option<String>,
    /// `Date`, as sent: what `Expires` is relative to.
    pub date: Option<String>,
    /// `Link` headers, as sent.
    pub links: Vec<String>,
    /// Body, decompressed. Of a status other than 2xx only what came of its first 64 KiB within five seconds: an error
    /// page's faults do not hide the status.
    pub body: Bytes,
}
