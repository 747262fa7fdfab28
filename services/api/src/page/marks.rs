//! Entities marked in the copy, cut into paragraphs.

use wiredesk_contract::enrichment::{Entity, EntityType};

/// A run of text, marked or not.
#[derive(Debug, PartialEq, Eq)]
pub struct Piece {
    /// The text.
    pub text: String,
    /// `PER`, `ORG`, `LOC`, `MISC`, or unmarked.
    pub kind: Option<&'static str>,
    /// The full name, shown on hover.
    pub title: String,
}

/// The class and label of a type.
pub fn class(kind: EntityType) -> &'static str {
    match kind {
        EntityType::Per => "PER",
        EntityType::Org => "ORG",
        EntityType::Loc => "LOC",
        EntityType::Misc => "MISC",
    }
}

/// The paragraphs of `text` (one a line) with its entities marked. Entity offsets count Unicode characters; entities
/// that overlap, run backwards or cross a line are left out.
pub fn paragraphs(text: &str, entities: &[Entity]) -> Vec<Vec<Piece>> {
    let chars: Vec<char> = text.chars().collect();
    let mut lines = Vec::new();
    let mut pieces = Vec::new();
    let mut at = 0;
    let mut sorted: Vec<&Entity> = entities.iter().collect();
    sorted.sort_by_key(|e| (e.start, std::cmp::Reverse(e.end)));
    for entity in sorted {
        let (start, end) = (entity.start as usize, entity.end as usize);
        if start < at || end <= start || end > chars.len() || chars[start..end].contains(&'\n') {
            continue;
        }
        plain(&chars[at..start], &mut pieces, &mut lines);
        pieces.push(Piece {
            text: chars[start..end].iter().collect(),
            kind: Some(class(entity.kind)),
            title: entity.name.clone(),
        });
        at = end;
    }
    plain(&chars[at..], &mut pieces, &mut lines);
    lines.push(pieces);
    lines.retain(|line| !line.is_empty());
    lines
}

fn plain(chars: &[char], pieces: &mut Vec<Piece>, lines: &mut Vec<Vec<Piece>>) {
    for (i, line) in chars.split(|c| *c == '\n').enumerate() {
        if i > 0 {
            lines.push(std::mem::take(pieces));
        }
        if !line.is_empty() {
            pieces.push(Piece { text: line.iter().collect(), kind: None, title: String::new() });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entity(start: u32, end: u32) -> Entity {
        Entity {
            start,
            end,
            text: String::new(),
            kind: EntityType::Loc,
            id: "geo:1".to_owned(),
            name: "Málaga".to_owned(),
            salience: 1.0,
            confidence: 1.0,
        }
    }

    fn words(text: &str, entities: &[Entity]) -> Vec<Vec<String>> {
        let shown = |p: &Piece| if p.kind.is_some() { format!("[{}]", p.text) } else { p.text.clone() };
        paragraphs(text, entities).iter().map(|line| line.iter().map(shown).collect()).collect()
    }

    #[test]
    fn offsets_count_characters_not_bytes() {
        assert_eq!(
            words("Ñu en Málaga hoy\nFin", &[entity(6, 12)]),
            [vec!["Ñu en ", "[Málaga]", " hoy"], vec!["Fin"]]
        );
    }

    #[test]
    fn impossible_entities_are_left_out() {
        let text = "uno\ndos";
        for bad in [entity(2, 5), entity(5, 5), entity(6, 99), entity(7, 3)] {
            assert_eq!(words(text, &[bad]), [vec!["uno"], vec!["dos"]]);
        }
        assert_eq!(words("abcd", &[entity(0, 3), entity(1, 2)]), [vec!["[abc]", "d"]]);
        assert!(words("", &[]).is_empty());
    }
}
