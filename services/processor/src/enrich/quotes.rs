//! Quotations and who said them. Marks are paired («», “”, „“, ""); the speaker is looked for beside a reporting verb in
//! the same sentence, then after `según`, `selon`, `laut` …; where neither is there, nobody is named.

use wiredesk_contract::enrichment::{Entity, EntityType, Quote};

use super::cues::Cues;
use super::tokens::{Document, Token};

/// The longest quotation, in characters: an unclosed mark must not swallow the text.
const LONGEST: usize = 1500;

/// Every quotation of a text, in order.
pub fn quotes(document: &Document<'_>, entities: &[Entity], language: &str, cues: &Cues) -> Vec<Quote> {
    let scene = Search { document, entities, language, cues };
    pairs(document).into_iter().filter_map(|(open, close)| scene.quote(open, close)).collect()
}

/// Pairs of opening and closing marks, as token indices; inner pairs belong to the outer one.
fn pairs(document: &Document<'_>) -> Vec<(usize, usize)> {
    let tokens = &document.tokens;
    let mut found = Vec::new();
    let mut index = 0;
    while index < tokens.len() {
        let closing: &[&str] = match tokens[index].text {
            "«" => &["»"],
            "“" => &["”"],
            "„" => &["“", "”", "\""],
            "\"" => &["\""],
            "‹" => &["›"],
            "»" if document.text.contains('«') => &["«"],
            _ => &[],
        };
        let german = tokens[index].text == "»" && !opens_german(document, index);
        let close = (index + 1..tokens.len())
            .take_while(|i| tokens[*i].start - tokens[index].start < LONGEST * 2)
            .find(|i| closing.contains(&tokens[*i].text));
        match close.filter(|_| !german) {
            Some(close) => {
                found.push((index, close));
                index = close + 1;
            }
            None => index += 1,
        }
    }
    found
}

/// `»so«`: some German wires turn the guillemets round; a word follows at once and none stands before.
fn opens_german(document: &Document<'_>, index: usize) -> bool {
    let before = index.checked_sub(1).is_some_and(|i| document.gap(i, index).is_empty());
    !before && document.gap(index, index + 1).is_empty()
}

struct Search<'a> {
    document: &'a Document<'a>,
    entities: &'a [Entity],
    language: &'a str,
    cues: &'a Cues,
}

