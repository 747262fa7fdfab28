//! Pieces to words. The model's answer counts for whole words only, so this says where they begin.
//!
//! The text decides, not the tokenizer: some tokenizers take `Paris.` for one word and others for two, and
//! an entity should end before the full stop with all of them.

use super::pieces::Piece;
use unicode_categories::UnicodeCategories;

/// A word of the text, or a single sign of punctuation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Word {
    /// The index of its first piece, whose label is the word's.
    pub piece: usize,
    /// Bytes of the text, without blanks.
    pub start: usize,
    pub end: usize,
}

/// The words of a text, in order and without overlaps.
pub(super) fn words(text: &str, pieces: &[Piece]) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    for (index, piece) in pieces.iter().enumerate() {
        let Some((start, end)) = trimmed(text, piece) else {
            continue;
        };
        match words.last_mut() {
            // The bytes of one character may be several pieces, all with the place of the character.
            Some(word) if start < word.end || joined(text, start) => word.end = word.end.max(end),
            _ => words.push(Word { piece: index, start, end }),
        }
    }
    words
}

/// The place of a piece without the blanks around it; nothing if it has no other characters.
pub(super) fn trimmed(text: &str, piece: &Piece) -> Option<(usize, usize)> {
    let part = text.get(piece.start..piece.end)?;
    let start = piece.end - part.trim_start().len();
    let end = piece.start + part.trim_end().len();
    (start < end).then_some((start, end))
}

/// Whether the characters on both sides of a place are of one word.
fn joined(text: &str, place: usize) -> bool {
    let Some((left, right)) = text.split_at_checked(place) else {
        return true;
    };
    match (left.chars().next_back(), right.chars().next()) {
        (Some(left), Some(right)) => in_word(left) && in_word(right) && !(unspaced(left) || unspaced(right)),
        _ => false,
    }
}

/// Letters, digits, their marks, and the two signs that shape letters without parting them.
fn in_word(sign: char) -> bool {
    sign.is_alphanumeric() || sign.is_mark() || matches!(sign, '\u{200C}' | '\u{200D}')
}

/// Letters of scripts that put no blanks between words: there every piece is a word of its own, or a whole
/// sentence would take the label of its first character.
fn unspaced(sign: char) -> bool {
    matches!(sign,
        '\u{0E00}'..='\u{0EFF}' // Thai, Lao
        | '\u{1000}'..='\u{109F}' // Myanmar
        | '\u{1780}'..='\u{17FF}' // Khmer
        | '\u{3040}'..='\u{30FF}' // kana
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' // Han
        | '\u{20000}'..='\u{323AF}') // Han
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str, places: &[(usize, usize)]) -> Vec<String> {
        let pieces: Vec<_> = places.iter().map(|&(start, end)| Piece { id: 0, start, end }).collect();
        words(text, &pieces).iter().map(|word| text[word.start..word.end].to_owned()).collect()
    }

    #[test]
    fn blanks_and_punctuation_part_words() {
        // Pieces as of a SentencePiece or byte-level tokenizer: the blank is in the piece.
        assert_eq!(cut("in Paris.", &[(0, 2), (2, 6), (6, 8), (8, 9)]), ["in", "Paris", "."]);
        assert_eq!(cut("d'Angers", &[(0, 1), (1, 2), (2, 5), (5, 8)]), ["d", "'", "Angers"]);
        assert_eq!(cut("a  b", &[(0, 1), (1, 3), (3, 4)]), ["a", "b"]);
    }

    #[test]
    fn bytes_of_one_character_are_one_word() {
        assert_eq!(cut("é x", &[(0, 2), (0, 2), (3, 4)]), ["é", "x"]);
        assert_eq!(cut("né", &[(0, 1), (1, 3), (1, 3)]), ["né"]);
        // A combining accent that the tokenizer dropped leaves a hole, not an end.
        assert_eq!(cut("cafe\u{301}s", &[(0, 4), (6, 7)]), ["cafe\u{301}s"]);
    }

    #[test]
    fn scripts_without_blanks_are_cut_by_piece() {
        assert_eq!(cut("東京都に", &[(0, 6), (6, 9), (9, 12)]), ["東京", "都", "に"]);
    }

    #[test]
    fn wrong_places_are_passed_over() {
        assert_eq!(cut("é", &[(0, 1), (1, 2), (5, 9), (2, 1)]), Vec::<String>::new());
    }
}
