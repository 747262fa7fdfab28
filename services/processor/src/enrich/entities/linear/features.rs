//! What the model sees of a token: its letters, its neighbours, the lists, the gazetteer, and what the rules say.

use std::ops::Range;

use foldhash::HashSet;

use super::super::super::tokens::{Shape, Token};
use super::super::{Mention, Scene};
use super::labels;
use crate::fnv::fnv1a;

/// Version of the features: a model fits one only.
pub(super) const FORM: u8 = 2;
/// Small words before a capital that may belong to its name.
const BEFORE: usize = 4;
/// Small words after it.
const AFTER: usize = 5;

/// What is known of one token.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    word: u64,
    shape: u64,
    /// Lists that it is in, see [`Cues::marks`](super::super::super::cues::Cues::marks).
    lists: u32,
    /// Place of the gazetteer: 0 none, else class and whether it begins.
    place: u64,
    /// Label and confidence by the rules.
    ruled: u64,
    /// Also written small in this text.
    small: bool,
    /// Run of capitals that it is in: first token and one past the last.
    run: (usize, usize),
    open: bool,
}

/// A text as the model reads it.
pub(super) struct Reading<'s> {
    tokens: &'s [Token<'s>],
    seen: Vec<Seen>,
    language: u64,
}

impl<'s> Reading<'s> {
    pub(super) fn new(scene: &Scene<'s>, ruled: &[Mention]) -> Self {
        let tokens = scene.document.tokens.as_slice();
        let small: HashSet<&str> =
            tokens.iter().filter(|t| t.shape == Shape::Lower).map(|t| t.fold.as_str()).collect();
        let mut seen: Vec<Seen> = tokens
            .iter()
            .map(|token| Seen {
                word: hash(token.fold.as_bytes()),
                shape: shape(token),
                lists: scene.cues.marks(scene.language, &token.fold),
                small: token.is_capital() && small.contains(token.fold.as_str()),
                open: token.is_capital(),
                ..Seen::default()
            })
            .collect();
        places(scene, &mut seen);
        for (mention, labels) in ruled.iter().map(|m| (m, labels::begin(m.kind) as u64)) {
            let sure = if mention.confidence >= 0.8 { 32 } else { 16 };
            for (place, one) in seen.iter_mut().take(mention.end).skip(mention.first).enumerate() {
                one.ruled = sure + labels + u64::from(place > 0);
                one.open = true;
            }
        }
        runs(scene, &mut seen);
        bridge(tokens, &mut seen);
        Self { tokens, seen, language: hash(scene.language.as_bytes()) }
    }

    /// How many tokens there are.
    pub(super) fn len(&self) -> usize {
        self.tokens.len()
    }

    /// May the token belong to a name?
    pub(super) fn is_open(&self, index: usize) -> bool {
        self.seen[index].open
    }

    /// The tokens of each sentence.
    pub(super) fn sentences(&self) -> impl Iterator<Item = Range<usize>> {
        self.tokens.chunk_by(|a, b| a.sentence == b.sentence).scan(0, |from, sentence| {
            let range = *from..*from + sentence.len();
            *from = range.end;
            Some(range)
        })
    }

    fn at(&self, index: usize, offset: isize) -> Seen {
        let sentence = self.tokens[index].sentence;
        let place = index.checked_add_signed(offset);
        let inside = place.filter(|place| self.tokens.get(*place).is_some_and(|t| t.sentence == sentence));
        inside.map_or(Seen { shape: 9, ..Seen::default() }, |place| self.seen[place])
    }

    /// The keys of a token's features.
    pub(super) fn features(&self, index: usize, mut each: impl FnMut(u32)) {
        self.all(index, |key, _| each(key));
    }

