//! Long texts are run in windows. A window ends at a sentence's end if it can, for an entity that is cut in
//! two is lost, and a word whose sentence is cut is judged worse.

use super::{pieces::Piece, words::trimmed};
use std::ops::Range;

/// How well a window could end before a piece, from worst to best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Cut {
    /// Within an unbroken run of characters.
    Inside,
    /// At a blank.
    Blank,
    /// After a sentence or a line.
    Sentence,
}

/// Cuts pieces into windows of at most `most`, which together hold every piece once and in order.
pub(super) fn windows(text: &str, pieces: &[Piece], most: usize) -> Vec<Range<usize>> {
    let most = most.max(1);
    let mut windows = Vec::new();
    let mut start = 0;
    while start < pieces.len() {
        let end = end(text, pieces, start, most);
        windows.push(start..end);
        start = end;
    }
    windows
}

fn end(text: &str, pieces: &[Piece], start: usize, most: usize) -> usize {
    let full = start + most;
    if full >= pieces.len() {
        return pieces.len();
    }
    // A good place that comes very early would make many small windows, each with little to go by.
    let least = start + most.div_ceil(4);
    let latest = |wanted: Cut| (least..=full).rev().find(|&place| cut(text, pieces, place) >= wanted);
    latest(Cut::Sentence).or_else(|| latest(Cut::Blank)).unwrap_or(full)
}

fn cut(text: &str, pieces: &[Piece], place: usize) -> Cut {
    let left = pieces.get(..place).and_then(|left| left.iter().rev().find_map(|piece| trimmed(text, piece)));
    let right = pieces.get(place).and_then(|piece| trimmed(text, piece));
    let (Some((_, before)), Some((after, _))) = (left, right) else {
        return Cut::Inside;
    };
    let (Some(head), Some(gap)) = (text.get(..before), text.get(before..after)) else {
        return Cut::Inside;
    };
    let ended = |signs: &[char]| head.trim_end_matches(CLOSING).ends_with(signs);
    if gap.contains('\n') || (!gap.is_empty() && ended(&ENDS)) || ended(&WIDE_ENDS) {
        Cut::Sentence
    } else if gap.is_empty() {
        Cut::Inside
    } else {
        Cut::Blank
    }
}

/// What may stand between the end of a sentence and the blank.
const CLOSING: [char; 8] = ['"', '\'', ')', ']', '»', '”', '’', '」'];
/// The signs that end a sentence if a blank follows.
const ENDS: [char; 6] = ['.', '!', '?', '…', '؟', '।'];
/// The signs that end a sentence by themselves.
const WIDE_ENDS: [char; 3] = ['。', '！', '？'];

#[cfg(test)]
mod tests {
    use super::*;

    /// One piece for each word, punctuation within it.
    fn pieces(text: &str) -> Vec<Piece> {
        let place = |word: &str| word.as_ptr() as usize - text.as_ptr() as usize;
        let piece = |word: &str| Piece { id: 0, start: place(word), end: place(word) + word.len() };
        text.split_whitespace().map(piece).collect()
    }

    fn cut(text: &str, most: usize) -> Vec<Vec<String>> {
        let pieces = pieces(text);
        let word = |piece: &Piece| text[piece.start..piece.end].to_owned();
        windows(text, &pieces, most)
            .into_iter()
            .map(|window| pieces[window].iter().map(word).collect())
            .collect()
    }

    #[test]
    fn short_texts_are_one_window() {
        assert_eq!(windows("", &[], 8), Vec::<Range<usize>>::new());
        assert_eq!(cut("a b. c", 3), [["a", "b.", "c"]]);
    }

    #[test]
    fn sentences_and_lines_end_windows() {
        assert_eq!(cut("a b. c d e", 4), [vec!["a", "b."], vec!["c", "d", "e"]]);
        assert_eq!(cut("a b\nc d e", 4), [vec!["a", "b"], vec!["c", "d", "e"]]);
        assert_eq!(cut("a (b.) c d e", 4), [vec!["a", "(b.)"], vec!["c", "d", "e"]]);
        assert_eq!(cut("a b c d e", 4), [vec!["a", "b", "c", "d"], vec!["e"]]);
    }

    #[test]
    fn unbroken_runs_are_cut_all_the_same() {
        let text = "x".repeat(10);
        let pieces: Vec<_> = (0..10).map(|at| Piece { id: 0, start: at, end: at + 1 }).collect();
        assert_eq!(windows(&text, &pieces, 4), [0..4, 4..8, 8..10]);
        assert_eq!(windows(&text, &pieces, 0).len(), 10);
    }

    #[test]
    fn all_pieces_once_and_in_order() {
        let text = "Un mot, deux. Trois\n\nquatre cinq ! ".repeat(50);
        let pieces = pieces(&text);
        for most in 1..40 {
            let windows = windows(&text, &pieces, most);
            assert!(windows.iter().all(|window| !window.is_empty() && window.len() <= most));
            assert!(windows.iter().cloned().flatten().eq(0..pieces.len()));
        }
    }
}