impl Search<'_> {
    fn quote(&self, open: usize, close: usize) -> Option<Quote> {
        let tokens = &self.document.tokens;
        if close <= open + 1 {
            return None;
        }
        let text = self.document.span(open + 1, close);
        let words = tokens[open + 1..close].iter().filter(|t| t.is_word()).count();
        let (speaker, verb) = self.speaker(open, close);
        // Two or three words in marks without a verb are a title or a word held at arm's length.
        if words == 0 || words < 4 && verb.is_none() && speaker.is_none() {
            return None;
        }
        Some(Quote {
            start: self.document.char_at(tokens[open + 1].start),
            end: self.document.char_at(tokens[close - 1].end),
            text: text.to_owned(),
            speaker: speaker.map(|entity| entity.name.clone()),
            speaker_id: speaker.map(|entity| entity.id.clone()),
            verb,
        })
    }

    /// The tokens around a quotation that belong to its sentence: before the opening mark, and after the closing one.
    fn around(&self, open: usize, close: usize) -> (std::ops::Range<usize>, std::ops::Range<usize>) {
        let tokens = &self.document.tokens;
        let stop = |t: &Token<'_>| matches!(t.text, "\"" | "«" | "“" | "„");
        let mut from = open;
        while from > 0
            && tokens[from - 1].sentence == tokens[open].sentence
            && !matches!(tokens[from - 1].text, "\"" | "»" | "”")
        {
            from -= 1;
        }
        let mut to = close + 1;
        // A sentence that ends within the marks (`… ya.", dijo`) goes on after them.
        let sentence = tokens.get(to).map(|t| t.sentence);
        let comma = tokens.get(to).is_some_and(|t| t.text == "," || t.shape == super::tokens::Shape::Lower);
        let inside_comma = close > 0 && tokens[close - 1].text == ",";
        let same = sentence == Some(tokens[close].sentence);
        if comma || inside_comma || same {
            while tokens.get(to).is_some_and(|t| Some(t.sentence) == sentence && !stop(t)) {
                to += 1;
            }
        }
        (from..open, close + 1..to)
    }

    fn speaker(&self, open: usize, close: usize) -> (Option<&Entity>, Option<String>) {
        let (before, after) = self.around(open, close);
        if let Some((at, end)) = self.verb(after.clone()).filter(|(at, _)| *at <= after.start + 12) {
            let verb = Some(self.document.span(at, end).to_owned());
            let speaker =
                self.last_in(after.start..at).or_else(|| self.first_in(end..after.end.min(end + 25)));
            return (speaker.or_else(|| self.subject(before)), verb);
        }
        if let Some((at, end)) = self.last_verb(before.clone()) {
            let verb = Some(self.document.span(at, end).to_owned());
            return (self.last_in(before.start..at), verb);
        }
        if let Some(at) = self.according(before.clone()) {
            return (self.first_in(at..before.end), None);
        }
        if let Some(at) = self.according(after.clone()) {
            return (self.first_in(at..after.end), None);
        }
        (None, None)
    }

    /// The one person before the quotation in its sentence, where there is one only.
    fn subject(&self, range: std::ops::Range<usize>) -> Option<&Entity> {
        let mut people = self.speakers(range).filter(|entity| entity.kind == EntityType::Per);
        people.next().filter(|_| people.next().is_none())
    }

    fn first_in(&self, range: std::ops::Range<usize>) -> Option<&Entity> {
        let person = self.speakers(range.clone()).find(|entity| entity.kind == EntityType::Per);
        person.or_else(|| self.speakers(range).find(|entity| entity.kind == EntityType::Org))
    }

    fn last_in(&self, range: std::ops::Range<usize>) -> Option<&Entity> {
        let person = self.speakers(range.clone()).filter(|entity| entity.kind == EntityType::Per).last();
        person.or_else(|| self.speakers(range).filter(|entity| entity.kind == EntityType::Org).last())
    }

    /// People and organisations within a range of tokens.
    fn speakers(&self, range: std::ops::Range<usize>) -> impl Iterator<Item = &Entity> {
        let tokens = &self.document.tokens;
        let span = tokens.get(range.start).zip(range.end.checked_sub(1).and_then(|last| tokens.get(last)));
        let (from, to) =
            span.map_or((1, 0), |(a, b)| (self.document.char_at(a.start), self.document.char_at(b.end)));
        let entities =
            self.entities.iter().skip_while(move |e| e.start < from).take_while(move |e| e.end <= to);
        entities.filter(|entity| matches!(entity.kind, EntityType::Per | EntityType::Org))
    }

    /// The first reporting verb of a range: three words, two, or one.
    fn verb(&self, range: std::ops::Range<usize>) -> Option<(usize, usize)> {
        range.clone().find_map(|at| self.verb_at(at, range.end).map(|end| (at, end)))
    }

    fn last_verb(&self, range: std::ops::Range<usize>) -> Option<(usize, usize)> {
        range.clone().rev().find_map(|at| self.verb_at(at, range.end).map(|end| (at, end)))
    }

    fn verb_at(&self, at: usize, most: usize) -> Option<usize> {
        let tokens = &self.document.tokens;
        (1..=3_usize).rev().find_map(|length| {
            let end = at + length;
            let words = tokens.get(at..end).filter(|_| end <= most)?;
            if words.iter().any(|t| !t.is_word()) {
                return None;
            }
            let phrase: Vec<&str> = words.iter().map(|t| t.fold.as_str()).collect();
            self.cues.is_verb(self.language, &phrase.join(" ")).then_some(end)
        })
    }

    /// The token after `según`, `laut` … in a range.
    fn according(&self, range: std::ops::Range<usize>) -> Option<usize> {
        let tokens = &self.document.tokens;
        range.clone().find_map(|at| {
            self.cues.according(self.language).iter().find_map(|phrase| {
                let words: Vec<&str> = phrase.split(' ').collect();
                let here = tokens.get(at..at + words.len()).filter(|_| at + words.len() <= range.end)?;
                let weak = words.len() == 1
                    && matches!(words[0], "para" | "pour" | "per" | "so" | "conforme" | "zufolge");
                let same = here.iter().zip(&words).all(|(token, word)| token.fold == *word);
                (same && !weak).then_some(at + words.len())
            })
        })
    }
}
