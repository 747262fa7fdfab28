//! serde's words about an unknown key, with the known key that is nearest.

/// Adds "did you mean" to serde's message where a known key is near.
pub fn with_suggestion(message: &str) -> String {
    let message = without_text(message.trim().trim_end_matches('.'));
    let message = message.as_str();
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

/// serde quotes a text that is of the wrong type, and it may be a secret that was put at a wrong place.
fn without_text(message: &str) -> String {
    const QUOTED: &str = "invalid type: string \"";
    match message
        .split_once(QUOTED)
        .and_then(|(before, rest)| Some((before, rest.rsplit_once("\", expected")?.1)))
    {
        Some((before, after)) => format!("{before}invalid type: text, expected{after}"),
        None => message.to_owned(),
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
