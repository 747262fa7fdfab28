//! What somebody is reported to have said, without marks: a speaker, a reporting verb, `que`, and the clause.

use wiredesk_contract::enrichment::{Quote, QuoteKind};

use super::super::budget;
use super::super::tokens::Token;
use super::Scene;
use super::speaker::Spoken;

/// Words between the speaker and the verb, and between the verb and `que`.
const APART: usize = 8;
/// The shortest clause, in words.
const LEAST: usize = 4;

/// Indirect quotations outside the marked ones.
pub(super) fn indirect(scene: &Scene<'_>, marked: &[(usize, usize)]) -> Vec<Quote> {
    let tokens = &scene.document.tokens;
    let mut found = Vec::new();
    let mut index = 0;
    while index < tokens.len() {
        budget::check();
        let verb = scene.verb_at(index, tokens.len());
        let quote = verb.and_then(|end| clause(scene, index, end, marked));
        match quote {
            Some((quote, end)) => {
                found.push(quote);
                index = end;
            }
            None => index += 1,
        }
    }
    found
}

fn clause(scene: &Scene<'_>, at: usize, end: usize, marked: &[(usize, usize)]) -> Option<(Quote, usize)> {
    let tokens = &scene.document.tokens;
    let sentence = tokens[at].sentence;
    let from = tokens[..at].iter().rposition(|t| t.sentence != sentence).map_or(0, |i| i + 1);
    let same = |t: &Token<'_>| t.sentence == sentence;
    let joint = (end..end + APART).find(|i| {
        tokens
            .get(*i)
            .is_some_and(|t| same(t) && matches!(t.fold.as_str(), "que" | "that" | "dass" | "che" | "qu"))
    })?;
    let mut first = joint + 1;
    if tokens.get(first).is_some_and(|t| matches!(t.text, "'" | "’")) {
        first += 1;
    }
    let last = (first..tokens.len()).take_while(|i| same(&tokens[*i])).last()?;
    let mut close = last + 1;
    while close > first && !tokens[close - 1].is_word() && tokens[close - 1].text != ")" {
        close -= 1;
    }
    let overlaps = marked.iter().any(|(open, end)| *open < close && first <= *end);
    let words = tokens.get(first..close)?.iter().filter(|t| t.is_word()).count();
    if overlaps || words < LEAST {
        return None;
    }
    let named = scene.people.last_in(from..at).filter(|person| at - person.end <= APART * 2);
    let person = named.or_else(|| scene.people.first_in(end..joint))?;
    let spoken = Spoken { speaker: Some(person.entity), confidence: 0.6, ..Spoken::default() };
    let verb = scene.document.span(at, end).to_owned();
    Some((scene.quote(first, close, QuoteKind::Indirect, &spoken, Some(verb)), close))
}
