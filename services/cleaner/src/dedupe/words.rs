//! Words, figures and names of a text: what two copies are compared by.

use std::collections::BTreeMap;

/// A word and where it stands, in bytes of the text.
pub(super) struct Word<'a> {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) text: &'a str,
}

/// Runs of letters and digits. A separator inside a figure (`1,250.5`, `3-1`, `12:30`) does not end it.
pub(super) fn words(text: &str) -> Vec<Word<'_>> {
    let mut found = Vec::new();
    let mut start: Option<usize> = None;
    let mut chars = text.char_indices().peekable();
    let mut before = ' ';
    while let Some((at, c)) = chars.next() {
        let inner = matches!(c, '.' | ',' | ':' | '/')
            && before.is_ascii_digit()
            && chars.peek().is_some_and(|(_, next)| next.is_ascii_digit());
        if c.is_alphanumeric() || inner {
            start.get_or_insert(at);
        } else if let Some(start) = start.take() {
            found.push(Word { start, end: at, text: &text[start..at] });
        }
        before = c;
    }
    if let Some(start) = start {
        found.push(Word { start, end: text.len(), text: &text[start..] });
    }
    found
}

/// Things and how often each occurs; ordered, so that every walk over it is the same.
pub(super) type Counts = BTreeMap<String, u32>;

/// The figures of a text as printed.
pub(super) fn figures(text: &str) -> Counts {
    let mut counts = Counts::new();
    for word in words(text).iter().filter(|w| w.text.starts_with(|c: char| c.is_ascii_digit())) {
        *counts.entry(word.text.to_owned()).or_default() += 1;
    }
    counts
}

/// Capitalised words of three letters and more that do not open a sentence; each once.
pub(super) fn names(text: &str) -> Counts {
    let mut counts = Counts::new();
    for word in words(text) {
        let opens = text[..word.start]
            .trim_end_matches([' ', '\t', '"', '\'', '«', '“', '(', '¿', '¡', '-', '–', '—']);
        let opens = opens.is_empty() || opens.ends_with(['.', '!', '?', ':', '\n', '…']);
        let capital = word.text.starts_with(char::is_uppercase);
        if capital && !opens && word.text.chars().take(3).count() == 3 {
            counts.insert(word.text.to_lowercase(), 1);
        }
    }
    counts
}

/// The words in small letters, joined by single spaces: equal for texts that differ in case, spacing and punctuation.
pub(super) fn normalised(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in words(text) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.extend(word.text.chars().flat_map(char::to_lowercase));
    }
    out
}

/// Share of the smaller bag that the other has too, 0 to 1 (1 where one is empty), and how many of the smaller it lacks.
pub(super) fn agreement(a: &Counts, b: &Counts) -> (f32, u32) {
    let common: u32 = a.iter().map(|(k, n)| (*n).min(b.get(k).copied().unwrap_or(0))).sum();
    let smaller = a.values().sum::<u32>().min(b.values().sum::<u32>());
    if smaller == 0 { (1.0, 0) } else { (common as f32 / smaller as f32, smaller - common) }
}

/// What only one of the two has, first those of `a`, at most twelve.
pub(super) fn differing(a: &Counts, b: &Counts) -> Vec<String> {
    let only = |x: &Counts, y: &Counts| -> Vec<String> {
        x.iter().filter(|(k, n)| y.get(*k).copied().unwrap_or(0) < **n).map(|(k, _)| k.clone()).collect()
    };
    let mut all = only(a, b);
    all.extend(only(b, a).into_iter().filter(|k| !a.contains_key(k)));
    all.truncate(12);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_keep_their_separators() {
        let found: Vec<String> =
            figures("El IPC subió un 2,4%, a 1.250,50 euros, a las 12:30. Son 3.").into_keys().collect();
        insta::assert_compact_json_snapshot!(found, @r#"["1.250,50", "12:30", "2,4", "3"]"#);
    }

    #[test]
    fn a_name_does_not_open_a_sentence() {
        let found: Vec<String> =
            names("Ayer Lucía Ferrán viajó a Bilbao. Mañana vuelve «La Unión».").into_keys().collect();
        insta::assert_compact_json_snapshot!(found, @r#"["bilbao", "ferrán", "lucía", "unión"]"#);
    }

    #[test]
    fn agreement_is_of_the_smaller_bag() {
        let (a, b) = (figures("1 2 3"), figures("1 2 4 5 6"));
        assert_eq!(agreement(&a, &b), (2.0 / 3.0, 1));
        assert_eq!(agreement(&Counts::new(), &b), (1.0, 0));
        assert_eq!(differing(&a, &b), ["3", "4", "5", "6"]);
    }
}
