//! The enricher: loads the vocabularies once, runs each enrichment, and notes who made it.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use wiredesk_contract::CopyItem;
use wiredesk_contract::enrichment::{Enrichment, EntityType, Place, Provenance};

use super::cues::Cues;
use super::dateline::{Finder, Found, locate};
use super::entities::linear::Linear;
use super::entities::link::entities;
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
    /// Loads the embedded vocabularies and the model of the engine `linear`.
    pub fn new() -> Self {
        Self::with(Box::new(Linear::new()))
    }

    /// Loads the embedded vocabularies, with another engine for entities.
    pub fn with(tagger: Box<dyn EntityTagger>) -> Self {
        Self {
            cues: Cues::load(),
            gazetteer: Gazetteer::load(),
            topics: Topics::load(),
            finder: Finder::new(),
            tagger,
        }
    }

    /// The same with another model of topics.
    #[must_use]
    pub fn with_topics(mut self, model: super::topics::Model) -> Self {
        self.topics = Topics::with(model);
        self
    }

    /// What a labelled item teaches about topics.
    pub fn topic_example(&self, input: &Input<'_>, topics: &[String]) -> super::topics::train::Example {
        let document = Document::new(input.text);
        let language = self.language(input, &document);
        self.topics.example(language, input.categories, input.headline, &document, topics)
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
        let language = self.language(input, &document);
        let mut context = context(input, language);
        let mut notes = Notes { provenance: Vec::new(), cut: cut.is_some() };

        let mut found = None;
        out.located = notes.guard("dateline", ("gazetteer", "2"), || {
            let (place, dateline) = self.located(input, text, &context);
            found = dateline;
            place
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
        out.entities = notes.guard("entities", (self.tagger.name(), self.tagger.version()), || {
            entities(&scene, &self.tagger.tag(&scene), &fold(input.headline))
        });
        out.places = self.places(&out);
        out.quotes = notes.guard("quotes", ("rules", "2"), || {
            quotes::quotes(&document, &out.entities, language, &self.cues)
        });
        let (topics, engine) = notes
            .guard("topics", ("linear", "2"), || {
                Some(self.topics.topics(language, input.categories, input.headline, &document))
            })
            .unwrap_or((Vec::new(), "linear"));
        out.topics = topics;
        if let Some(note) = notes.provenance.last_mut() {
            note.engine = engine.to_owned();
        }
        out.keywords = notes.guard("keywords", ("statistics", "1"), || {
            keywords::keywords(&document, input.headline, &out.entities, language, &self.cues)
        });
        out.provenance = notes.provenance;
        (out, Seen { language: language.to_owned(), dateline: found })
    }

    /// Gives `work` what the engine for entities is given of this input; for training and measuring.
    pub fn scene<R>(&self, input: &Input<'_>, work: impl FnOnce(&Scene<'_>) -> R) -> R {
        let document = Document::new(input.text);
        let language = self.language(input, &document);
        let mut context = context(input, language);
        let (located, _) = self.located(input, input.text, &context);
        context.mentioned.extend(located.map(|place| place.country));
        context.mentioned.extend(self.countries(&document));
        let (cues, gazetteer) = (&self.cues, &self.gazetteer);
        work(&Scene { document: &document, language, cues, gazetteer, context: &context })
    }

    fn language<'a>(&self, input: &Input<'a>, document: &Document<'_>) -> &'a str {
        match input.language.split('-').next().unwrap_or_default() {
            "" | "und" => language::guess(document, &self.cues),
            known => known,
        }
    }

    /// The place of the dateline, and the dateline where it still stands in the text.
    fn located(&self, input: &Input<'_>, text: &str, context: &Context) -> (Option<Place>, Option<Found>) {
        let found = if input.dateline.is_none() {
            self.finder.find(text, &self.cues, |name| self.is_place(name))
        } else {
            None
        };
        let printed = found.as_ref().and_then(|f| Some((f.place.as_deref()?, f.region.as_deref())));
        let place = input
            .dateline
            .or(printed)
            .and_then(|(place, region)| locate(&self.gazetteer, place, region, context));
        (place, found)
    }

    /// Is it the name of a place, by its own name or as the dateline of a city?
    fn is_place(&self, name: &str) -> bool {
        let first = name.split('/').next().unwrap_or(name).trim();
        !self.gazetteer.lookup(first).is_empty()
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

fn context(input: &Input<'_>, language: &str) -> Context {
    Context { source: input.country.map(str::to_owned), home: home_of(language), ..Context::default() }
}

/// Runs each enrichment behind a guard, so that one that fails costs only what it would have added.
struct Notes {
    provenance: Vec<Provenance>,
    cut: bool,
}

impl Notes {
    fn guard<T: Default>(
        &mut self,
        enrichment: &str,
        (engine, version): (&str, &str),
        work: impl FnOnce() -> T,
    ) -> T {
        let outcome = catch_unwind(AssertUnwindSafe(work));
        let error = match &outcome {
            Err(_) => Some("the engine failed on this text; report the item".to_owned()),
            Ok(_) if self.cut => Some(format!("only the first {MOST_CHARS} characters were read")),
            Ok(_) => None,
        };
        self.provenance.push(Provenance {
            enrichment: enrichment.to_owned(),
            engine: engine.to_owned(),
            version: version.to_owned(),
            error,
        });
        outcome.unwrap_or_default()
    }
}
