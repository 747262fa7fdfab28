//! Media Topics (c IPTC) of levels 1 to 3: by the wire's own sections first, then by a linear model over headline and text; those of
//! level 3 where headline or first sentences name them. Says nothing rather than something unsure.

use std::collections::{BTreeMap, BTreeSet};

use foldhash::{HashMap, HashMapExt as _};

use wiredesk_contract::enrichment::Topic;

use super::cues::rows;
use super::tokens::{Document, fold};
use concepts::Concepts;
pub use linear::Model;
use linear::Signs;
use phrased::Phrased;

mod concepts;
pub mod linear;
mod phrased;
pub mod train;

const NAMES: &str = include_str!("../../../vocab/mediatopics.tsv");
const SECTIONS: &str = include_str!("../../../vocab/sections.tsv");

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
const ENOUGH: f32 = 0.34;
/// Topics of one item, beside those of level 3.
const MOST: usize = 6;

/// The order of the names in `mediatopics.tsv`.
const LANGUAGES: [&str; 7] = ["en", "es", "fr", "pt", "de", "it", "ca"];
/// Languages that IPTC has no names in: those of the table are ours.
const UNOFFICIAL: [&str; 2] = ["it", "ca"];

/// A Media Topic.
#[derive(Clone, Copy, Debug)]
struct Named {
    level: u8,
    broader: Option<u32>,
    /// In the order of [`LANGUAGES`]; empty where there is none.
    names: [&'static str; 7],
    wikidata: &'static str,
}

impl Named {
    fn name(&self, language: &str) -> Option<&'static str> {
        let place = LANGUAGES.iter().position(|known| *known == language)?;
        self.names.get(place).copied().filter(|name| !name.is_empty())
    }
}

/// Section names, concepts and names of topics, and the model.
#[derive(Debug)]
pub struct Topics {
    /// Digits of the codes of the top topics, in the order that the rest counts them by.
    topics: Vec<u32>,
    sections: HashMap<String, usize>,
    names: HashMap<u32, Named>,
    concepts: Concepts,
    /// Names of the topics of level 3.
    phrased: Phrased,
    model: Model,
    version: String,
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
            names: HashMap::new(),
            concepts: Concepts::load(),
            phrased: Phrased::default(),
            version: format!("3+{:08x}", model.digest),
            model,
        };
        for row in rows(NAMES) {
            let [code, level, broader, wikidata, ref names @ ..] = row[..] else { continue };
            let Ok(names) = <[&str; 7]>::try_from(names) else { continue };
            let broader = Some(digits(broader)).filter(|code| *code > 0);
            let level = level.parse().unwrap_or(1);
            topics.names.insert(digits(code), Named { level, broader, names, wikidata });
            if level == 3 {
                topics.phrased.add(digits(code), &names);
            }
        }
        for row in rows(SECTIONS) {
            let [code, sections] = row[..] else { continue };
            let index = topics.topics.len();
            topics.topics.push(digits(code));
            for section in sections.split('|') {
                topics.sections.entry(fold(section)).or_insert(index);
            }
        }
        topics
    }

    /// Of the model, for the provenance.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The topics that are likely enough, best first; a topic comes with those above it.
    pub fn topics(
        &self,
        language: &str,
        categories: &[String],
        headline: &str,
        document: &Document<'_>,
    ) -> Vec<Topic> {
        let sections = self.by_sections(categories);
        let title = Document::new(headline);
        let likely = self.model.likely(&self.features(language, &sections, &title, document));
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
        let enough: BTreeMap<u32, (f32, &'static str)> = scores
            .iter()
            .filter(|(_, (score, _))| *score >= ENOUGH)
            .map(|(code, said)| (*code, *said))
            .collect();
        // A topic of level 2 speaks only where the one above it does.
        let mut found: Vec<(u32, (f32, &'static str))> = enough
            .iter()
            .filter(|(code, _)| self.broader(**code).is_none_or(|parent| enough.contains_key(&parent)))
            .map(|(code, said)| (*code, *said))
            .collect();
        found.sort_by(|a, b| b.1.0.total_cmp(&a.1.0).then(a.0.cmp(&b.0)));
        found.truncate(MOST);
        for (code, score) in self.phrased.in_copy(language, &title, document) {
            self.add_named(&mut found, code, score);
        }
        found.into_iter().filter_map(|(code, said)| self.topic(language, code, said)).collect()
    }

    fn broader(&self, code: u32) -> Option<u32> {
        self.names.get(&code)?.broader
    }

    /// Adds a topic of level 3 that the copy names, and the one above it, where their top topic is said.
    fn add_named(&self, found: &mut Vec<(u32, (f32, &'static str))>, code: u32, score: f32) {
        let Some((parent, top)) = self.broader(code).and_then(|parent| Some((parent, self.broader(parent)?)))
        else {
            return;
        };
        if !found.iter().any(|(known, _)| *known == top) {
            return;
        }
        for code in [parent, code] {
            if !found.iter().any(|(known, _)| *known == code) {
                found.push((code, (score, "name")));
            }
        }
    }

    fn topic(&self, language: &str, code: u32, (score, method): (f32, &str)) -> Option<Topic> {
        let entry = self.names.get(&code)?;
        let label = entry.name(language).map(str::to_owned);
        Some(Topic {
            code: format!("medtop:{code:08}"),
            name: entry.name("en").unwrap_or_default().to_owned(),
            label_unofficial: label.is_some() && UNOFFICIAL.contains(&language),
            label,
            level: entry.level,
            score: (score * 100.0).round() / 100.0,
            method: method.to_owned(),
            wikidata: Some(entry.wikidata).filter(|id| !id.is_empty()).map(str::to_owned),
        })
    }

    /// The code above a Media Topic, nothing above one of level 1; `None` for what is no topic of levels 1 to 3.
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
            features: self.features(language, &sections, &Document::new(headline), document),
            topics: topics.iter().map(|code| digits(code)).collect(),
        }
    }

    fn features(
        &self,
        language: &str,
        sections: &BTreeMap<usize, f32>,
        title: &Document<'_>,
        document: &Document<'_>,
    ) -> linear::Features {
        let sections: Vec<usize> = sections.keys().copied().collect();
        let titled = self.concepts.of(language, title);
        let mut found = self.concepts.of(language, document);
        found.extend(&titled);
        let counts = |found: &BTreeSet<u16>| self.counts(found);
        let signs = Signs { sections: &sections, in_copy: counts(&found), in_headline: counts(&titled) };
        let named = |found: &BTreeSet<u16>| -> Vec<&'static str> {
            found.iter().filter_map(|index| Some(self.concepts.get(*index)?.name)).collect()
        };
        linear::features(language, title, document, [&named(&found), &named(&titled)], &signs)
    }

    /// How much these concepts speak for each top topic: 1 for the strongest of a concept, a half for its second …
    fn counts(&self, found: &BTreeSet<u16>) -> Vec<(u8, f32)> {
        let mut counts: BTreeMap<u8, f32> = BTreeMap::new();
        for concept in found.iter().filter_map(|index| self.concepts.get(*index)) {
            for (rank, topic) in concept.topics.iter().enumerate() {
                *counts.entry(*topic).or_default() += 1.0 / (1.0 + rank as f32);
            }
        }
        counts.into_iter().collect()
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
}

/// The number in `medtop:04000000`.
fn digits(code: &str) -> u32 {
    code.trim_start_matches("medtop:").parse().unwrap_or_default()
}
