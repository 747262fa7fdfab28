//! What a page says its own address is.

use url::Url;

use crate::html::{Token, attribute, tokens};

/// Pages name their address in their head; more than this is not looked at, in bytes.
const LOOKED_AT: usize = 512 * 1024;

/// The address that an article page names as its own by `<link rel="canonical">`, cleaned as by [`super::canon`]; `base` is
/// where the page was fetched. Only one on the same registrable domain counts, since whoever writes a page may else claim any
/// other. None also where the page contradicts itself, and where it names the front page, as broken templates do.
pub fn canonical_of_page(html: &str, base: &Url) -> Option<Url> {
    let mut base_of_links = None;
    let mut named: Option<Url> = None;
    for token in tokens(&html[..html.floor_char_boundary(LOOKED_AT)]) {
        match token {
            Token::Open { name, attributes } if name.eq_ignore_ascii_case("base") => {
                let href = attribute(attributes, "href").and_then(|h| base.join(h.trim()).ok());
                base_of_links = base_of_links.or(href);
            }
            Token::Open { name, attributes } if name.eq_ignore_ascii_case("link") => {
                let rel = attribute(attributes, "rel").unwrap_or_default();
                if !rel.split_ascii_whitespace().any(|r| r.eq_ignore_ascii_case("canonical")) {
                    continue;
                }
                let Some(href) = attribute(attributes, "href").filter(|h| !h.trim().is_empty()) else {
                    continue;
                };
                let from = base_of_links.as_ref().unwrap_or(base);
                let Some(url) = from.join(href.trim()).ok().and_then(|u| super::parsed(u.as_str())) else {
                    continue;
                };
                if named.as_ref().is_some_and(|n| *n != url) {
                    return None;
                }
                named = Some(url);
            }
            // What readers write stands below.
            Token::Open { name, .. } if name.eq_ignore_ascii_case("body") => break,
            Token::Close(name) if name.eq_ignore_ascii_case("head") => break,
            _ => {}
        }
    }
    named.filter(|url| {
        same_site(url, base) && (url.path() != "/" || url.query().is_some() || base.path() == "/")
    })
}

/// One registrable domain; hosts without one (addresses, names within a network) must be equal.
pub(crate) fn same_site(a: &Url, b: &Url) -> bool {
    let (Some(a), Some(b)) = (a.host_str(), b.host_str()) else { return false };
    a == b || psl::domain_str(a).is_some_and(|site| Some(site) == psl::domain_str(b))
}
