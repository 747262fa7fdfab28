//! What a page, and the headers that it came with, name as feeds.

use url::Url;

use super::places;
use crate::html::{Token, attribute, tokens};

/// Feeds that a page names.
#[derive(Debug, Default, PartialEq)]
pub struct Named {
    /// By `<link>`, in order.
    pub declared: Vec<Url>,
    /// By `<a>` whose address looks like a feed's, in order.
    pub linked: Vec<Url>,
}

/// Most links of a page that look like feeds: lists of all feeds of a site have hundreds.
const LINKED: usize = 20;

/// Reads a page that was fetched at `at`.
pub fn read(html: &str, at: &Url) -> Named {
    let mut named = Named::default();
    let mut base: Option<Url> = None;
    for token in tokens(html) {
        let Token::Open { name, attributes } = token else { continue };
        let href = || attribute(attributes, "href").filter(|h| !h.trim().is_empty());
        let from = base.as_ref().unwrap_or(at);
        if name.eq_ignore_ascii_case("base") && base.is_none() {
            base = href().and_then(|h| at.join(h.trim()).ok());
        } else if name.eq_ignore_ascii_case("link") {
            let rel = attribute(attributes, "rel").unwrap_or_default();
            let kind = attribute(attributes, "type").unwrap_or_default();
            let title = attribute(attributes, "title").unwrap_or_default();
            if is_feed(&rel, &kind)
                && let Some(url) = href().and_then(|h| web(from, &h))
                && !places::is_for_comments(&url, &title)
            {
                named.declared.push(url);
            }
        } else if name.eq_ignore_ascii_case("a") && named.linked.len() < LINKED {
            let looks = |url: &Url| places::looks_like_a_feed(url) && !places::is_for_comments(url, "");
            named.linked.extend(href().and_then(|h| web(from, &h)).filter(looks));
        }
    }
    named
}

/// Feeds that `Link` headers name (RFC 8288).
pub fn named_by_headers(links: &[String], at: &Url) -> Vec<Url> {
    links.iter().flat_map(|header| header.split(", <")).filter_map(|link| of_header(link, at)).collect()
}

/// One link of such a header: `<address>; rel="…"; type="…"`.
fn of_header(link: &str, at: &Url) -> Option<Url> {
    let (address, rest) = link.trim().trim_start_matches('<').split_once('>')?;
    let parameter = |wanted: &str| {
        rest.split(';').find_map(|p| {
            let (name, value) = p.split_once('=')?;
            name.trim().eq_ignore_ascii_case(wanted).then(|| value.trim().trim_matches('"').to_owned())
        })
    };
    let (rel, kind) = (parameter("rel")?, parameter("type").unwrap_or_default());
    if is_feed(&rel, &kind) { web(at, address) } else { None }
}

/// Types of `rel="alternate"` that are feeds. `application/json` is not: WordPress gives it to each post.
const TYPES: &[&str] = &[
    "application/rss+xml",
    "application/atom+xml",
    "application/feed+json",
    "application/rdf+xml",
    "application/x.atom+xml",
    "application/x-atom+xml",
    "text/rss+xml",
    "text/rss",
];

fn is_feed(rel: &str, kind: &str) -> bool {
    let rel = |name: &str| rel.split_ascii_whitespace().any(|r| r.eq_ignore_ascii_case(name));
    let kind = kind.split(';').next().unwrap_or_default().trim();
    rel("feed") || (rel("alternate") && TYPES.iter().any(|t| t.eq_ignore_ascii_case(kind)))
}

/// A web address; `feed:` is how some pages write one for programs.
fn web(from: &Url, href: &str) -> Option<Url> {
    let href = href.trim();
    let href = match href.strip_prefix("feed:") {
        Some(rest) if rest.starts_with("//") => format!("https:{rest}"),
        Some(rest) => rest.to_owned(),
        None => href.to_owned(),
    };
    let mut url = from.join(&href).ok().filter(|u| matches!(u.scheme(), "http" | "https"))?;
    url.set_fragment(None);
    Some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn urls(urls: &[Url]) -> Vec<&str> {
        urls.iter().map(Url::as_str).collect()
    }

    #[test]
    fn what_a_page_names() {
        let at = Url::parse("https://w.example/es/portada").unwrap();
        let html = r##"
            <link rel="alternate" type="application/rss+xml" title="Diario &raquo; Feed" href="/feed/?a=1&amp;b=2">
            <link href=atom.xml rel=alternate type="application/atom+xml; charset=utf-8">
            <LINK REL="Feed" HREF="feed://w.example/f.json#x">
            <link rel="alternate" type="application/rss+xml" title="Comentarios" href="/comments/feed/">
            <link rel="alternate" type="application/json" href="/wp-json/wp/v2/posts/1">
            <link rel="alternate" hreflang="fr" href="/fr/">
            <link rel="alternate stylesheet" type="text/css" href="/rss.css">
            <link rel="alternate" type="application/rss+xml" href="">
            <a href="/rss/deportes.xml">Deportes</a> <a href="/rss">todos</a> <a href="/nota/2">Nota</a>
            <a href="mailto:rss@w.example">RSS</a> <script>"<a href=/js.rss>"</script>"##;
        let named = read(html, &at);
        assert_eq!(
            urls(&named.declared),
            ["https://w.example/feed/?a=1&b=2", "https://w.example/es/atom.xml", "https://w.example/f.json"]
        );
        assert_eq!(urls(&named.linked), ["https://w.example/rss/deportes.xml", "https://w.example/rss"]);
        let based = read("<base href='https://cdn.example/x/'><link rel=feed href=f>", &at);
        assert_eq!(urls(&based.declared), ["https://cdn.example/x/f"]);
    }

    #[test]
    fn what_headers_name() {
        let at = Url::parse("https://w.example/").unwrap();
        let links = [
            "</wp-json/>; rel=\"https://api.w.org/\", </feed>; rel=\"alternate\"; type=\"application/rss+xml\"".to_owned(),
            "<https://f.example/a>; rel=feed".to_owned(),
            "<x".to_owned(),
        ];
        assert_eq!(urls(&named_by_headers(&links, &at)), ["https://w.example/feed", "https://f.example/a"]);
    }
}
