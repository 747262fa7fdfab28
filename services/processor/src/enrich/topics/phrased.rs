//! Topics by their own names: `mayoral election`, `élection municipale`, `Kommunalwahl`.

use foldhash::HashMap;

use super::super::tokens::{Document, Token, fold};
use super::LANGUAGES;

/// A name in the headline, and one in the first sentences.
const IN_HEADLINE: f32 = 0.8;
const IN_LEAD: f32 = 0.6;
/// Sentences of the text that count as its beginning.
const LEAD: u32 = 2;
/// A single shorter word says too little.
const SHORTEST: usize = 5;

/// Stems of a name, and its topic.
type Name = (Vec<String>, u32);

/// Names of topics by language and first word.
#[derive(Debug, Default)]
pub(super) struct Phrased {
    names: HashMap<&'static str, HashMap<String, Vec<Name>>>,
}

impl Phrased {
    /// Adds a topic's names, in the order of [`LANGUAGES`].
    pub(super) fn add(&mut self, code: u32, names: &[&str; 7]) {
        for (language, name) in LANGUAGES.into_iter().zip(names) {
            let folded = fold(name);
            // `parades and marches (celebration)`: the bracket tells topics apart, copy does not have it.
            let plain = folded.split('(').next().unwrap_or_default();
            let words: Vec<String> = plain.split_whitespace().map(|word| stem(word).to_owned()).collect();
            let said = words.len() > 1 || words.first().is_some_and(|word| word.len() >= SHORTEST);
            if let Some(first) = words.first().filter(|_| said) {
                let names = self.names.entry(language).or_default();
                names.entry(first.clone()).or_default().push((words, code));
            }
        }
    }

    /// The topics that headline or first sentences name, with their scores; each once.
    pub(super) fn in_copy(
        &self,
        language: &str,
        title: &Document<'_>,
        document: &Document<'_>,
    ) -> Vec<(u32, f32)> {
        let Some(names) = self.names.get(language) else { return Vec::new() };
        let lead = document.tokens.iter().take_while(|token| token.sentence < LEAD).count();
        let texts = [(title.tokens.as_slice(), IN_HEADLINE), (&document.tokens[..lead], IN_LEAD)];
        let mut found: Vec<(u32, f32)> = Vec::new();
        for (tokens, score) in texts {
            let stems: Vec<&str> =
                tokens.iter().filter(|t| t.is_word()).map(|t: &Token<'_>| stem(&t.fold)).collect();
            for (at, first) in stems.iter().enumerate() {
                for (words, code) in names.get(*first).into_iter().flatten() {
                    let hit = stems.get(at..at + words.len()).is_some_and(|run| run == words.as_slice());
                    if hit && !found.iter().any(|(known, _)| known == code) {
                        found.push((*code, score));
                    }
                }
            }
        }
        found
    }
}

/// A word without the commonest endings of plural and case: both sides of a comparison go through it.
fn stem(word: &str) -> &str {
    let ending = ["en", "es", "s", "e"]
        .into_iter()
        .find(|ending| word.strip_suffix(ending).is_some_and(|rest| rest.chars().count() >= 4));
    ending.and_then(|ending| word.strip_suffix(ending)).unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_is_found_by_its_name_in_its_language() {
        let mut phrased = Phrased::default();
        phrased.add(
            1,
            &["mayoral election", "elección municipal", "élection municipale", "", "Kommunalwahl", "", ""],
        );
        phrased.add(2, &["tax", "", "", "", "", "", ""]);
        let find = |language: &str, title: &str, text: &str| {
            phrased.in_copy(language, &Document::new(title), &Document::new(text))
        };
        assert_eq!(find("es", "Las elecciones municipales, en mayo", ""), [(1, IN_HEADLINE)]);
        assert_eq!(find("de", "Streit um Termin", "Die Kommunalwahlen sollen warten."), [(1, IN_LEAD)]);
        assert_eq!(find("en", "Tax on mayoral elections", "Mayoral election."), [(1, IN_HEADLINE)]);
        assert_eq!(find("fr", "Rien", "Un. Deux. Trois. Une élection municipale."), []);
        assert_eq!(find("xx", "Mayoral election", ""), []);
    }
}
