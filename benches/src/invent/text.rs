//! One invented text: headline, lead and paragraphs, with names, numbers and a quotation at known places.

use std::collections::BTreeMap;
use std::fmt::Write;

use wiredesk_contract::enrichment::{Entity, Figure, FigureKind, Quote, QuoteKind};

use super::cast::{Name, mention};
use super::words::{Chance, Language, capital};

/// Words that a text says again and again.
const THEME: usize = 12;

/// A text under way.
pub(super) struct Text<'a> {
    language: &'a Language,
    cast: Vec<Name>,
    theme: Vec<usize>,
    headline: String,
    lead: String,
    paragraphs: Vec<String>,
    /// Tokens of headline, lead and body.
    tokens: [Vec<usize>; 3],
    /// Characters of the plain text, line ends included.
    characters: u32,
    entities: Vec<Entity>,
    quotes: Vec<Quote>,
    figures: Vec<Figure>,
}

impl<'a> Text<'a> {
    pub(super) fn new(language: &'a Language, cast: Vec<Name>, words: usize, chance: &mut Chance) -> Self {
        let theme = (0..THEME).map(|_| language.word(chance)).collect();
        let mut text = Self {
            language,
            cast,
            theme,
            headline: String::new(),
            lead: String::new(),
            paragraphs: Vec::new(),
            tokens: Default::default(),
            characters: 0,
            entities: Vec::new(),
            quotes: Vec::new(),
            figures: Vec::new(),
        };
        text.headline = text.sentence(chance, 10, 0, None).trim_end_matches('.').to_owned();
        text.lead = text.sentence(chance, 24, 1, Some(0));
        let lead = text.lead.clone();
        text.tokens[2] = text.tokens[1].clone();
        text.push(lead);
        while text.count() < words {
            text.paragraph(chance);
        }
        text
    }

    /// Adds a paragraph of some sentences.
    pub(super) fn paragraph(&mut self, chance: &mut Chance) {
        let mut paragraph = String::new();
        for _ in 0..chance.between(2, 4) {
            if !paragraph.is_empty() {
                paragraph.push(' ');
            }
            let at = paragraph.chars().count() as u32;
            let words = chance.between(9, 24);
            let sentence = self.sentence(chance, words, 2, Some(at));
            if self.quotes.is_empty() {
                let (start, length) = (self.characters + at, sentence.chars().count() as u32);
                self.quotes.push(Quote {
                    start,
                    end: start + length,
                    text: sentence.clone(),
                    speaker: self.cast.last().map(|name| name.printed.clone()),
                    speaker_id: self.cast.last().map(|name| name.id.clone()),
                    verb: None,
                    kind: QuoteKind::Indirect,
                    confidence: 0.6,
                });
            }
            paragraph.push_str(&sentence);
        }
        self.push(paragraph);
    }

    fn push(&mut self, paragraph: String) {
        self.characters += paragraph.chars().count() as u32 + 1;
        self.paragraphs.push(paragraph);
    }

    /// A sentence for headline (0), lead (1) or body (2); `at` is where it stands in its paragraph, where names and figures are noted.
    fn sentence(&mut self, chance: &mut Chance, words: usize, part: usize, at: Option<u32>) -> String {
        let mut sentence = String::new();
        let mut characters = 0;
        for n in 0..words {
            if n > 0 {
                sentence.push(' ');
                characters += 1;
            }
            let start = at.map(|at| self.characters + at + characters);
            let printed = match chance.below(100) {
                // Names stand in a headline, a lead and now and then after.
                0..5 => {
                    let name = self.cast[chance.below(self.cast.len())].clone();
                    self.tokens[part].extend(name.tokens.iter().map(|token| self.language.name(*token)));
                    if let Some(start) = start {
                        self.entities.push(mention(&name, start, name.printed.chars().count() as u32));
                    }
                    name.printed
                }
                5..7 => {
                    let number = chance.between(2, 999);
                    self.tokens[part].push(self.language.number(number));
                    let printed = number.to_string();
                    if let Some(start) = start {
                        self.figures.push(Figure {
                            start,
                            end: start + printed.len() as u32,
                            text: printed.clone(),
                            kind: FigureKind::Count,
                            value: number as f64,
                            to: None,
                            unit: None,
                        });
                    }
                    printed
                }
                kind => {
                    let token = match kind {
                        7..48 => self.language.particle(chance),
                        48..62 => self.theme[chance.below(THEME)],
                        _ => self.language.word(chance),
                    };
                    self.tokens[part].push(token);
                    let word = &self.language.tokens[token];
                    if n == 0 { capital(word) } else { word.clone() }
                }
            };
            characters += printed.chars().count() as u32;
            sentence.push_str(&printed);
        }
        sentence.push('.');
        sentence
    }

    /// BCP 47.
    pub(super) fn language(&self) -> &str {
        self.language.grammar.code
    }

    pub(super) fn headline(&self) -> &str {
        &self.headline
    }

    pub(super) fn lead(&self) -> &str {
        &self.lead
    }

    pub(super) fn cast(&self) -> &[Name] {
        &self.cast
    }

    /// Words of the body.
    pub(super) fn count(&self) -> usize {
        self.tokens[2].len()
    }

    pub(super) fn plain(&self) -> String {
        self.paragraphs.join("\n")
    }

    pub(super) fn html(&self) -> String {
        let mut html = String::new();
        for paragraph in &self.paragraphs {
            let _ = write!(html, "<p>{paragraph}</p>");
        }
        html
    }

    pub(super) fn entities(&self) -> Vec<Entity> {
        self.entities.clone()
    }

    pub(super) fn quotes(&self) -> Vec<Quote> {
        self.quotes.clone()
    }

    pub(super) fn figures(&self) -> Vec<Figure> {
        self.figures.clone()
    }

    /// The words of its theme.
    pub(super) fn keywords(&self) -> Vec<String> {
        self.theme.iter().take(8).map(|token| self.language.tokens[*token].clone()).collect()
    }

    pub(super) fn slug(&self) -> String {
        self.headline.split(' ').take(4).collect::<Vec<_>>().join("-").to_lowercase()
    }

    pub(super) fn byline(&self) -> String {
        let person = self.cast.iter().find(|name| name.place.is_none());
        person.map(|name| name.printed.clone()).unwrap_or_default()
    }

    /// What `search_words` in schemas/postgres makes of it, by the lexeme of each token: to have Postgres take a million texts apart takes an
    /// hour.
    pub(super) fn vector(&self, lexemes: &[String], with_words: bool) -> String {
        let mut found: BTreeMap<&str, String> = BTreeMap::new();
        let mut before = 0;
        for (tokens, weight) in self.tokens.iter().zip(["A", "B", "C"]).filter(|_| with_words) {
            let mut last = before;
            for (n, token) in tokens.iter().enumerate() {
                let lexeme = lexemes[*token].as_str();
                if !lexeme.is_empty() {
                    last = before + n + 1;
                    let places = found.entry(lexeme).or_default();
                    let comma = if places.is_empty() { "" } else { "," };
                    let _ = write!(places, "{comma}{last}{weight}");
                }
            }
            before = last;
        }
        let mut vector = String::new();
        for (lexeme, places) in found {
            let _ = write!(vector, "'{lexeme}':{places} ");
        }
        let code = self.language();
        let code = if code == "eu" { "und" } else { code };
        let _ = write!(vector, "'§{code}'");
        vector
    }
}
