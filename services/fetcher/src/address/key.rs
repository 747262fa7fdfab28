//! The key of a link: equal for the links of one article.

use std::borrow::Cow;
use std::fmt::Write as _;

use url::Url;

use super::{amp, parsed, tracking};

/// Labels of hosts that serve a site's articles in another form. (`ww2.`, `www3.` are their own servers at times.)
const FORMS: &[&str] = &["www", "m", "mobile", "amp"];

/// What two links to one article share: host without `www.`, `m.`, `mobile.`, `amp.`, path and query; without scheme, AMP's
/// marks and caches, tracking, and trailing slash; percent-encoding in one form, the query sorted. None where it is no web
/// address. It is no address to show or to fetch.
pub fn key(link: &str) -> Option<String> {
    let mut url = parsed(link)?;
    // A cache in a cache in …: each turn is shorter than the one before.
    loop {
        let written = decoded(&url[url::Position::BeforePath..], false);
        if let Some(article) = inside(url.host_str()?, &written) {
            url = article;
            continue;
        }
        let key = of(&url)?;
        // What stood before a mark of AMP may read as a cache's address once the mark is gone.
        let path = key.find('/').unwrap_or(key.len());
        match inside(&key[..path], &key[path..]) {
            Some(article) => url = article,
            None => return Some(key),
        }
    }
}

/// The article that a cache's address names.
fn inside(host: &str, path_and_query: &str) -> Option<Url> {
    parsed(&format!("https://{}", amp::unwrapped(host, path_and_query)?))
}

fn of(url: &Url) -> Option<String> {
    let mut out = String::with_capacity(url.as_str().len());
    let host = url.host_str()?;
    out.push_str(&bare(host));
    // Without scheme, the usual port of either is none.
    if let Some(port) = url.port().filter(|p| !matches!(p, 80 | 443)) {
        let _ = write!(out, ":{port}");
    }
    let mut path = decoded(url.path(), false).into_owned();
    if let Some(session) = path.find(";jsessionid=") {
        path.truncate(session);
    }
    amp::path(&mut path);
    out.push_str(&path);
    let mut pairs: Vec<Cow<'_, str>> = url
        .query()
        .into_iter()
        .flat_map(|q| q.split('&'))
        .filter(|pair| !pair.is_empty())
        .map(|pair| decoded(pair, true))
        // Once more: what tracks may have been encoded.
        .filter(|pair| !amp::asks(pair) && !tracking::is_session(pair) && !tracking::tracks(host, pair))
        .collect();
    // By name alone and stable: what is repeated keeps its order.
    pairs.sort_by(|a, b| name(a).cmp(name(b)));
    for (at, pair) in pairs.iter().enumerate() {
        out.push(if at == 0 { '?' } else { '&' });
        out.push_str(pair);
    }
    if let Some(fragment) = url.fragment() {
        out.push('#');
        out.push_str(fragment);
    }
    Some(out)
}

fn name(pair: &str) -> &str {
    pair.split('=').next().unwrap_or_default()
}

/// A host without the labels of its forms, as long as they stand before its registrable domain.
pub(crate) fn bare(host: &str) -> Cow<'_, str> {
    let host = host.trim_end_matches('.');
    if !host.split('.').any(|label| FORMS.contains(&label)) {
        return Cow::Borrowed(host);
    }
    let Some(site) = psl::domain_str(host) else { return Cow::Borrowed(host) };
    let Some(before) = host.len().checked_sub(site.len()).and_then(|n| host.get(..n)) else {
        return Cow::Borrowed(host);
    };
    let kept: String =
        before.split_terminator('.').filter(|l| !FORMS.contains(l)).flat_map(|l| [l, "."]).collect();
    Cow::Owned(kept + site)
}

/// Percent-encoding in one form: letters, digits and `-._~` are written plainly (RFC 3986, 6.2.2.2), hexadecimal digits large;
/// in a query, a plus sign is the space that it stands for.
pub(crate) fn decoded(text: &str, query: bool) -> Cow<'_, str> {
    if !text.bytes().any(|b| b == b'%' || (query && b == b'+')) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(|c| c == '%' || (query && c == '+')) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix('+') {
            out.push_str("%20");
            rest = after;
            continue;
        }
        let octet = rest.get(1..3).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match octet.filter(|_| rest.as_bytes().get(1) != Some(&b'+')) {
            Some(octet) => {
                if octet.is_ascii_alphanumeric() || b"-._~".contains(&octet) {
                    out.push(char::from(octet));
                } else {
                    let _ = write!(out, "%{octet:02X}");
                }
                rest = &rest[3..];
            }
            None => {
                out.push('%');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}
