//! The seventeen top Media Topics (c IPTC): by the wire's own sections first, then by terms of headline and text. Says
//! nothing rather than something unsure.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use wiredesk_contract::enrichment::Topic;

use super::cues::rows;
use super::tokens::{Document, fold};
pub use linear::Model;

pub mod linear;
pub mod train;

const BEGINNINGS: &str = include_str!("../../../vocab/topic_names.tsv");
const NAMES: &str = include_str!("../../../vocab/mediatopics.tsv");
const TERMS: &str = include_str!("../../../vocab/topic_terms.tsv");

/// Sections that say where, not what: they count less.
const VAGUE: [&str; 12] = [
    "nacional",
    "national",
    "internacional",
    "international",
    "mundo",
    "world",
    "monde",
    "mondo",
    "espana",
    "europa",
    "inland",
    "ausland",
];

/// From this score on a topic is said.
const ENOUGH: f32 = 0.45;
/// Topics of one item.
const MOST: usize = 6;

/// A Media Topic.
#[derive(Clone, Copy, Debug)]
struct Named {
    level: u8,
    broader: Option<u32>,
    name: &'static str,
    wikidata: &'static str,
}

/// Section names and term stems by topic.
#[derive(Debug)]
pub struct Topics {
    /// Digits of the codes of the top topics, in the order that the rest counts them by.
    topics: Vec<u32>,
    sections: HashMap<String, usize>,
    /// First three letters of a stem to (stem, topic).
    stems: HashMap<String, Vec<(String, usize)>>,
    phrases: Vec<(String, usize)>,
    names: HashMap<u32, Named>,
    /// Beginnings of words of IPTC's names and definitions.
    beginnings: HashMap<&'static str, usize>,
    model: Model,
}

impl Topics {
    /// Reads the terms.
    pub fn load() -> Self {
        Self::with(Model::shipped())
    }

    /// Reads the terms; with another model, such as one that [`train::train`] made.
    pub fn with(model: Model) -> Self {
        let mut topics = Self {
            topics: Vec::new(),
            sections: HashMap::new(),
            stems: HashMap::new(),
            phrases: Vec::new(),
            names: HashMap::new(),
            beginnings: HashMap::new(),
            model,
        };
        for row in rows(NAMES) {
            let [code, level, broader, name, wikidata] = row[..] else { continue };
            let broader = Some(digits(broader)).filter(|code| *code > 0);
            topics
                .names
                .insert(digits(code), Named { level: level.parse().unwrap_or(1), broader, name, wikidata });
        }
        for row in rows(TERMS) {
            let [code, _, sections, terms] = row[..] else { continue };
            let index = topics.topics.len();
            topics.topics.push(digits(code));
            for section in sections.split('|') {
                topics.sections.entry(fold(section)).or_insert(index);
            }
            for term in terms.split('|').map(fold) {
                if term.contains(' ') {
                    topics.phrases.push((term, index));
                } else {
                    topics.stems.entry(head(&term)).or_default().push((term, index));
                }
            }
        }
        for row in rows(BEGINNINGS) {
            let [code, words] = row[..] else { continue };
            if let Some(index) = topics.topics.iter().position(|known| *known == digits(code)) {
                topics.beginnings.extend(words.split('|').map(|word| (word, index)));
            }
        }
        topics
    }

