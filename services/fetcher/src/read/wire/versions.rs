//! Several versions of one item in one document: the newest counts.

use std::collections::HashMap;

use wiredesk_contract::raw::FeedEntry;

use super::super::Tally;

/// Keeps of entries with one guid the newest: by the agency's version, then by date, then by place. Two versions in one
/// document would else be told apart as two changes, again at every reading.
pub(super) fn newest(entries: &mut Vec<FeedEntry>, versions: &[u64], repairs: &mut Tally) {
    let mut best: HashMap<&str, usize> = HashMap::new();
    let mut old = vec![false; entries.len()];
    let rank = |n: usize| {
        let entry = entries.get(n);
        (versions.get(n), entry.and_then(|e| e.updated.or(e.published)), n)
    };
    for (n, entry) in entries.iter().enumerate() {
        let Some(guid) = entry.guid.as_deref() else { continue };
        if let Some(other) = best.get(guid).copied() {
            let (older, newer) = if rank(n) > rank(other) { (other, n) } else { (n, other) };
            old[older] = true;
            best.insert(guid, newer);
            repairs.add("older_version");
        } else {
            best.insert(guid, n);
        }
    }
    let mut old = old.into_iter();
    entries.retain(|_| !old.next().unwrap_or(false));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_version_stays_in_its_place() {
        let entry = |guid: &str, title: &str| FeedEntry {
            guid: (!guid.is_empty()).then(|| guid.to_owned()),
            title: title.to_owned(),
            ..FeedEntry::default()
        };
        let mut entries = vec![
            entry("a", "a2"),
            entry("", "x"),
            entry("a", "a1"),
            entry("b", "b"),
            entry("", "x"),
            entry("c", "c"),
            entry("c", "c"),
        ];
        let mut repairs = Tally::default();
        newest(&mut entries, &[2, 0, 1, 0, 0, 0, 0], &mut repairs);
        let titles: Vec<&str> = entries.iter().map(|e| e.title.as_str()).collect();
        assert_eq!((titles, repairs.count("older_version")), (vec!["a2", "x", "b", "x", "c"], 2));
    }
}
