//! AMP: the copies of articles for phones, and the caches that serve them.

/// Caches that carry the article's address in their path, after these prefixes; `s/` says https.
const CACHES: &[(&str, &[&str])] = &[
    ("cdn.ampproject.org", &["/c/", "/v/", "/wp/c/", "/wp/v/", "/a/c/", "/ii/", "/i/"]),
    ("bing-amp.com", &["/c/", "/v/", "/a/c/"]),
    ("google.com", &["/amp/"]),
    ("bing.com", &["/amp/"]),
];

/// The address inside a cache's, scheme-less.
pub(super) fn unwrapped<'a>(host: &str, path_and_query: &'a str) -> Option<&'a str> {
    let below = |domain: &str| host.strip_suffix(domain).is_some_and(|b| b.is_empty() || b.ends_with('.'));
    let (_, prefixes) = CACHES.iter().find(|(domain, _)| below(domain))?;
    let inside = prefixes.iter().find_map(|p| path_and_query.strip_prefix(p))?;
    let inside = inside.strip_prefix("s/").unwrap_or(inside);
    let host = inside.split(['/', '?']).next().unwrap_or_default();
    // Google has pages of its own under /amp/.
    (host.contains('.') && host.split('.').all(|label| !label.is_empty())).then_some(inside)
}

/// Does a piece of a query ask for the AMP form?
pub(super) fn asks(pair: &str) -> bool {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    let is = |names: &[&str]| names.iter().any(|n| name.eq_ignore_ascii_case(n));
    (is(&["amp", "_amp", "hs_amp"]) && matches!(value, "" | "1" | "true" | "y" | "yes"))
        || (value.eq_ignore_ascii_case("amp") && is(&["outputtype", "output", "view", "service"]))
}

/// What the file names of AMP forms end in, before their extension.
const MARKS: &[&str] = &[".amp", "_amp", "~amp"];
/// Extensions that may stand after the mark.
const EXTENSIONS: &[&str] = &[".html", ".htm", ".shtml", ".php"];

/// A path without the marks of its AMP form and without trailing slash: a segment `amp` after the article's own, or before it
/// where the article's own says something; `.amp`, `_amp`, `~amp` at the end of its file name. The front page of an AMP site
/// (`/amp`) stays.
pub(super) fn path(path: &mut String) {
    loop {
        let before = path.len();
        if path.len() > 1 && path.ends_with('/') {
            path.pop();
        }
        unmark_file(path);
        for ending in ["/amp.html", "/index.amp", "/amp"] {
            let start = path.len().saturating_sub(ending.len());
            let found = path.get(start..).is_some_and(|end| end.eq_ignore_ascii_case(ending));
            // `//amp` has nothing before it that could be an article.
            if found && start > 0 && !path[..start].ends_with('/') {
                path.truncate(start);
            }
        }
        if let Some(at) = segment_before_an_article(path) {
            path.replace_range(at..at + 4, "");
        }
        if path.len() == before {
            return;
        }
    }
}

fn unmark_file(path: &mut String) {
    let file = path.rfind('/').map_or(0, |n| n + 1);
    let dot = path[file..].rfind('.').map(|n| file + n).filter(|dot| EXTENSIONS.contains(&&path[*dot..]));
    let stem = dot.unwrap_or(path.len());
    for mark in MARKS {
        let Some(start) = stem.checked_sub(mark.len()).filter(|s| *s > file) else { continue };
        // What is left must be a name: `..amp` without its mark would be a step in the path.
        let named = path.get(file..start).is_some_and(|name| !name.bytes().all(|b| b == b'.'));
        if named && path.get(start..stem).is_some_and(|end| end.eq_ignore_ascii_case(mark)) {
            path.replace_range(start..stem, "");
            return;
        }
    }
}

/// Where `/amp` stands before an article's own segment: one with a number or a headline.
fn segment_before_an_article(path: &str) -> Option<usize> {
    let last = path.rsplit('/').next().unwrap_or_default();
    if !(last.contains(|c: char| c.is_ascii_digit()) || last.contains('-')) {
        return None;
    }
    let mut at = 0;
    for segment in path.split('/') {
        let end = at + segment.len();
        if at > 0 && end < path.len() && segment.eq_ignore_ascii_case("amp") {
            return Some(at - 1);
        }
        at = end + 1;
    }
    None
}
