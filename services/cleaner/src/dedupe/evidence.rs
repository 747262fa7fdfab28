//! What was found, in passages that a person can read.

use std::collections::HashMap;

use similar::{Algorithm, DiffOp, capture_diff_slices};
use wiredesk_contract::verdict::{Edit, Evidence};

use super::entry::StoredText;
use super::words::{Form, Word, words};

/// Words that a shared passage has at least.
const PASSAGE: usize = 6;
/// Passages that are shown.
const PASSAGES: usize = 3;
/// Characters of a passage that are shown.
const SHOWN: usize = 160;
/// Figures and names that are shown, each.
const LISTED: usize = 12;
/// Edits that are shown.
const EDITS: usize = 24;
/// Words that are compared word by word: the effort grows with words times differences.
const COMPARED: usize = 3_000;

/// Adds to `evidence` what a copy and the one that it was compared with share, and in which figures and names they differ.
pub fn explain(evidence: &mut Evidence, copy: &StoredText, other: &StoredText) {
    let (a, b) = (words(&copy.text), words(&other.text));
    evidence.shared = shared((&copy.text, &a), (&other.text, &b));
    evidence.differing_figures = differing(Form::Figure, (&copy.text, &a), (&other.text, &b));
    evidence.differing_names = differing(Form::Name, (&copy.text, &a), (&other.text, &b));
}

/// What was changed from the text `before` to `after`, word by word: headline, then text, in the order of the text. At most
/// 24 edits, of 160 characters each.
pub fn edits(before: &StoredText, after: &StoredText) -> Vec<Edit> {
    let mut all = changed(&before.title, &after.title);
    all.extend(changed(&before.text, &after.text));
    all.truncate(EDITS);
    all
}

fn changed(before: &str, after: &str) -> Vec<Edit> {
    let (a, b) = (printed(before), printed(after));
    let cut = |words: &[&str]| words.join(" ").chars().take(SHOWN).collect::<String>();
    let operations = capture_diff_slices(Algorithm::Myers, &a, &b);
    operations
        .into_iter()
        .filter(|operation| !matches!(operation, DiffOp::Equal { .. }))
        .map(|operation| Edit {
            before: cut(a.get(operation.old_range()).unwrap_or_default()),
            after: cut(b.get(operation.new_range()).unwrap_or_default()),
        })
        .collect()
}

/// Words with their punctuation.
fn printed(text: &str) -> Vec<&str> {
    text.split_whitespace().take(COMPARED).collect()
}

/// A text and its words.
type Read<'a> = (&'a str, &'a [Word]);

/// The longest passages of the first text that the other has too, longest first, none within another.
fn shared((text, a): Read<'_>, (_, b): Read<'_>) -> Vec<String> {
    let key = |run: &[Word]| run.iter().fold(0u64, |hash, word| hash.rotate_left(7) ^ word.hash);
    let same = |i: usize, j: usize| matches!((a.get(i), b.get(j)), (Some(x), Some(y)) if x.hash == y.hash);
    let mut starts: HashMap<u64, usize> = HashMap::new();
    for (at, run) in b.windows(PASSAGE).enumerate() {
        starts.entry(key(run)).or_insert(at);
    }
    let mut found: Vec<(usize, usize)> = Vec::new();
    let mut i = 0;
    while let Some(run) = a.get(i..i + PASSAGE) {
        let length = starts.get(&key(run)).map_or(0, |at| (0..).take_while(|n| same(i + n, at + n)).count());
        if length >= PASSAGE {
            found.push((i, length));
        }
        i += length.max(1);
    }
    found.sort_by_key(|(start, length)| (std::cmp::Reverse(*length), *start));
    found.truncate(PASSAGES);
    found
        .into_iter()
        .filter_map(|(start, length)| text.get(a.get(start)?.start..a.get(start + length - 1)?.end))
        .map(|passage| passage.chars().take(SHOWN).collect())
        .collect()
}

/// Words of this form that only one of the two has, first those of the first text.
fn differing(form: Form, one: Read<'_>, other: Read<'_>) -> Vec<String> {
    let only = |(text, a): Read<'_>, (_, b): Read<'_>| {
        let mut left: HashMap<u64, i32> = HashMap::new();
        b.iter().for_each(|word| *left.entry(word.hash).or_default() += 1);
        let mut found: Vec<String> = Vec::new();
        for word in a.iter().filter(|word| word.form == form) {
            let left = left.entry(word.hash).or_default();
            *left -= 1;
            // A name is missing when it is nowhere; a figure also when it is there less often.
            let missing = *left < 0 && (form == Form::Figure || !b.iter().any(|w| w.hash == word.hash));
            if let Some(name) =
                text.get(word.start..word.end).filter(|name| missing && !found.iter().any(|f| f == name))
            {
                found.push(name.to_owned());
            }
        }
        found
    };
    let mut all = only(one, other);
    for name in only(other, one) {
        if !all.contains(&name) {
            all.push(name);
        }
    }
    all.truncate(LISTED);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> StoredText {
        StoredText { title: String::new(), text: text.to_owned() }
    }

    #[test]
    fn the_longest_shared_passages_and_what_differs() {
        let a = text(
            "Ayer por la tarde el río Torán se desbordó a su paso por Villalba. Nadie resultó herido, según los 12 bomberos del valle alto.",
        );
        let b = text(
            "VILLALBA: el río Torán se desbordó a su paso por Villalba, dicen en Ostua. Y nadie resultó herido según los 14 bomberos del valle.",
        );
        let mut evidence = Evidence::default();
        explain(&mut evidence, &a, &b);
        insta::assert_compact_json_snapshot!(evidence.shared, @r#"["el río Torán se desbordó a su paso por Villalba"]"#);
        insta::assert_compact_json_snapshot!(evidence.differing_figures, @r#"["12", "14"]"#);
        insta::assert_compact_json_snapshot!(evidence.differing_names, @r#"["Ostua"]"#);
        explain(&mut evidence, &text(""), &b);
        assert!(evidence.shared.is_empty());
    }

    #[test]
    fn a_version_word_by_word() {
        let before = text("Los bomberos rescataron a 17 personas de sus coches. La carretera sigue cortada.");
        let after = text("Los bomberos del valle rescataron a 19 personas de sus coches.");
        let told: Vec<(String, String)> =
            edits(&before, &after).into_iter().map(|edit| (edit.before, edit.after)).collect();
        let edit = |before: &str, after: &str| (before.to_owned(), after.to_owned());
        assert_eq!(told, [edit("", "del valle"), edit("17", "19"), edit("La carretera sigue cortada.", "")]);
    }
}
