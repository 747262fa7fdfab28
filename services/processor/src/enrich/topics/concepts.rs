//! Concepts of news that the languages share: `judge`, `juez`, `Richter` are one, so that what is learnt of it in one language is
//! known in all. From `vocab/concepts.tsv`.

use std::collections::BTreeSet;

use foldhash::{HashMap, HashMapExt as _};

use super::super::budget;
use super::super::cues::rows;
use super::super::tokens::Document;

const CONCEPTS: &str = include_str!("../../../vocab/concepts.tsv");

/// The order of the cells.
const LANGUAGES: [&str; 7] = ["en", "es", "fr", "pt", "it", "de", "ca"];
/// Letters that beginnings and ends of words are kept under.
const LETTERS: usize = 4;

/// A concept.
#[derive(Debug)]
pub(super) struct Concept {
    /// The top topics that it speaks for, by the first two digits of their codes, strongest first.
    pub(super) topics: Vec<u8>,
    /// Tells it from the others, whatever its place in the file.
    pub(super) name: &'static str,
}

/// Patterns of one language.
#[derive(Debug, Default)]
struct Patterns {
    /// Whole words.
    whole: HashMap<&'static str, Vec<u16>>,
    /// Phrases whose first word is whole, by it.
    phrases: HashMap<&'static str, Vec<Phrase>>,
    /// Beginnings, and phrases whose first word is one, by their first letters.
    begins: HashMap<&'static str, Vec<Phrase>>,
    /// Ends, by their last letters.
    ends: HashMap<&'static str, Vec<(&'static str, u16)>>,
    /// What has a mark before and behind, few.
    inside: Vec<(&'static str, u16)>,
}

/// A pattern that a word begins.
#[derive(Debug)]
struct Phrase {
    /// What the first word begins with, or is.
    first: &'static str,
    /// The words after it, often none.
    rest: &'static str,
    concept: u16,
}

/// All concepts.
#[derive(Debug)]
pub(super) struct Concepts {
    all: Vec<Concept>,
    languages: HashMap<&'static str, Patterns>,
}

impl Concepts {
    /// Reads the table.
    pub(super) fn load() -> Self {
        Self::read(CONCEPTS)
    }

    fn read(table: &'static str) -> Self {
        let mut concepts = Self { all: Vec::new(), languages: HashMap::new() };
        for row in rows(table) {
            let [topics, ref cells @ ..] = row[..] else { continue };
            let Ok(index) = u16::try_from(concepts.all.len()) else { break };
            let topics = topics.split(' ').filter_map(|topic| topic.parse().ok()).collect();
            concepts.all.push(Concept { topics, name: cells.first().copied().unwrap_or_default() });
            for (language, cell) in LANGUAGES.into_iter().zip(cells) {
                let patterns = concepts.languages.entry(language).or_default();
                cell.split('|').for_each(|pattern| patterns.add(pattern, index));
            }
        }
        concepts
    }

    /// A concept by its index.
    pub(super) fn get(&self, index: u16) -> Option<&Concept> {
        self.all.get(usize::from(index))
    }

    /// The concepts that a text has, each once.
    pub(super) fn of(&self, language: &str, document: &Document<'_>) -> BTreeSet<u16> {
        let mut found = BTreeSet::new();
        let Some(patterns) = self.languages.get(language) else { return found };
        let tokens = document.tokens.iter().filter(|token| token.is_word());
        // A token such as `long-métrage` is folded to two words.
        let words: Vec<&str> =
            tokens.flat_map(|token| token.fold.split(' ')).filter(|word| !word.is_empty()).collect();
        for (at, word) in words.iter().enumerate() {
            budget::check();
            patterns.find(word, words.get(at + 1..).unwrap_or_default(), &mut found);
        }
        found
    }
}

