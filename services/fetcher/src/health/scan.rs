//! What of a document's text the reader passes over, but its publisher should know.

use std::collections::BTreeSet;

/// Elements that hold dates, in all forms, in lower case.
const DATES: [&str; 9] = [
    "pubdate",
    "dc:date",
    "published",
    "updated",
    "issued",
    "modified",
    "dcterms:modified",
    "news:publication_date",
    "lastmod",
];

/// The dates that say no zone (a day without a time needs none).
pub(super) fn dates_without_zone(text: &str) -> usize {
    let mut found = 0;
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        let length = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == ':')).unwrap_or(rest.len());
        if length == 0 || !DATES.contains(&rest[..length].to_ascii_lowercase().as_str()) {
            continue;
        }
        let Some(open) = rest.find('>') else { break };
        let inside = &rest[open + 1..];
        let value = inside.strip_prefix("<![CDATA[").unwrap_or(inside);
        let value = value[..value.find(['<', ']']).unwrap_or(0)].trim();
        found += usize::from(value.contains(':') && !says_zone(value));
    }
    found
}

fn says_zone(date: &str) -> bool {
    let offset = |t: &str| t.chars().filter(char::is_ascii_digit).count() >= 2;
    if date.ends_with(['Z', 'z'])
        || date.rfind(['+', '-']).is_some_and(|at| at > date.find(':').unwrap_or(0) && offset(&date[at..]))
    {
        return true;
    }
    let last = date.rsplit([' ', ')']).find(|t| !t.is_empty()).unwrap_or_default().trim_start_matches('(');
    last.contains('/')
        || (last.len() >= 2 && last.chars().all(|c| c.is_ascii_uppercase()) && !matches!(last, "AM" | "PM"))
}

/// The length that all enclosures give, where there are several of different addresses and all say the same: it is not
/// measured then. None otherwise.
pub(super) fn one_length_for_all(text: &str) -> Option<String> {
    let mut lengths = BTreeSet::new();
    let mut addresses = BTreeSet::new();
    for (at, _) in text.match_indices("<enclosure") {
        for (name, value) in crate::opml::attributes(&text[at + "<enclosure".len()..]).0 {
            match name.as_str() {
                "length" => lengths.insert(value),
                "url" => addresses.insert(value),
                _ => false,
            };
        }
    }
    (addresses.len() > 2 && lengths.len() == 1).then(|| lengths.into_iter().next()).flatten()
}
