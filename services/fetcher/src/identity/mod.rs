//! Which item an entry is, and whether it has changed.
//!
//! An entry is known by its first key ([`key`]), which its id is derived from. One whose first key is not known may still be an
//! item that is: its [`second_key`] says so where only scheme or host have changed ([`settle`]). Whether it has changed says
//! [`state_hash`].

mod lookup;
mod second;
mod state;

use std::collections::BTreeMap;

use url::Url;
use wiredesk_contract::raw::FeedEntry;
use wiredesk_contract::{ContentHash, ItemId, SourceId};

pub use lookup::known;
pub use second::{second_key, settle};
pub use state::{same_state, state_hash};

/// Parameters that keys are without. Ids are derived from keys: this list stays as it is for ever, what is learnt later is in
/// [`crate::address`].
const TRACKING: [&str; 14] = [
    "fbclid",
    "gclid",
    "dclid",
    "msclkid",
    "mc_cid",
    "mc_eid",
    "igshid",
    "yclid",
    "xtor",
    "cmpid",
    "ncid",
    "ocid",
    "at_medium",
    "at_campaign",
];

/// The entry's identity within its wire: guid, else the canonical link, else a hash of title and date. None where it has
/// none of them.
pub fn key(entry: &FeedEntry) -> Option<String> {
    let by_title = || {
        let date = entry.published.or(entry.updated).map(|d| d.to_rfc3339()).unwrap_or_default();
        let title = if entry.title.is_empty() { entry.summary_html.as_deref()? } else { &entry.title };
        Some(format!("hash:{}", ContentHash::of(&[title, &date])))
    };
    entry.guid.clone().or_else(|| entry.link.as_deref().map(canonical)).or_else(by_title)
}

/// The ids of a document's entries, in order; None for one without identity. Where entries share a guid but not a link
/// (some wires give every item the same one), their links tell them apart.
pub fn item_ids(source: &SourceId, entries: &[FeedEntry]) -> Vec<Option<ItemId>> {
    let mut links: BTreeMap<String, Vec<Option<String>>> = BTreeMap::new();
    for entry in entries {
        if let Some(guid) = &entry.guid {
            let link = entry.link.as_deref().map(canonical);
            let known = links.entry(guid.clone()).or_default();
            if !known.contains(&link) {
                known.push(link);
            }
        }
    }
    let shared =
        |entry: &FeedEntry| entry.guid.as_ref().is_some_and(|g| links.get(g).is_some_and(|l| l.len() > 1));
    entries
        .iter()
        .map(|entry| {
            let key = match (&entry.link, shared(entry)) {
                (Some(link), true) => Some(canonical(link)),
                _ => key(entry),
            };
            key.map(|k| ItemId::derive(source, &k))
        })
        .collect()
}

/// A link as a first key: without fragment (but `#!`), tracking parameters and default port. Frozen, as ids are derived from
/// it; links to show or compare are made by [`crate::address`].
pub fn canonical(link: &str) -> String {
    let Ok(mut url) = Url::parse(link) else { return link.to_owned() };
    if url.fragment().is_some_and(|f| !f.starts_with('!')) {
        url.set_fragment(None);
    }
    let tracks = |name: &str| name.starts_with("utm_") || TRACKING.contains(&name);
    if url.query_pairs().any(|(n, _)| tracks(&n)) {
        let kept: Vec<(String, String)> = url
            .query_pairs()
            .filter(|(n, _)| !tracks(n))
            .map(|(n, v)| (n.into_owned(), v.into_owned()))
            .collect();
        if kept.is_empty() {
            url.set_query(None);
        } else {
            url.query_pairs_mut().clear().extend_pairs(kept);
        }
    }
    url.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(guid: Option<&str>, link: Option<&str>, title: &str) -> FeedEntry {
        let own = |t: Option<&str>| t.map(str::to_owned);
        FeedEntry { guid: own(guid), link: own(link), title: title.to_owned(), ..FeedEntry::default() }
    }

    #[test]
    fn what_an_item_is_known_by() {
        assert_eq!(key(&entry(Some("g"), Some("https://w.example/1"), "t")).unwrap(), "g");
        assert_eq!(
            key(&entry(None, Some("https://w.example:443/1?utm_source=rss&id=2#ref=rss"), "t")).unwrap(),
            "https://w.example/1?id=2"
        );
        assert!(key(&entry(None, None, "t")).unwrap().starts_with("hash:"));
        assert_ne!(key(&entry(None, None, "t")), key(&entry(None, None, "u")));
        assert_eq!(key(&entry(None, None, "")), None);
    }

    #[test]
    fn a_guid_that_all_items_share_is_none() {
        let source = SourceId::new("a");
        let shared = [
            entry(Some("g"), Some("https://w.example/1"), "t"),
            entry(Some("g"), Some("https://w.example/2"), "u"),
        ];
        let ids = item_ids(&source, &shared);
        assert_ne!(ids[0], ids[1]);
        let repeated = [
            entry(Some("g"), Some("https://w.example/1"), "t"),
            entry(Some("g"), Some("https://w.example/1#x"), "t"),
        ];
        let ids = item_ids(&source, &repeated);
        assert_eq!(ids[0], ids[1]);
        assert_eq!(ids[0], Some(ItemId::derive(&source, "g")));
    }

    #[test]
    fn ids_are_those_of_every_release() {
        // Changing one of these orphans every stored item of its kind.
        let source = SourceId::new("nu");
        let id = |e: FeedEntry| item_ids(&source, &[e]).remove(0).unwrap().to_string();
        assert_eq!(
            id(entry(Some("https://w.example/?p=7"), Some("https://w.example/7"), "t")),
            "15375aefbd7fb03710d4a97489d19922"
        );
        assert_eq!(
            id(entry(None, Some("http://www.w.example:80/7/?b=2&utm_source=x&intcid=4&a=%20#top"), "t")),
            "701a04b83906946d21499ff658a9c9fc"
        );
        assert_eq!(id(entry(None, None, "Una nota")), "757ae9e240a7dfc6ad66a6a341f270d6");
    }
}