    /// The same, with whether a feature knows the token by its letters. A trainer leaves some of those out, so that the model does
    /// not lean on names that it has met.
    pub(super) fn all(&self, index: usize, mut each: impl FnMut(u32, bool)) {
        let token = &self.tokens[index];
        let [b2, b1, own, a1, a2] = [-2, -1, 0, 1, 2].map(|offset| self.at(index, offset));
        let mut number = 0;
        let mut put = |parts: [u64; 3], lexical: bool| {
            number += 1;
            each(key(number, parts), lexical);
        };
        let first = u64::from(token.first);
        put([self.language, 0, 0], false);
        put([own.word, 0, 0], true);
        put([b1.word, own.word, 0], true);
        put([own.word, a1.word, 0], true);
        for end in affixes(&token.fold) {
            put([end, 0, 0], true);
        }
        for near in [b2, b1, a1, a2] {
            put([near.word, 0, 0], false);
        }
        put([b2.word, b1.word, 0], false);
        put([own.shape, first, self.language], false);
        put([b1.shape, own.shape, a1.shape], false);
        put([own.shape, a1.shape, a2.shape], false);
        put([u64::from(own.small), own.shape, first], false);
        for near in [b2, b1, own, a1, a2] {
            put([u64::from(near.lists), 0, 0], false);
        }
        put([u64::from(b1.lists), u64::from(own.lists), 0], false);
        put([u64::from(own.lists), u64::from(a1.lists), own.shape], false);
        // German writes all nouns with capitals: what a capital says depends on the language.
        put([u64::from(own.lists), own.shape, self.language], false);
        put([u64::from(own.lists), u64::from(b1.lists), self.language], false);
        put([own.place, u64::from(own.lists), self.language], false);
        for near in [b1, own, a1] {
            put([near.place, 0, 0], false);
        }
        put([own.place, own.shape, first], false);
        put([own.place, u64::from(b1.lists), a1.shape], false);
        for near in [b2, b1, own, a1, a2] {
            put([near.ruled, 0, 0], false);
        }
        put([b1.ruled, own.ruled, a1.ruled], false);
        put([own.ruled, self.language, 0], false);
        put([own.ruled, own.shape, first], false);
        put([own.ruled, own.place, u64::from(own.lists)], false);
        put([own.ruled, b1.word, 0], false);
        put([own.ruled, a1.word, 0], false);
        put([own.ruled, own.word, 0], true);
        // What a language does alone must not be learnt for all.
        let [.., end3, _] = affixes(&token.fold);
        put([end3, self.language, own.shape], true);
        put([u64::from(own.lists), u64::from(a1.lists), self.language], false);
        self.run(index, own, &mut put);
    }

    /// The run of capitals around a token: what stands before and after it, its ends, and where in it the token is.
    fn run(&self, index: usize, own: Seen, put: &mut impl FnMut([u64; 3], bool)) {
        let (from, to) = own.run;
        if from == to {
            return;
        }
        let before = self.at(from, -1);
        let after = self.at(to - 1, 1);
        let (head, last) = (self.seen[from], self.seen[to - 1]);
        let length = (to - from).min(5) as u64;
        let place = ((index - from).min(3) * 8 + (to - 1 - index).min(3)) as u64;
        let lists = self.seen[from..to].iter().fold(0, |all, one| all | one.lists);
        put([before.word, length, 0], false);
        put([after.word, length, 0], false);
        put([before.word, after.word, 0], false);
        put([before.shape, after.shape, length], false);
        put([u64::from(before.lists), length, place], false);
        put([head.word, u64::from(index == from), 0], true);
        put([last.word, u64::from(index + 1 == to), 0], true);
        put([u64::from(lists), place, 0], false);
        put([u64::from(head.lists), u64::from(last.lists), length], false);
        put([length, place, u64::from(self.tokens[from].first)], false);
        put([head.place, last.place, length], false);
    }
}

