//! Which hubs a feed names, and under which address they know it: the `Link` headers, then the document (WebSub, section 4).

use url::Url;

use crate::read::FeedMeta;

/// Most hubs of a feed that are looked at.
const MOST_HUBS: usize = 4;
/// Longest address that is believed.
const LONGEST: usize = 2048;

/// What a feed says about its hubs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offered {
    /// Its own address: what is subscribed to.
    pub topic: String,
    /// Its hubs, in its order; at least one.
    pub hubs: Vec<String>,
}

/// What a feed that was had at `url` offers; None where it names no hub. Headers go before the document, as the
/// Recommendation has it; a feed that names a hub but not itself is known by the address that it was had at.
pub fn offered(links: &[String], meta: &FeedMeta, url: &str) -> Option<Offered> {
    let base = Url::parse(url).ok()?;
    let in_headers: Vec<(String, String)> = links.iter().flat_map(|l| parse(l)).collect();
    let with = |rel: &str| -> Vec<String> {
        let named = in_headers
            .iter()
            .filter(|(_, rels)| rels.split_ascii_whitespace().any(|r| r.eq_ignore_ascii_case(rel)));
        named.filter_map(|(target, _)| absolute(&base, target)).collect()
    };
    let mut hubs = with("hub");
    if hubs.is_empty() {
        hubs = meta.hubs.iter().filter_map(|h| absolute(&base, h)).collect();
    }
    let mut kept: Vec<String> = Vec::new();
    for hub in hubs {
        if !kept.contains(&hub) && kept.len() < MOST_HUBS {
            kept.push(hub);
        }
    }
    let own = || meta.self_link.as_deref().and_then(|l| absolute(&base, l));
    let topic = with("self").into_iter().next().or_else(own).or_else(|| absolute(&base, url))?;
    (!kept.is_empty()).then_some(Offered { topic, hubs: kept })
}

/// A web address without credentials or fragment, short enough to be one.
fn absolute(base: &Url, text: &str) -> Option<String> {
    let mut url = base.join(text.trim()).ok()?;
    url.set_fragment(None);
    let good =
        matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none();
    (good && url.as_str().len() <= LONGEST).then(|| url.into())
}

/// The targets and relations of a `Link` header (RFC 8288), as far as they can be read.
fn parse(header: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = header;
    while let Some((_, after)) = rest.split_once('<') {
        let Some((target, parameters)) = after.split_once('>') else { break };
        let (own, next) = parameters.split_at(end_of_value(parameters));
        if let Some(rels) = relation(own) {
            found.push((target.to_owned(), rels));
        }
        rest = next;
    }
    found
}

/// Where the comma outside quotes is that ends a link's parameters.
fn end_of_value(text: &str) -> usize {
    let (mut quoted, mut escaped) = (false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ',' if !quoted => return at,
            _ => {}
        }
    }
    text.len()
}

fn relation(parameters: &str) -> Option<String> {
    let mut rest = parameters;
    loop {
        let at = rest.find(';')?;
        rest = rest[at + 1..].trim_start();
        let name_end = rest.find(['=', ';']).unwrap_or(rest.len());
        let (name, after) = rest.split_at(name_end);
        let Some(value) = after.strip_prefix('=') else { continue };
        let value = value.trim_start();
        let (value, after) = match value.strip_prefix('"') {
            Some(quoted) => {
                let end = quoted.find('"').unwrap_or(quoted.len());
                (&quoted[..end], quoted.get(end + 1..).unwrap_or_default())
            }
            None => value.split_at(value.find(';').unwrap_or(value.len())),
        };
        // The first one counts; others are to be passed over.
        if name.trim().eq_ignore_ascii_case("rel") {
            return Some(value.trim().to_owned());
        }
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const URL: &str = "https://wire.example/feed";

    fn of(links: &[&str], meta: &FeedMeta) -> Option<(String, Vec<String>)> {
        let links: Vec<String> = links.iter().map(|l| (*l).to_owned()).collect();
        offered(&links, meta, URL).map(|o| (o.topic, o.hubs))
    }

    #[test]
    fn the_hubs_of_a_feed() {
        let none = FeedMeta::default();
        let own = FeedMeta {
            hubs: vec![
                "https://hub.example/".into(),
                "https://hub.example/".into(),
                "javascript:alert(1)".into(),
            ],
            self_link: Some("/feed?of=doc#top".into()),
            ..FeedMeta::default()
        };
        let told = |topic: &str, hubs: &[&str]| {
            Some((format!("https://wire.example{topic}"), hubs.iter().map(|h| (*h).to_owned()).collect()))
        };
        for (links, meta, expected) in [
            (&[][..], &none, None),
            (&["<https://hub.example/>; rel=hub"], &none, told("/feed", &["https://hub.example/"])),
            (&["<h2>; rel=\"hub\", </s>;rel=self"], &none, told("/s", &["https://wire.example/h2"])),
            (
                &[
                    "<https://a.example/>; title=\"a, <b>; rel=x\"; rel=\"preconnect HUB\"",
                    "</s>; REL = self",
                ],
                &none,
                told("/s", &["https://a.example/"]),
            ),
            (&[], &own, told("/feed?of=doc", &["https://hub.example/"])),
            // Headers go first, each relation by itself.
            (&["<https://a.example/>; rel=hub"], &own, told("/feed?of=doc", &["https://a.example/"])),
            (&["</s>; rel=self"], &own, told("/s", &["https://hub.example/"])),
            // Nothing of this is a hub.
            (&["<https://u:p@hub.example/>; rel=hub", "<ftp://hub.example/>; rel=hub"], &none, None),
            (
                &["https://hub.example/; rel=hub", "<https://hub.example/; rel=hub", "<x>", "<x>; rel"],
                &none,
                None,
            ),
            (&["<x>; rel=next; rel=hub"], &none, None),
        ] {
            assert_eq!(of(links, meta), expected, "{links:?}");
        }
        let many: Vec<String> = (0..9).map(|n| format!("</{n}>; rel=hub")).collect();
        assert_eq!(offered(&many, &none, URL).unwrap().hubs.len(), MOST_HUBS);
        assert_eq!(of(&[&format!("</{}>; rel=hub", "x".repeat(LONGEST))], &none), None);
    }

    proptest! {
        #[test]
        fn no_header_breaks_it(header in "[<>;,=\"\\\\ a-zñ/]{0,60}") {
            let found = offered(&[header], &FeedMeta::default(), URL);
            prop_assert!(found.is_none_or(|o| !o.hubs.is_empty() && o.hubs.iter().all(|h| h.starts_with("http"))));
        }
    }
}
