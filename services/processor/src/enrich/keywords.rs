//! Keywords: the entities that the text is most about, and words and pairs of words that it repeats or puts first.

use std::collections::BTreeMap;

use wiredesk_contract::enrichment::{Entity, Keyword};

use super::budget;
use super::cues::Cues;
use super::tokens::{Document, fold};

/// How many at most.
const MOST: usize = 10;

/// Best first; terms as they are first written.
pub fn keywords(
    document: &Document<'_>,
    headline: &str,
    entities: &[Entity],
    language: &str,
    cues: &Cues,
) -> Vec<Keyword> {
    let title = fold(headline);
    let mut scored: BTreeMap<String, (f32, String)> = BTreeMap::new();
    for entity in entities {
        let score = 0.3 + 0.7 * entity.salience;
        let entry = scored.entry(fold(&entity.name)).or_insert((0.0, entity.name.clone()));
        entry.0 = entry.0.max(score);
    }
    let names: Vec<String> =
        entities.iter().map(|entity| format!("{}|{}", fold(&entity.name), fold(&entity.text))).collect();
    for (term, (count, first, shown)) in counts(document, language, cues) {
        budget::check();
        let worth = count >= 2 || title.contains(&term);
        if !worth || names.iter().any(|name| name.contains(&term)) {
            continue;
        }
        let early = 1.0 - first as f32 / document.tokens.len().max(1) as f32;
        let pair = if term.contains(' ') { 0.15 } else { 0.0 };
        let titled = if title.contains(&term) { 0.25 } else { 0.0 };
        let score = 0.12 * (count.min(5) as f32) + 0.1 * early + pair + titled;
        scored.insert(term, (score.min(1.0), shown));
    }
    let mut best: Vec<(f32, String, String)> =
        scored.into_iter().map(|(term, (score, shown))| (score, term, shown)).collect();
    best.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let keyword =
        |(score, _, term): (f32, String, String)| Keyword { term, score: (score * 100.0).round() / 100.0 };
    best.into_iter().take(MOST).map(keyword).collect()
}

/// Folded term to (how often, first token, as written): words of five letters or more, and pairs of words.
fn counts(document: &Document<'_>, language: &str, cues: &Cues) -> BTreeMap<String, (u32, usize, String)> {
    let mut counts: BTreeMap<String, (u32, usize, String)> = BTreeMap::new();
    let tokens = &document.tokens;
    let worth = |index: usize, least: usize| {
        tokens.get(index).is_some_and(|t| {
            t.is_word()
                && t.fold.chars().count() >= least
                && !cues.is_stop(language, &t.fold)
                && !cues.is_verb(language, &t.fold)
        })
    };
    for index in 0..tokens.len() {
        if worth(index, 5) {
            let entry = counts.entry(tokens[index].fold.clone()).or_insert((
                0,
                index,
                tokens[index].text.to_lowercase(),
            ));
            entry.0 += 1;
        }
        if worth(index, 4) && worth(index + 1, 4) && document.gap(index, index + 1) == " " {
            let term = format!("{} {}", tokens[index].fold, tokens[index + 1].fold);
            let entry =
                counts.entry(term).or_insert((0, index, document.span(index, index + 2).to_lowercase()));
            entry.0 += 1;
        }
    }
    counts
}