    /// The topics that are likely enough, best first; a topic of level 2 comes with the one above it.
    pub fn topics(
        &self,
        language: &str,
        categories: &[String],
        headline: &str,
        document: &Document<'_>,
    ) -> (Vec<Topic>, &'static str) {
        let sections = self.by_sections(categories);
        let likely = self.model.likely(&self.features(language, &sections, headline, document));
        let mut scores: BTreeMap<u32, (f32, &'static str)> = BTreeMap::new();
        for (code, score) in self.model.topics.iter().zip(likely) {
            scores.insert(*code, (score, "linear"));
        }
        for (index, score) in &sections {
            let known = scores.entry(self.topics[*index]).or_insert((0.0, "feed_category"));
            if *score > known.0 {
                *known = (*score, "feed_category");
            }
        }
        let engine = if sections.values().any(|score| *score >= ENOUGH) { "feed_category" } else { "linear" };
        let above = |code: &u32| self.names.get(code).and_then(|entry| entry.broader);
        let enough: BTreeMap<u32, (f32, &'static str)> = scores
            .iter()
            .filter(|(_, (score, _))| *score >= ENOUGH)
            .map(|(code, said)| (*code, *said))
            .collect();
        // A topic of level 2 speaks only where the one above it does.
        let mut found: Vec<(u32, (f32, &'static str))> = enough
            .iter()
            .filter(|(code, _)| above(code).is_none_or(|parent| enough.contains_key(&parent)))
            .map(|(code, said)| (*code, *said))
            .collect();
        found.sort_by(|a, b| b.1.0.total_cmp(&a.1.0).then(a.0.cmp(&b.0)));
        let topics = found.into_iter().take(MOST).filter_map(|(code, (score, method))| {
            let entry = self.names.get(&code)?;
            Some(Topic {
                code: format!("medtop:{code:08}"),
                name: entry.name.to_owned(),
                level: entry.level,
                score: (score * 100.0).round() / 100.0,
                method: method.to_owned(),
                wikidata: Some(entry.wikidata).filter(|id| !id.is_empty()).map(str::to_owned),
            })
        });
        (topics.collect(), engine)
    }

    /// The code above a Media Topic of level 2, nothing above one of level 1; `None` for what is no topic of these levels.
    pub fn above(&self, code: &str) -> Option<Option<String>> {
        let entry = self.names.get(&digits(code))?;
        Some(entry.broader.map(|code| format!("medtop:{code:08}")))
    }

    /// What a labelled item teaches.
    pub fn example(
        &self,
        language: &str,
        categories: &[String],
        headline: &str,
        document: &Document<'_>,
        topics: &[String],
    ) -> train::Example {
        let sections = self.by_sections(categories);
        train::Example {
            features: self.features(language, &sections, headline, document),
            topics: topics.iter().map(|code| digits(code)).collect(),
        }
    }

    fn features(
        &self,
        language: &str,
        sections: &BTreeMap<usize, f32>,
        headline: &str,
        document: &Document<'_>,
    ) -> linear::Features {
        let title = Document::new(headline);
        let terms = self.by_terms(&title, headline, document);
        let sections: Vec<usize> = sections.keys().copied().collect();
        let names = self.by_names(&title, document);
        linear::features(language, &title, document, &terms, &names, &sections)
    }

    /// Weights of topics by words of IPTC's own names and definitions.
    fn by_names(&self, title: &Document<'_>, document: &Document<'_>) -> Vec<(usize, f32)> {
        let mut weights: BTreeMap<usize, f32> = BTreeMap::new();
        let mut seen = BTreeSet::new();
        for token in title.tokens.iter().chain(&document.tokens).filter(|t| t.is_word() && t.fold.len() >= 5)
        {
            let start =
                token.fold.char_indices().nth(6).map_or(token.fold.as_str(), |(byte, _)| &token.fold[..byte]);
            if let Some(index) = self.beginnings.get(start).filter(|_| seen.insert(start)) {
                *weights.entry(*index).or_default() += 1.0;
            }
        }
        weights.into_iter().collect()
    }

    /// Topics by the wire's own sections.
    fn by_sections(&self, categories: &[String]) -> BTreeMap<usize, f32> {
        let mut scores: BTreeMap<usize, f32> = BTreeMap::new();
        for category in categories {
            let folded = fold(category.trim());
            let parts = folded.split(['/', '>', ',', ';', '|']).map(str::trim);
            for part in parts.chain([folded.trim()]) {
                if let Some(index) = self.sections.get(part) {
                    let score = if VAGUE.contains(&part) { 0.3 } else { 0.9 };
                    let known = scores.entry(*index).or_default();
                    *known = known.max(score);
                }
            }
        }
        scores
    }

    /// Weights of topics by terms: different terms count, those of headline and first sentences more.
    fn by_terms(&self, title: &Document<'_>, headline: &str, document: &Document<'_>) -> Vec<(usize, f32)> {
        let mut weights: BTreeMap<usize, f32> = BTreeMap::new();
        let mut seen = BTreeSet::new();
        let lead = |sentence: u32| if sentence < 3 { 2.0 } else { 1.0 };
        let words = title
            .tokens
            .iter()
            .map(|t| (t, 2.5))
            .chain(document.tokens.iter().map(|t| (t, lead(t.sentence))));
        for (token, weight) in words.filter(|(token, _)| token.is_word()) {
            for (stem, index) in self.stems.get(&head(&token.fold)).into_iter().flatten() {
                let hit = token.fold == *stem || stem.len() >= 5 && token.fold.starts_with(stem.as_str());
                if hit && seen.insert((*index, stem.as_str())) {
                    *weights.entry(*index).or_default() += weight;
                }
            }
        }
        let folded = format!("{} {}", fold(headline), fold(document.text));
        for (phrase, index) in &self.phrases {
            if folded.contains(phrase.as_str()) {
                *weights.entry(*index).or_default() += 2.5;
            }
        }
        weights.into_iter().collect()
    }
}

/// The number in `medtop:04000000`.
fn digits(code: &str) -> u32 {
    code.trim_start_matches("medtop:").parse().unwrap_or_default()
}

/// The first three letters, under which stems are kept.
fn head(word: &str) -> String {
    word.chars().take(3).collect()
}
