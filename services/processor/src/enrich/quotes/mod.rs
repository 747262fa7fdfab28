//! Quotations and who said them: whole utterances and fragments between marks, and what somebody is reported to have said.
//!
//! Speakers are looked for in the order of a sieve (Muzny et al. 2017, aclanthology.org/E17-1044): beside a reporting verb of the
//! sentence, before a colon, after `según`, `selon`, `laut`; an office (`la ministra`) stands for the person who was introduced with
//! it; an utterance alone in its sentence goes on with the speaker before. Where none of these speaks, nobody is named.

mod indirect;
mod marks;
mod people;
mod speaker;

use wiredesk_contract::enrichment::{Entity, Quote, QuoteKind};

use super::budget;
use super::cues::Cues;
use super::tokens::Document;
use people::People;

/// What the search for quotations is given.
pub(super) struct Scene<'a> {
    document: &'a Document<'a>,
    language: &'a str,
    cues: &'a Cues,
    people: People<'a>,
}

/// Every quotation of a text, in order.
pub fn quotes(document: &Document<'_>, entities: &[Entity], language: &str, cues: &Cues) -> Vec<Quote> {
    let people = People::new(document, entities, language, cues);
    let scene = Scene { document, language, cues, people };
    let marked = marks::pairs(document);
    let mut found: Vec<Quote> = Vec::new();
    let mut last: Option<speaker::Spoken> = None;
    for (open, close) in &marked {
        budget::check();
        let Some((quote, spoken)) = scene.marked(*open, *close, last.as_ref()) else { continue };
        if spoken.speaker.is_some() {
            last = Some(spoken);
        }
        found.push(quote);
    }
    found.extend(indirect::indirect(&scene, &marked));
    found.sort_by_key(|quote| quote.start);
    found
}

impl Scene<'_> {
    /// The quotation between two marks, unless it is a title or a word held at arm's length.
    fn marked(
        &self,
        open: usize,
        close: usize,
        last: Option<&speaker::Spoken>,
    ) -> Option<(Quote, speaker::Spoken)> {
        let tokens = &self.document.tokens;
        let words = tokens.get(open + 1..close)?.iter().filter(|t| t.is_word()).count();
        let around = marks::around(self.document, open, close);
        let whole = marks::is_whole(self.document, open, close, &around);
        let spoken = self.speaker(open, close, &around, whole, last);
        let said = spoken.verb.is_some() || spoken.sure;
        if words == 0 || !said && (words < 4 || !whole && words < 6) {
            return None;
        }
        let kind = if whole && (words >= 3 || said) { QuoteKind::Direct } else { QuoteKind::Mixed };
        let verb = spoken.verb.map(|(at, end)| self.document.span(at, end).to_owned());
        let quote = self.quote(open + 1, close, kind, &spoken, verb);
        Some((quote, spoken))
    }

    /// The quotation of some tokens.
    fn quote(
        &self,
        first: usize,
        end: usize,
        kind: QuoteKind,
        spoken: &speaker::Spoken,
        verb: Option<String>,
    ) -> Quote {
        let tokens = &self.document.tokens;
        let speaker = spoken.speaker.and_then(|index| self.people.entity(index));
        Quote {
            start: self.document.char_at(tokens[first].start),
            end: self.document.char_at(tokens[end - 1].end),
            text: self.document.span(first, end).to_owned(),
            speaker: speaker.map(|entity| entity.name.clone()),
            speaker_id: speaker.map(|entity| entity.id.clone()),
            verb,
            kind,
            confidence: spoken.confidence,
        }
    }
}
