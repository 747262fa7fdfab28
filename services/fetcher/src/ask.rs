//! What is asked on behalf of a source: one place where its configuration becomes requests.

use url::Url;
use wiredesk_net::Request;
use wiredesk_store::source::Validators;

use crate::source::SourceConfig;

/// What documents are asked for in.
const DOCUMENTS: &str = "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5";
/// What article pages are asked for in.
const PAGES: &str = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.5";
/// What robots.txt is asked for in.
const ROBOTS: &str = "text/plain,*/*;q=0.5";

/// A request for a document of a source, at its own address or another of its addresses. With `validators` it is
/// conditional: both are sent, as RFC 9110 (13.1) wants it.
pub fn request_of(source: &SourceConfig, url: &str, validators: Option<&Validators>) -> Request {
    Request {
        etag: validators.and_then(|v| v.etag.clone()),
        last_modified: validators.and_then(|v| v.last_modified.clone()),
        accept: Some(DOCUMENTS),
        headers: source.revealed_headers(),
        cookie: source.revealed_cookie(),
        ..reached(source, url.to_owned())
    }
}

/// A request for the page of an entry. The source's credentials are for its own scheme, host and port alone.
pub fn page_of(source: &SourceConfig, link: &str) -> Request {
    let own = same_origin(&source.url, link);
    Request {
        accept: Some(PAGES),
        headers: if own { source.revealed_headers() } else { Default::default() },
        cookie: if own { source.revealed_cookie() } else { None },
        ..reached(source, link.to_owned())
    }
}

/// A request for the robots.txt that holds for a page.
pub fn robots_of(source: &SourceConfig, page: &Url) -> Request {
    let mut url = page.clone();
    url.set_path("/robots.txt");
    url.set_query(None);
    url.set_fragment(None);
    Request { accept: Some(ROBOTS), ..reached(source, url.into()) }
}

/// A bare request on the way that leads to a source's servers: who asks, and through what.
pub fn reached(source: &SourceConfig, url: String) -> Request {
    Request {
        url,
        user_agent: source.user_agent.clone(),
        proxy: source.revealed_proxy(),
        http1_only: source.http1_only,
        ..Request::default()
    }
}

fn same_origin(a: &str, b: &str) -> bool {
    let origin = |u: &str| Url::parse(u).map(|u| u.origin()).ok();
    origin(a).is_some() && origin(a) == origin(b)
}

#[cfg(test)]
mod tests {
    use wiredesk_runtime::Secret;

    use super::*;

    #[test]
    fn a_page_is_reached_like_its_feed_and_gets_credentials_on_its_own_origin_alone() {
        let source = SourceConfig {
            url: "https://wire.example/feed".to_owned(),
            user_agent: Some("desk".to_owned()),
            proxy: Some(Secret::new("http://proxy.example:3128".to_owned())),
            cookie: Some(Secret::new("paid=1".to_owned())),
            headers: [("Authorization".to_owned(), Secret::new("Bearer s3same".to_owned()))].into(),
            http1_only: true,
            ..SourceConfig::default()
        };
        for (link, told) in [
            ("https://wire.example/2026/a", true),
            ("https://wire.example:443/b", true),
            ("http://wire.example/a", false),
            ("https://wire.example:8443/a", false),
            ("https://other.example/a", false),
            ("no address", false),
        ] {
            let page = page_of(&source, link);
            assert_eq!((!page.headers.is_empty(), page.cookie.is_some()), (told, told), "{link}");
            assert!(page.user_agent.is_some() && page.proxy.is_some() && page.http1_only, "{link}");
        }
        let robots = robots_of(&source, &Url::parse("https://wire.example/a?b#c").unwrap());
        assert_eq!(robots.url, "https://wire.example/robots.txt");
        assert!(robots.headers.is_empty() && robots.cookie.is_none() && robots.proxy.is_some());
    }
}
