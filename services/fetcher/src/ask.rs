//! What is asked of a source: one place where its configuration becomes a request.

use wiredesk_net::Request;
use wiredesk_store::source::Validators;

use crate::source::SourceConfig;

/// What documents are asked for in.
const ACCEPT: &str = "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5";

/// A request for a document of a source, at its own address or another of its addresses. With `validators` it is
/// conditional: both are sent, as RFC 9110 (13.1) wants it.
pub fn request_of(source: &SourceConfig, url: &str, validators: Option<&Validators>) -> Request {
    Request {
        url: url.to_owned(),
        etag: validators.and_then(|v| v.etag.clone()),
        last_modified: validators.and_then(|v| v.last_modified.clone()),
        accept: Some(ACCEPT),
        headers: source.revealed_headers(),
        user_agent: source.user_agent.clone(),
        cookie: source.revealed_cookie(),
        proxy: source.revealed_proxy(),
        ..Request::default()
    }
}
