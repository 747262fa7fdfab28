//! serde's words about an unknown key, with the known key that is nearest.

/// Adds "did you mean" to serde's message where a known key is near.
pub fn with_suggestion(message: &str) -> String {
    let message = message.trim().trim_end_matches('.');
    let mut quoted = message.split('`').skip(1).step_by(2);
    let unknown = message.starts_with("unknown field") || message.starts_with("unknown variant");
    match quoted.next() {
        Some(found) if unknown => {
            let near = quoted.map(|known| (distance(found, known), known)).min();
            match near {
                Some((d, known)) if d <= 2.max(found.len() / 3) => {
                    format!("{message}; did you mean `{known}`?")
                }
                _ => message.to_owned(),
            }
        }
        _ => message.to_owned(),
    }
}

/// Edit distance (Levenshtein), by the row.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(ca != *cb);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_known_key_is_named() {
        for (message, wanted) in [
            ("unknown field `recrods`, expected one of `records`, `bytes`", "; did you mean `records`?"),
            ("unknown field `zzzzzz`, expected one of `records`, `bytes`", "`bytes`"),
            ("invalid type: string `x`, expected u32", "expected u32"),
        ] {
            assert!(with_suggestion(message).ends_with(wanted), "{message}");
        }
        assert_eq!((distance("kitten", "sitting"), distance("", "ab")), (3, 2));
    }
}
