//! The second key: what stays of an entry's identity when a site goes from http to https, drops `www.`, or moves to another
//! host. Feeds then list all their old items under new ids, and a reader by first key alone sends them all again.

use std::collections::{BTreeMap, BTreeSet};

use wiredesk_contract::raw::FeedEntry;
use wiredesk_contract::{ContentHash, ItemId};
use wiredesk_store::source::{AltKey, SeenEntry};

use crate::address;

/// Longer keys are hashed: an index takes no row above a third of a page.
const LONGEST: usize = 200;
/// Least entries of a document that tell that a site has moved as a whole.
const MOVED: usize = 3;

/// An entry's second key: its guid, or where it has none its link, without scheme and host. None where nothing of it is left
/// that could tell one entry from another.
pub fn second_key(entry: &FeedEntry) -> Option<AltKey> {
    let (site, key) = parts(entry)?;
    let key = if key.len() > LONGEST { format!("hash:{}", ContentHash::of(&[&key])) } else { key };
    Some(AltKey { key, site })
}

/// Host and the rest.
fn parts(entry: &FeedEntry) -> Option<(String, String)> {
    let first = entry.guid.as_deref().or(entry.link.as_deref())?;
    if let Some(tag) = first.strip_prefix("tag:") {
        // RFC 4151: `tag:authority,date:specific`.
        let (authority, rest) = tag.split_once(',')?;
        let (_, specific) = rest.split_once(':')?;
        let site = address::bare_host(&authority.to_ascii_lowercase());
        return specific.contains(|c: char| c.is_ascii_digit()).then(|| (site, format!("tag:{specific}")));
    }
    if let Some((number, place)) = first.split_once(" at ") {
        // Drupal: `1234 at https://host`.
        let all_digits = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
        let site = address::key(place)?;
        return all_digits.then(|| (host_of(&site).to_owned(), format!("{number} at")));
    }
    let whole = address::key(first)?;
    let site = host_of(&whole).to_owned();
    let mut key = whole[site.len()..].to_owned();
    // In a guid a fragment may be what tells entries of one page apart, as posts of a live page; `#xtor=…` and `#?…` do not.
    if entry.guid.is_some()
        && !key.contains('#')
        && let Some((_, fragment)) = first.split_once('#')
        && !fragment.is_empty()
        && !fragment.contains(['=', '?', ':'])
    {
        key = format!("{key}#{fragment}");
    }
    (key != "/").then_some((site, key))
}

fn host_of(key: &str) -> &str {
    key.split('/').next().unwrap_or_default()
}

/// The ids of a document's entries, in order, after what was found in the store: an entry whose first key is unknown takes the
/// id of the item that has its second key.
///
/// On one host (whatever the scheme) the second key alone decides. On another, an entry is only taken for the old one where
/// the key is telling, one item alone has it, and the old host is gone from the document: else two sites that a feed gathers
/// would swallow each other's items. Entries of one document that share a second key are never taken for one another.
pub fn settle(
    entries: &[FeedEntry],
    ids: Vec<Option<ItemId>>,
    seen: &BTreeMap<ItemId, SeenEntry>,
) -> Vec<Option<ItemId>> {
    let seconds: Vec<Option<AltKey>> = entries.iter().map(second_key).collect();
    let mut sharers: BTreeMap<&str, BTreeSet<&ItemId>> = BTreeMap::new();
    for (second, id) in seconds.iter().zip(&ids) {
        if let (Some(second), Some(id)) = (second, id) {
            sharers.entry(&second.key).or_default().insert(id);
        }
    }
    let sites: BTreeSet<&str> = seconds.iter().flatten().map(|s| s.site.as_str()).collect();
    let moved_as_one = sites.len() == 1 && seconds.iter().flatten().count() >= MOVED;
    let here: BTreeSet<&ItemId> = ids.iter().flatten().collect();
    let mut by_key: BTreeMap<&str, Vec<(&str, &ItemId)>> = BTreeMap::new();
    for (id, entry) in seen {
        if let Some(alt) = entry.alt.as_ref().filter(|_| !here.contains(id)) {
            by_key.entry(&alt.key).or_default().push((&alt.site, id));
        }
    }
    let known_by_second = |second: &AltKey| -> Option<ItemId> {
        if sharers.get(second.key.as_str()).is_some_and(|ids| ids.len() > 1) {
            return None;
        }
        let candidates = by_key.get(second.key.as_str())?;
        let mut on_site = candidates.iter().filter(|(site, _)| *site == second.site);
        if let Some((_, id)) = on_site.next() {
            return on_site.next().is_none().then(|| (*id).clone());
        }
        let [(old_site, id)] = candidates.as_slice() else { return None };
        let telling =
            is_telling(&second.key) || (moved_as_one && second.key.contains(|c: char| c.is_ascii_digit()));
        (telling && !sites.contains(old_site)).then(|| (*id).clone())
    };
    ids.iter()
        .zip(&seconds)
        .map(|(id, second)| {
            let unknown = id.as_ref().is_some_and(|i| !seen.contains_key(i));
            second.as_ref().filter(|_| unknown).and_then(known_by_second).or_else(|| id.clone())
        })
        .collect()
}

/// Would two sites hardly both have this path: a headline of four words or more, or a long number that is no date?
fn is_telling(key: &str) -> bool {
    if key.starts_with("hash:") {
        return true;
    }
    let headline = key.split(['/', '?', '&', '=', '#']).any(|part| {
        part.split(['-', '_']).filter(|w| w.len() > 1 && w.contains(|c: char| c.is_alphabetic())).count() >= 4
    });
    let number = key.split(|c: char| !c.is_ascii_digit()).any(|run| run.len() >= 6 && !is_date(run));
    headline || number
}

