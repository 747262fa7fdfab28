//! The seventeen top Media Topics (c IPTC): by the wire's own sections first, then by terms of headline and text. Says
//! nothing rather than something unsure.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use wiredesk_contract::enrichment::Topic;

use super::cues::rows;
use super::tokens::{Document, fold};

const TERMS: &str = include_str!("../../vocab/topic_terms.tsv");

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

/// Section names and term stems by topic.
#[derive(Debug)]
pub struct Topics {
    topics: Vec<(&'static str, &'static str)>,
    sections: HashMap<String, usize>,
    /// First four letters of a stem to (stem, topic).
    stems: HashMap<String, Vec<(String, usize)>>,
    phrases: Vec<(String, usize)>,
}

impl Topics {
    /// Reads the terms.
    pub fn load() -> Self {
        let mut topics =
            Self { topics: Vec::new(), sections: HashMap::new(), stems: HashMap::new(), phrases: Vec::new() };
        for row in rows(TERMS) {
            let [code, name, sections, terms] = row[..] else { continue };
            let index = topics.topics.len();
            topics.topics.push((code, name));
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
        topics
    }

    /// At most three topics, best first, and the engine that spoke for the best.
    pub fn topics(
        &self,
        categories: &[String],
        headline: &str,
        document: &Document<'_>,
    ) -> (Vec<Topic>, &'static str) {
        let mut scores: BTreeMap<usize, f32> = BTreeMap::new();
        for category in categories {
            let folded = fold(category.trim());
            let parts = folded.split(['/', '>', ',', ';', '|']).map(str::trim);
            for part in parts.chain([folded.trim()]) {
                if let Some(index) = self.sections.get(part) {
                    let score = if VAGUE.contains(&part) { 0.4 } else { 0.9 };
                    let known = scores.entry(*index).or_default();
                    *known = known.max(score);
                }
            }
        }
        let sections = scores.values().any(|score| *score >= 0.5);
        for (index, score) in self.by_terms(headline, document) {
            let known = scores.entry(index).or_default();
            *known = (*known + score).min(0.95);
        }
        let mut found: Vec<(usize, f32)> = scores.into_iter().filter(|(_, score)| *score >= 0.5).collect();
        found.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let topics = found.into_iter().take(3).filter_map(|(index, score)| {
            let (code, name) = self.topics.get(index)?;
            let score = (score * 100.0).round() / 100.0;
            Some(Topic { code: (*code).to_owned(), name: (*name).to_owned(), level: 1, score })
        });
        (topics.collect(), if sections { "feed_category" } else { "terms" })
    }

    /// Topics by terms: different terms count, those of headline and first sentences double; the best must lead clearly.
    fn by_terms(&self, headline: &str, document: &Document<'_>) -> Vec<(usize, f32)> {
        let title = Document::new(headline);
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
        let best = weights.values().copied().fold(0.0_f32, f32::max);
        let sure = |weight: f32| weight >= 4.0 && weight >= best * 0.75;
        let score = |weight: f32| 0.5 + (weight / 40.0).min(0.35) * (weight / best);
        weights
            .into_iter()
            .filter(|(_, weight)| sure(*weight))
            .map(|(index, weight)| (index, score(weight)))
            .collect()
    }
}

/// The first three letters, under which stems are kept.
fn head(word: &str) -> String {
    word.chars().take(3).collect()
}
