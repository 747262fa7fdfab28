//! The enricher: loads the vocabularies once, runs each enrichment, and notes who made it.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::NaiveDate;
use wiredesk_contract::CopyItem;
use wiredesk_contract::enrichment::{EnrichFailure, Enrichment, EntityType, Place};

use super::cues::Cues;
use super::dateline::{Finder, Found, locate};
use super::entities::linear::Linear;
use super::entities::link::entities;
use super::entities::{EntityTagger, Scene};
use super::gazetteer::Gazetteer;
use super::known::KnownNames;
use super::notes::Notes;
use super::places::{Context, home_of};
use super::sentiment::SentimentEngine;
use super::summary::{self, Given};
use super::tokens::{Document, fold};
use super::topics::Topics;
use super::{event, figures, keywords, language, quotes, vocabulary};

/// Characters that are enriched; copy is never longer, pages that were taken for copy are.
const MOST_CHARS: usize = 100_000;
/// What each enrichment may take by default: a thousand times what it takes.
pub const BUDGET: Duration = Duration::from_secs(2);

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
    /// The day of publication, which the text's weekdays and dates without a year go by.
    pub published: Option<NaiveDate>,
    /// What feed and page give as a summary.
    pub given: Given<'a>,
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
    figures: figures::Words,
    happens: event::Weights,
    tagger: Box<dyn EntityTagger>,
    known: KnownNames,
    sentiment: Option<Box<dyn SentimentEngine>>,
    budget: Duration,
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
            figures: figures::Words::load(),
            happens: event::Weights::shipped(),
            tagger,
            known: KnownNames::default(),
            sentiment: None,
            budget: BUDGET,
        }
    }

    /// The same with people and organisations that an operator loaded.
    #[must_use]
    pub fn with_known(mut self, known: KnownNames) -> Self {
        self.known = known;
        self
    }

    /// The same with an engine of sentiment.
    #[must_use]
    pub fn with_sentiment(mut self, engine: Box<dyn SentimentEngine>) -> Self {
        self.sentiment = Some(engine);
        self
    }

    /// The same with another time that each enrichment may take.
    #[must_use]
    pub fn with_budget(mut self, budget: Duration) -> Self {
        self.budget = budget;
        self
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
        // Copy without a body has the feed's summary for a lead.
        let teaser = copy.lead.as_deref().filter(|_| copy.text.is_empty());
        let input = Input {
            headline: &copy.headline,
            text: &copy.text,
            language: &copy.language,
            dateline,
            categories: &copy.categories,
            country: copy.source.country.as_deref(),
            published: Some(day_of(copy)),
            given: Given {
                feed: copy.deck.as_deref().filter(|_| copy.deck_of_feed).or(teaser),
                deck: copy.deck.as_deref(),
            },
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
        let mut notes = Notes::new(self.budget);
        if cut.is_some() {
            let detail = format!("only the first {MOST_CHARS} characters were read");
            notes.failed("text", EnrichFailure::Cut, detail);
        }
        notes.made("vocabulary", self.vocabulary(), &vocabulary::version(&self.known));

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
            let mut found =
                entities(&scene, &self.tagger.tag(&scene), &fold(input.headline), self.tagger.name());
            self.known.name(&mut found);
            found
        });
        out.places = self.places(&out);
        out.event_place = notes.guard("event_place", ("rules", "1"), || {
            event::event_place(&self.offer(input, &scene, &out, found.as_ref()), &self.happens)
        });
        out.quotes = notes.guard("quotes", ("rules", "2"), || {
            quotes::quotes(&document, &out.entities, language, &self.cues)
        });
        out.topics = notes.guard("topics", ("linear", self.topics.version()), || {
            self.topics.topics(language, input.categories, input.headline, &document)
        });
        out.keywords = notes.guard("keywords", ("statistics", "1"), || {
            keywords::keywords(&document, input.headline, &out.entities, language, &self.cues)
        });
        out.figures = notes.guard("figures", ("rules", "1"), || {
            let mut found = figures::figures(&document, language, &self.figures);
            // JSON has no number for what is beyond all counting.
            found.retain(|figure| figure.value.is_finite() && figure.to.is_none_or(f64::is_finite));
            found
        });
        out.dates = notes.guard("dates", ("rules", "1"), || {
            figures::dates(&document, language, input.published, &self.figures)
        });
        out.summary = notes.guard("summary", ("extract", "1"), || {
            let behind = found.as_ref().map_or(0, |dateline: &Found| dateline.end);
            summary::summary(input.given, &document, behind)
        });
        out.reading_seconds = summary::reading_seconds(&document, language);
        if let Some(engine) = &self.sentiment {
            out.sentiment = notes.guard("sentiment", (engine.name(), engine.version()), || {
                engine.tone(input.headline, &document, language)
            });
        }
        out.provenance = notes.provenance;
        out.enrich = notes.report;
        (out, Seen { language: language.to_owned(), dateline: found })
    }

    /// What an item teaches about where stories happen, and is measured by: its candidates, as `work` is given them.
    pub fn event_candidates<R>(
        &self,
        input: &Input<'_>,
        work: impl FnOnce(&[event::Candidate<'_>]) -> R,
    ) -> R {
        let (enrichment, seen) = self.run(input);
        self.scene(input, |scene| {
            work(&event::candidates(&self.offer(input, scene, &enrichment, seen.dateline.as_ref())))
        })
    }

    fn offer<'a>(
        &'a self,
        input: &Input<'a>,
        scene: &Scene<'a>,
        found: &'a Enrichment,
        dateline: Option<&Found>,
    ) -> event::Offer<'a> {
        event::Offer {
            located: found.located.as_ref(),
            behind: dateline.map_or(0, |dateline| dateline.end),
            entities: &found.entities,
            headline: input.headline,
            document: scene.document,
            gazetteer: &self.gazetteer,
            cues: &self.cues,
            context: scene.context,
        }
    }

    /// Whence the names are.
    fn vocabulary(&self) -> &'static str {
        if self.known.version().is_empty() { "shipped" } else { "shipped+extract" }
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

/// The day of publication by the wire's own clock.
fn day_of(copy: &CopyItem) -> NaiveDate {
    let zone = copy.source.time_zone.as_deref().and_then(|zone| zone.parse::<chrono_tz::Tz>().ok());
    copy.event_time().with_timezone(&zone.unwrap_or(chrono_tz::UTC)).date_naive()
}

fn context(input: &Input<'_>, language: &str) -> Context {
    Context { source: input.country.map(str::to_owned), home: home_of(language), ..Context::default() }
}
