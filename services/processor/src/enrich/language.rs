//! A guess at the language by stop words, for copy that comes without one (the strip stage tells it better).

use super::cues::{Cues, LANGUAGES};
use super::tokens::Document;

/// The language whose stop words are most frequent among the first 400 tokens; `und` where none is.
pub fn guess(document: &Document<'_>, cues: &Cues) -> &'static str {
    let words: Vec<&str> =
        document.tokens.iter().take(400).filter(|t| t.is_word()).map(|t| t.fold.as_str()).collect();
    let mut best = ("und", 0);
    for language in LANGUAGES {
        let count = cues.stop_count(language, words.iter().copied());
        if count > best.1 {
            best = (language, count);
        }
    }
    best.0
}