/// Marks the gazetteer's names: countries, large and small places, by their own or another name.
fn places(scene: &Scene<'_>, seen: &mut [Seen]) {
    let mut next = 0;
    for index in 0..seen.len() {
        if index < next || !seen[index].open {
            continue;
        }
        let region = scene.gazetteer.region_at(scene.document, index);
        let spots = scene.gazetteer.longest_at(scene.document, index);
        let Some(end) = region.max(spots.map(|(end, _)| end)) else { continue };
        let spots = spots.filter(|(reached, _)| *reached == end).map_or(&[][..], |(_, spots)| spots);
        let class = spots.iter().filter_map(|named| Some((named.own, scene.gazetteer.spot(named.spot)?)));
        let class = class.map(|(own, spot)| {
            let size = match spot.population {
                _ if spot.is_country => 5,
                1_000_000.. => 4,
                200_000.. => 3,
                40_000.. => 2,
                _ => 1,
            };
            2 * size + u64::from(own)
        });
        let class = class.max().unwrap_or_default() + if region == Some(end) { 16 } else { 0 };
        for one in seen.iter_mut().take(end).skip(index) {
            one.place = 2 * class + u64::from(next == end);
            next = end;
        }
    }
}

fn runs(scene: &Scene<'_>, seen: &mut [Seen]) {
    let mut index = 0;
    while index < seen.len() {
        if !scene.document.tokens[index].is_capital() {
            index += 1;
            continue;
        }
        let run = super::super::runs::run_at(scene, index);
        for one in seen.iter_mut().take(run.end).skip(index) {
            one.run = (index, run.end);
        }
        index = run.end.max(index + 1);
    }
}

/// Opens the small words, numbers and marks around capitals: `tribunal correctionnel de Nîmes`, `Organisation mondiale de la
/// santé`. A mark other than an apostrophe, a stop or a dash within a name ends the reach.
fn bridge(tokens: &[Token<'_>], seen: &mut [Seen]) {
    let capitals: Vec<usize> = (0..seen.len()).filter(|index| seen[*index].open).collect();
    for capital in capitals {
        let sentence = tokens[capital].sentence;
        let reach = |index: &usize| {
            let token = &tokens[*index];
            let inside = matches!(token.text, "'" | "’" | "." | "-" | "–" | "&" | "/" | ":");
            token.sentence == sentence && (token.shape != Shape::Mark || inside)
        };
        let before = (capital.saturating_sub(BEFORE)..capital).rev().take_while(reach);
        let after = (capital + 1..seen.len().min(capital + 1 + AFTER)).take_while(reach);
        for index in before.chain(after) {
            seen[index].open = true;
        }
    }
}

fn shape(token: &Token<'_>) -> u64 {
    match token.shape {
        Shape::Lower => 1,
        Shape::Title if token.text.contains(['-', '‑']) => 2,
        Shape::Title if token.text.chars().skip(1).any(char::is_uppercase) => 3,
        Shape::Title if token.text.chars().count() == 1 => 4,
        Shape::Title => 5,
        Shape::Upper => 6,
        Shape::Number => 7,
        Shape::Mark => 16 + hash(token.text.as_bytes()) % 65_521,
    }
}

/// Beginnings and ends of a word: three letters of the beginning; two, three and four of the end.
fn affixes(word: &str) -> [u64; 4] {
    let cut = |count: usize| word.char_indices().nth(count).map_or(word.len(), |(byte, _)| byte);
    let end = |count: usize| word.char_indices().rev().nth(count - 1).map_or(0, |(byte, _)| byte);
    let piece = |range: Range<usize>| hash(word.get(range).unwrap_or_default().as_bytes());
    [piece(0..cut(3)), piece(end(2)..word.len()), piece(end(3)..word.len()), piece(end(4)..word.len())]
}

fn hash(bytes: &[u8]) -> u64 {
    fnv1a(bytes.iter().copied())
}

/// 32 bits of the template's number and its parts; never 0.
fn key(number: u64, parts: [u64; 3]) -> u32 {
    let mut mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    for part in parts {
        mixed = (mixed ^ part).wrapping_mul(0xff51_afd7_ed55_8ccd);
        mixed ^= mixed >> 32;
    }
    (mixed as u32).max(1)
}
