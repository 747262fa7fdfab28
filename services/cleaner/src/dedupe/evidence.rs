//! Why two copies were found to be the same, in passages that a person can read.

use std::collections::HashMap;

use wiredesk_contract::verdict::Evidence;

use super::compare::{Likeness, round};
use super::entry::Entry;
use super::words::{differing, words};

/// Words that a shared passage has at least.
const PASSAGE: usize = 6;
/// Passages that are shown.
const PASSAGES: usize = 3;
/// Characters of a passage that are shown.
const SHOWN: usize = 160;

/// The evidence of a comparison. Without `quote` (a text under embargo or taken back) only its measures.
pub(super) fn evidence(likeness: &Likeness, copy: &Entry, before: &Entry, quote: bool) -> Evidence {
    let mut evidence = Evidence {
        compared_with: Some(before.item_id.clone()),
        jaccard: round(likeness.jaccard),
        containment: round(likeness.containment),
        ..Evidence::default()
    };
    if quote {
        evidence.shared = shared(&copy.stored.text, &before.stored.text);
        evidence.differing_figures = differing(&likeness.figures.0, &likeness.figures.1);
        evidence.differing_names = differing(&likeness.names.0, &likeness.names.1);
    }
    evidence
}

/// The longest passages of `text` that `other` has too, longest first, none within another.
fn shared(text: &str, other: &str) -> Vec<String> {
    let (a, b) = (words(text), words(other));
    let same = |i: usize, j: usize| matches!((a.get(i), b.get(j)), (Some(x), Some(y)) if x.text.to_lowercase() == y.text.to_lowercase());
    let mut starts: HashMap<Vec<String>, usize> = HashMap::new();
    for (at, run) in b.windows(PASSAGE).enumerate() {
        starts.entry(run.iter().map(|w| w.text.to_lowercase()).collect()).or_insert(at);
    }
    let mut found: Vec<(usize, usize)> = Vec::new();
    let mut i = 0;
    while let Some(run) = a.get(i..i + PASSAGE) {
        let key: Vec<String> = run.iter().map(|w| w.text.to_lowercase()).collect();
        let Some(at) = starts.get(&key) else {
            i += 1;
            continue;
        };
        let length = (0..).take_while(|n| same(i + n, at + n)).count();
        found.push((i, length));
        i += length;
    }
    found.sort_by_key(|(start, length)| (std::cmp::Reverse(*length), *start));
    found.truncate(PASSAGES);
    found
        .into_iter()
        .filter_map(|(start, length)| {
            Some(text.get(a.get(start)?.start..a.get(start + length - 1)?.end)?.to_owned())
        })
        .map(|passage| passage.chars().take(SHOWN).collect())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_shared_passages() {
        let a = "Ayer por la tarde el río Torán se desbordó a su paso por Villalba. Nadie resultó herido, según los bomberos del valle alto.";
        let b = "VILLALBA: el río Torán se desbordó a su paso por Villalba, dicen. Y nadie resultó herido según los bomberos del valle.";
        insta::assert_compact_json_snapshot!(shared(a, b), @r#"["el río Torán se desbordó a su paso por Villalba", "Nadie resultó herido, según los bomberos del valle"]"#);
        assert!(shared("", b).is_empty());
    }
}