impl Patterns {
    fn add(&mut self, pattern: &'static str, concept: u16) {
        let pattern = pattern.trim();
        // Copy is folded, and folding makes blanks of hyphens.
        if pattern.trim_matches('*').is_empty() {
            return;
        }
        match (pattern.strip_prefix('*'), pattern.contains([' ', '-'])) {
            (Some(end), false) if end.ends_with('*') => {
                self.inside.push((end.trim_end_matches('*'), concept))
            }
            (Some(end), false) => self.ends.entry(tail(end)).or_default().push((end, concept)),
            (None, false) if !pattern.ends_with('*') => self.whole.entry(pattern).or_default().push(concept),
            _ => {
                let (first, rest) = pattern.split_once([' ', '-']).unwrap_or((pattern, ""));
                let (list, first) = match first.strip_suffix('*') {
                    Some(begin) => (self.begins.entry(head(begin)).or_default(), begin),
                    None => (self.phrases.entry(first).or_default(), first),
                };
                list.push(Phrase { first, rest, concept });
            }
        }
    }

    fn find(&self, word: &str, after: &[&str], found: &mut BTreeSet<u16>) {
        found.extend(self.whole.get(word).into_iter().flatten());
        let begun = (1..=LETTERS).filter_map(|letters| self.begins.get(word.get(..letters)?));
        for phrase in begun.chain(self.phrases.get(word)).flatten() {
            if word.starts_with(phrase.first) && (phrase.rest.is_empty() || follow(phrase.rest, after)) {
                found.insert(phrase.concept);
            }
        }
        for letters in (1..=LETTERS).filter_map(|letters| word.get(word.len().checked_sub(letters)?..)) {
            for (end, concept) in self.ends.get(letters).into_iter().flatten() {
                if word.len() > end.len() && word.ends_with(end) {
                    found.insert(*concept);
                }
            }
        }
        found.extend(self.inside.iter().filter(|(part, _)| word.contains(part)).map(|(_, concept)| concept));
    }
}

/// Do these words begin as the rest of a phrase says?
fn follow(rest: &str, after: &[&str]) -> bool {
    let mut words = after.iter();
    rest.split([' ', '-']).filter(|part| !part.is_empty()).all(|part| {
        words.next().is_some_and(|word| match (part.strip_prefix('*'), part.strip_suffix('*')) {
            (Some(end), None) => word.ends_with(end),
            (Some(inside), Some(_)) => word.contains(inside.trim_end_matches('*')),
            (None, Some(begin)) => word.starts_with(begin),
            (None, None) => *word == part,
        })
    })
}

fn head(word: &str) -> &str {
    word.char_indices().nth(LETTERS).map_or(word, |(byte, _)| word.get(..byte).unwrap_or(word))
}

fn tail(word: &str) -> &str {
    word.char_indices().rev().nth(LETTERS - 1).map_or(word, |(byte, _)| word.get(byte..).unwrap_or(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_beginnings_ends_and_phrases_are_found() {
        let table = "03\tfire*|blaze\tincendi*\t\t\t\t*brand|*feuer*\t\n16 11\tcease-fire*|truce\talto* el fuego\t\t\t\twaffenruhe\t\n";
        let concepts = Concepts::read(table);
        let find = |language: &str, text: &str| {
            concepts.of(language, &Document::new(text)).into_iter().collect::<Vec<u16>>()
        };
        assert_eq!(find("en", "Firefighters tackle a blaze"), [0]);
        // What a hyphen joins is read as words too.
        assert_eq!(find("en", "Cease-fires hold; a cease order"), [0, 1]);
        assert_eq!(find("es", "Los altos el fuego fracasan entre incendios"), [0, 1]);
        assert_eq!(find("es", "Alto el paso"), [] as [u16; 0]);
        assert_eq!(find("de", "Waldbrand und Großfeuerwehr"), [0]);
        // An end alone is another word.
        assert_eq!(find("de", "Willy Brand"), [] as [u16; 0]);
        assert_eq!(find("xx", "fire"), [] as [u16; 0]);
        assert_eq!(concepts.get(1).map(|c| c.topics.clone()), Some(vec![16, 11]));
    }

    #[test]
    fn every_concept_speaks_for_a_topic_and_has_words() {
        let concepts = Concepts::load();
        assert!(concepts.all.len() > 2_000);
        for concept in &concepts.all {
            assert!(
                !concept.topics.is_empty() && concept.topics.iter().all(|t| (1..=17).contains(t)),
                "{concept:?}"
            );
        }
        for language in LANGUAGES {
            assert!(concepts.languages[language].whole.len() > 1_000, "{language}");
        }
    }
}