/// `20260302` and `202603`.
fn is_date(run: &str) -> bool {
    matches!(run.len(), 6 | 8) && (run.starts_with("19") || run.starts_with("20"))
}

#[cfg(test)]
mod tests {
    use wiredesk_contract::SourceId;

    use super::*;
    use crate::identity::item_ids;

    fn guid(guid: &str) -> FeedEntry {
        FeedEntry { guid: Some(guid.to_owned()), title: "t".to_owned(), ..FeedEntry::default() }
    }

    fn told(entry: &FeedEntry) -> Option<(String, String)> {
        second_key(entry).map(|a| (a.site, a.key))
    }

    #[test]
    fn what_is_left_without_scheme_and_host() {
        for (first, expected) in [
            ("http://www.w.example/2026/una-nota/?utm_source=rss", Some(("w.example", "/2026/una-nota"))),
            ("https://w.example/?p=17", Some(("w.example", "/?p=17"))),
            ("https://w.example/live#post-3", Some(("w.example", "/live#post-3"))),
            ("https://w.example/live#xtor=RSS-3", Some(("w.example", "/live"))),
            ("https://w.example/n/1#?ref=rss&format=simple&link=guid", Some(("w.example", "/n/1"))),
            ("tag:w.example,2026-03-02:/node/12", Some(("w.example", "tag:/node/12"))),
            ("tag:w.example,2026:news", None),
            ("1234 at http://www.w.example", Some(("w.example", "1234 at"))),
            ("x at http://w.example", None),
            ("https://w.example", None),
            ("https://w.example/", None),
            ("urn:uuid:60a76c80", None),
            ("A-1", None),
        ] {
            let expected = expected.map(|(site, key)| (site.to_owned(), key.to_owned()));
            assert_eq!(told(&guid(first)), expected, "{first}");
        }
        let by_link = FeedEntry { link: Some("https://w.example/1#a".to_owned()), ..FeedEntry::default() };
        assert_eq!(told(&by_link), Some(("w.example".to_owned(), "/1".to_owned())));
        // Posts of a live page have one link: it must not make one item of them.
        let opaque = FeedEntry { link: Some("https://w.example/live".to_owned()), ..guid("post-1") };
        assert_eq!(told(&opaque), None);
        let long = told(&guid(&format!("https://w.example/{}", "a".repeat(400)))).unwrap();
        assert!(long.1.starts_with("hash:") && long.1.len() < 40);
    }

    fn seen(entries: &[FeedEntry]) -> BTreeMap<ItemId, SeenEntry> {
        item_ids(&SourceId::new("nu"), entries)
            .into_iter()
            .zip(entries)
            .map(|(id, entry)| {
                let item_id = id.unwrap();
                let seen = SeenEntry {
                    item_id: item_id.clone(),
                    entry_hash: String::new(),
                    page_hash: None,
                    revision: 1,
                    page_due: None,
                    page_tries: 0,
                    pending: None,
                    alt: second_key(entry),
                };
                (item_id, seen)
            })
            .collect()
    }

    /// Which of the entries before each entry now is: `None` for a new item.
    fn matched(before: &[&str], now: &[&str]) -> Vec<Option<usize>> {
        let before: Vec<FeedEntry> = before.iter().map(|g| guid(g)).collect();
        let now: Vec<FeedEntry> = now.iter().map(|g| guid(g)).collect();
        let source = SourceId::new("nu");
        let old = item_ids(&source, &before);
        let ids = settle(&now, item_ids(&source, &now), &seen(&before));
        ids.iter().map(|id| old.iter().position(|o| o == id)).collect()
    }

    #[test]
    fn a_move_keeps_its_items_and_two_sites_do_not_swallow_each_other() {
        for (what, before, now, expected) in [
            (
                "http to https",
                &["http://w.example/?p=1"][..],
                &["https://w.example/?p=1"][..],
                &[Some(0)][..],
            ),
            ("www goes", &["http://www.w.example/live"], &["https://w.example/live"], &[Some(0)]),
            (
                "a headline on another host",
                &["http://a.example/2026/la-una-nota-de-hoy"],
                &["https://b.example/2026/la-una-nota-de-hoy"],
                &[Some(0)],
            ),
            (
                "a number on another host",
                &["http://a.example/n/123456"],
                &["https://b.example/n/123456"],
                &[Some(0)],
            ),
            (
                "a date is no number",
                &["http://a.example/20260302/1"],
                &["https://b.example/20260302/1"],
                &[None],
            ),
            ("small numbers, one entry", &["http://a.example/?p=1"], &["https://b.example/?p=1"], &[None]),
            (
                "small numbers, a whole feed",
                &["http://a.example/?p=1", "http://a.example/?p=2"],
                &["https://b.example/?p=1", "https://b.example/?p=2", "https://b.example/?p=3"],
                &[Some(0), Some(1), None],
            ),
            (
                "two sites in one feed",
                &["http://a.example/n/123456"],
                &["https://b.example/n/123456", "http://a.example/n/123457"],
                &[None, None],
            ),
            (
                "both in one document",
                &["http://w.example/n/1"],
                &["http://w.example/n/1", "https://w.example/n/1"],
                &[Some(0), None],
            ),
            (
                "two sites were known by one key",
                &["http://a.example/n/123456", "http://c.example/n/123456"],
                &["https://b.example/n/123456"],
                &[None],
            ),
            ("a word on another host", &["http://a.example/live"], &["https://b.example/live"], &[None]),
            ("posts of one page", &["http://w.example/live#a-1"], &["http://w.example/live#a-2"], &[None]),
            ("known by its first key", &["http://w.example/n/1"], &["http://w.example/n/1"], &[Some(0)]),
        ] {
            assert_eq!(matched(before, now), expected, "{what}");
        }
    }
}
