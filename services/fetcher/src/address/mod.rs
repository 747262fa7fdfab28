//! Addresses of articles, in three forms: the link as the wire gave it, which stays with the raw item; [`canon`], the link
//! to show; and [`key()`], which says whether two links lead to one article and is never shown.
//!
//! What `canon` changes never changes which page is shown. What `key` changes may (it drops the scheme, `www.` and AMP).

mod amp;
mod key;
mod page;
mod tracking;

use url::Url;

pub use key::key;
pub use page::canonical_of_page;

/// A link longer than this, in bytes, is nobody's article: it is left as it is.
const LONGEST: usize = 8192;

/// The link to show: host in lower case and IDNA form, without default port, credentials, tracking parameters and fragment
/// (unless the fragment is a page of its own, `#!…` or `#/…`). The order of its query is kept. None where it is no web
/// address.
pub fn canon(link: &str) -> Option<String> {
    parsed(link).map(String::from)
}

/// A host without the labels that serve the same articles in another form (`www.`, `m.`, `mobile.`, `amp.`).
pub(crate) fn bare_host(host: &str) -> String {
    key::bare(host).into_owned()
}

/// As [`canon`], parsed.
pub fn parsed(link: &str) -> Option<Url> {
    if link.len() > LONGEST {
        return None;
    }
    let mut url = Url::parse(link).ok().filter(|u| matches!(u.scheme(), "http" | "https"))?;
    if !url.username().is_empty() || url.password().is_some() {
        // Whoever reads the item is not to log in with the wire's credentials.
        let _ = url.set_username("");
        let _ = url.set_password(None);
    }
    clean_fragment(&mut url);
    clean_query(&mut url);
    // Taking things away never makes a short link longer, but percent-encoding may.
    (url.as_str().len() <= LONGEST).then_some(url)
}

/// Fragments are places in a page, or tracking (`#xtor=RSS-1`, `#?ref=rss&format=simple&link=guid`, `#:~:text=…`); only
/// those that scripts route by are pages.
fn clean_fragment(url: &mut Url) {
    let Some(fragment) = url.fragment() else { return };
    let kept = fragment.split(":~:").next().unwrap_or_default();
    if !(kept.starts_with('!') || kept.starts_with('/')) || kept.len() == 1 {
        url.set_fragment(None);
    } else if kept.len() < fragment.len() {
        let kept = kept.to_owned();
        url.set_fragment(Some(&kept));
    }
}

/// Takes tracking parameters out, byte for byte: what stays is not written anew, since servers may read `%20` and `+`
/// differently.
fn clean_query(url: &mut Url) {
    let Some(query) = url.query() else { return };
    let host = url.host_str().unwrap_or_default();
    let tracks = |pair: &&str| pair.is_empty() || tracking::tracks(host, pair);
    if query.split('&').any(|pair| tracks(&pair)) {
        let kept: Vec<&str> = query.split('&').filter(|pair| !tracks(pair)).collect();
        let kept = kept.join("&");
        url.set_query(Some(kept.as_str()).filter(|q| !q.is_empty()));
    }
}

#[cfg(test)]
mod tests;
