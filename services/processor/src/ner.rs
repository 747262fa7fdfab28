//! Training the models of entities, topics and places of events on labelled copy.

use crate::enrich::entities::linear::train::{self, Settings};
use crate::enrich::entities::rules::Rules;
use crate::enrich::{Enricher, Input, event};
use crate::labelled::{GoldEntity, Labelled};
use crate::measure::input;

/// Trains the engine `linear`; the answer is the file of its model.
pub fn train(items: &[Labelled], settings: &Settings) -> Vec<u8> {
    let enricher = Enricher::with(Box::new(Rules));
    let mut examples = Vec::new();
    // Short items with topics have no entities marked.
    let marked = items.iter().filter(|item| item.topics.is_empty() || !item.story.is_empty());
    for (input, gold) in marked.flat_map(texts) {
        let spans: Vec<_> = gold.iter().map(|entity| (entity.start, entity.end, entity.kind)).collect();
        examples.extend(
            enricher.scene(&input, |scene| train::examples(scene, &train::mentions(scene.document, &spans))),
        );
    }
    train::train(&examples, settings)
}

/// Headline and body, each with its entities.
fn texts(item: &Labelled) -> impl Iterator<Item = (Input<'_>, &[GoldEntity])> {
    let input = Input { language: &item.language, country: item.country.as_deref(), ..Input::default() };
    [(item.title.as_str(), &item.title_entities), (item.text.as_str(), &item.entities)]
        .into_iter()
        .filter(|(text, _)| !text.is_empty())
        .map(move |(text, gold)| (Input { text, ..input }, gold.as_slice()))
}

/// Trains the model of topics; the answer is its file.
pub fn train_topics(items: &[Labelled]) -> Vec<u8> {
    let enricher = Enricher::with(Box::new(Rules));
    let examples: Vec<_> = items
        .iter()
        .filter(|item| !item.topics.is_empty())
        .map(|item| {
            let categories: Vec<String> = item.section.iter().cloned().collect();
            enricher.topic_example(&input(item, &categories), &item.topics)
        })
        .collect();
    crate::enrich::topics::train::train(&examples)
}

/// Learns where stories happen; the answer is the file of weights.
pub fn train_events(items: &[Labelled]) -> String {
    let enricher = Enricher::new();
    let labelled = items.iter().filter_map(|item| Some((item, item.happens?)));
    let mut examples = Vec::new();
    for (item, happens) in labelled {
        let categories: Vec<String> = item.section.iter().cloned().collect();
        enricher.event_candidates(&input(item, &categories), |candidates| {
            let right = candidates.iter().position(|candidate| candidate.spot.geonameid == happens);
            let candidates = candidates.iter().map(|candidate| candidate.features).collect();
            examples.push(event::train::Example { candidates, right });
        });
    }
    event::train::train(&examples).file()
}
