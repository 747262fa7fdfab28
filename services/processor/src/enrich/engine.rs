//! The enricher: loads the vocabularies once, runs each enrichment, and notes who made it.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use wiredesk_contract::CopyItem;
use wiredesk_contract::enrichment::{Enrichment, EntityType, Place, Provenance};

use super::cues::Cues;
use super::dateline::{Finder, Found, locate};
use super::entities::link::entities;
use super::entities::rules::Rules;
use super::entities::{EntityTagger, Scene};
use super::gazetteer::Gazetteer;
use super::places::{Context, home_of};
use super::tokens::{Document, fold};
use super::topics::Topics;
use super::{keywords, language, quotes};

/// Characters that are enriched; copy is never longer, pages that were taken for copy are.
const MOST_CHARS: usize = 100_000;

/// What is enriched. Offsets in the answer refer to `text`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Input<'a> {
    /// Headline.
    pub headline: &'a str,
    /// Body.
    pub text: &'a str,
    /// BCP 47; empty or `und` where it is not known.
    pub language: &'a str,
    /// Place and region of the dateline, where the cleaner took it out.
    pub dateline: Option<(&'a str, Option<&'a str>)>,
    /// Sections of the wire.
    pub categories: &'a [String],
    /// ISO country of the wire.
    pub country: Option<&'a str>,
}

/// What [`Enricher::run`] found beside the enrichment itself.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// The language that was given or guessed.
    pub language: String,
    /// The dateline that still stood in the text.
    pub dateline: Option<Found>,
}

/// Vocabularies and engines. Building one takes about a tenth of a second; share it.
pub struct Enricher {
    cues: Cues,
    gazetteer: Gazetteer,
    topics: Topics,
    finder: Finder,
    tagger: Box<dyn EntityTagger>,
}

impl Default for Enricher {
    fn default() -> Self {
        Self::new()
    }
}

impl Enricher {
    /// Loads the embedded vocabularies, with the engine `rules`.
    pub fn new() -> Self {
        Self {
            cues: Cues::load(),
            gazetteer: Gazetteer::load(),
            topics: Topics::load(),
            finder: Finder::new(),
            tagger: Box::new(Rules),
        }
    }

    /// Enriches clean copy.
    pub fn enrich_copy(&self, copy: &CopyItem) -> Enrichment {
        let dateline = copy.dateline.as_ref().and_then(|d| Some((d.place.as_deref()?, d.region.as_deref())));
        let input = Input {
            headline: &copy.headline,
            text: &copy.text,
            language: &copy.language,
            dateline,
            categories: &copy.categories,
            country: copy.source.country.as_deref(),
        };
        self.run(&input).0
    }

    /// Enriches a text.
    pub fn run(&self, input: &Input<'_>) -> (Enrichment, Seen) {
        let cut = input.text.char_indices().nth(MOST_CHARS).map(|(byte, _)| byte);
        let text = input.text.get(..cut.unwrap_or(input.text.len())).unwrap_or_default();
        let document = Document::new(text);
        let mut out = Enrichment::default();
        let language = match input.language.split('-').next().unwrap_or_default() {
            "" | "und" => language::guess(&document, &self.cues),
            known => known,
        };
        let mut context = Context {
            source: input.country.map(str::to_owned),
            home: home_of(language),
            ..Context::default()
        };
        let mut notes = Notes { provenance: Vec::new(), cut: cut.is_some() };

        let mut found = None;
        out.located = notes.guard("dateline", "gazetteer", || {
            found = if input.dateline.is_none() { self.finder.find(text, &self.cues) } else { None };
            let printed = found.as_ref().and_then(|f| Some((f.place.as_deref()?, f.region.as_deref())));
            let (place, region) = input.dateline.or(printed)?;
            locate(&self.gazetteer, place, region, &context)
        });
        context.mentioned.extend(out.located.iter().map(|place| place.country.clone()));
        context.mentioned.extend(self.countries(&document));

        let scene = Scene {
            document: &document,
            language,
            cues: &self.cues,
            gazetteer: &self.gazetteer,
            context: &context,
        };
        out.entities = notes.guard("entities", self.tagger.name(), || {
            entities(&scene, &self.tagger.tag(&scene), &fold(input.headline))
        });
        out.places = self.places(&out);
        out.quotes =
            notes.guard("quotes", "rules", || quotes::quotes(&document, &out.entities, language, &self.cues));
        let (topics, engine) = notes
            .guard("topics", "terms", || {
                Some(self.topics.topics(input.categories, input.headline, &document))
            })
            .unwrap_or((Vec::new(), "terms"));
        out.topics = topics;
        if let Some(note) = notes.provenance.last_mut() {
            note.engine = engine.to_owned();
        }
        out.keywords = notes.guard("keywords", "statistics", || {
            keywords::keywords(&document, input.headline, &out.entities, language, &self.cues)
        });
        out.provenance = notes.provenance;
        (out, Seen { language: language.to_owned(), dateline: found })
    }

    /// The countries that a text names.
    fn countries(&self, document: &Document<'_>) -> BTreeSet<String> {
        let capitals = (0..document.tokens.len()).filter(|index| document.tokens[*index].is_capital());
        let named = capitals.filter_map(|index| self.gazetteer.longest_at(document, index));
        let spots = named.flat_map(|(_, spots)| spots).filter_map(|named| self.gazetteer.spot(named.spot));
        spots.filter(|spot| spot.is_country).map(|spot| spot.country.to_owned()).collect()
    }

    /// The known places among the entities, most salient first, each once.
    fn places(&self, out: &Enrichment) -> Vec<Place> {
        let mut mentions: Vec<_> =
            out.entities.iter().filter(|e| e.kind == EntityType::Loc && e.id.starts_with("geo:")).collect();
        mentions.sort_by(|a, b| b.salience.total_cmp(&a.salience).then(a.start.cmp(&b.start)));
        let mut seen = BTreeSet::new();
        let fresh = mentions.into_iter().filter(|entity| seen.insert(entity.id.clone()));
        fresh
            .filter_map(|entity| self.gazetteer.by_id(&entity.id))
            .map(|spot| spot.to_place())
            .take(20)
            .collect()
    }
}

/// Runs each enrichment behind a guard, so that one that fails costs only what it would have added.
struct Notes {
    provenance: Vec<Provenance>,
    cut: bool,
}

impl Notes {
    fn guard<T: Default>(&mut self, enrichment: &str, engine: &str, work: impl FnOnce() -> T) -> T {
        let outcome = catch_unwind(AssertUnwindSafe(work));
        let error = match &outcome {
            Err(_) => Some("the engine failed on this text; report the item".to_owned()),
            Ok(_) if self.cut => Some(format!("only the first {MOST_CHARS} characters were read")),
            Ok(_) => None,
        };
        self.provenance.push(Provenance {
            enrichment: enrichment.to_owned(),
            engine: engine.to_owned(),
            version: "1".to_owned(),
            error,
        });
        outcome.unwrap_or_default()
    }
}
