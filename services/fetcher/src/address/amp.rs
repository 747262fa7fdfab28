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
    (host.contains('.') && !host.starts_with('.')).then_some(inside)
}

/// Does a piece of a query ask for the AMP form?
pub(super) fn asks(pair: &str) -> bool {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    let amp = value.eq_ignore_ascii_case("amp");
    (name.eq_ignore_ascii_case("amp") && matches!(value, "" | "1" | "true"))
        || (amp && ["outputtype", "output", "view", "service"].iter().any(|n| name.eq_ignore_ascii_case(n)))
}

/// A path without the marks of its AMP form: a segment `amp` before or after the article's own, or `.amp`, `_amp`, `.amp.html`
/// at the end. The path of the front page of an AMP site (`/amp`) stays.
pub(super) fn path(path: &mut String) {
    loop {
        let before = path.len();
        if path.len() > 1 && path.ends_with('/') {
            path.pop();
        }
        for (ending, instead) in [
            (".amp.html", ".html"),
            ("_amp.html", ".html"),
            ("/amp.html", ""),
            ("/index.amp", ""),
            (".amp", ""),
            ("/amp", ""),
        ] {
            let Some(start) = path.len().checked_sub(ending.len()) else { continue };
            let found = path.get(start..).is_some_and(|end| end.eq_ignore_ascii_case(ending));
            // Not the name itself: `/.amp` is no AMP form of `/`.
            if found && start > 0 && !path[..start].ends_with('/') {
                path.truncate(start);
                path.push_str(instead);
                break;
            }
        }
        // `/amp/politics/one-2`, as some publishers have it.
        let second = path.get(..5).filter(|p| p.eq_ignore_ascii_case("/amp/")).map(|_| &path[4..]);
        if let Some(rest) = second.filter(|r| r[1..].contains('/')) {
            *path = rest.to_owned();
        }
        if path.len() == before {
            return;
        }
    }
}
