//! What is asked for, and what came back.

use std::collections::BTreeMap;
use std::fmt;

use bytes::Bytes;

/// A GET request, or a form to POST.
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
    /// Headers of the source, perhaps with credentials: sent to the scheme, host and port of `url` alone, never logged.
    pub headers: BTreeMap<String, String>,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("url", &self.url)
            .field("etag", &self.etag)
            .field("last_modified", &self.last_modified)
            .field("headers", &self.headers.keys().map(|k| (k, "***")).collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

/// A response of any status, its body within the cap.
#[derive(Clone, Debug)]
pub struct Response {
    /// Status of the last hop.
    pub status: u16,
    /// Where it was in the end.
    pub url: String,
    /// Where all redirects up to here were permanent (301, 308): the new address.
    pub moved_to: Option<String>,
    /// `ETag`.
    pub etag: Option<String>,
    /// `Last-Modified`.
    pub last_modified: Option<String>,
    /// `Content-Type`, with its parameters.
    pub content_type: Option<String>,
    /// `Cache-Control`.
    pub cache_control: Option<String>,
    /// `Retry-After`, as sent: seconds or a date.
    pub retry_after: Option<String>,
    /// `Expires`, as sent.
    pub expires: Option<String>,
    /// `Date`, as sent: what `Expires` is relative to.
    pub date: Option<String>,
    /// `Link` headers, as sent.
    pub links: Vec<String>,
    /// Body, decompressed.
    pub body: Bytes,
}
