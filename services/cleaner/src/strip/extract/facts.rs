//! What is known of each piece of a page, as figures for the model: its text, where it stands, what stands around it.

use foldhash::{HashMap, HashMapExt};

use super::names;
use super::page::{Page, tag};
use super::phrases::{self, Phrases};
use super::series::{self, Series};
use super::witness::{self, Witness};
use crate::strip::blocks::BlockKind;
use crate::strip::letters;

/// Figures of a piece.
pub(crate) const WIDTH: usize = TEXT
    + PLACE
    + SHARES
    + WITNESS
    + series::WIDTH
    + 3 * NEIGHBOUR
    + 4 * names::COUNT
    + phrases::COUNT
    + 2 * tag::COUNT;
const TEXT: usize = 22;
const PLACE: usize = 22;
const SHARES: usize = 18;
const WITNESS: usize = 11;
const NEIGHBOUR: usize = 7;

/// What the choice needs beside the figures.
pub(crate) struct Facts {
    /// [`WIDTH`] figures a piece.
    pub(crate) rows: Vec<f32>,
    /// Words of each piece, ideographs as halves.
    pub(crate) words: Vec<f32>,
    /// The container of each piece: its element, or the parent of a paragraph.
    pub(crate) holders: Vec<u32>,
    pub(crate) series: Series,
    /// The wording of each piece.
    pub(crate) phrases: Vec<Phrases>,
    /// Share of each piece that the declared body has; negative where none is declared.
    pub(crate) bodies: Vec<f32>,
}

/// Letters of scripts that are written without spaces.
fn ideograph(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{0e00}'..='\u{0e7f}')
}

pub(crate) struct Look {
    pub(crate) words: f32,
    /// Running text.
    pub(crate) prose: bool,
    phrases: Phrases,
    ends: f32,
    links: f32,
}

fn count(text: &str) -> f32 {
    let mut words = 0.0;
    let mut within = false;
    for c in text.chars() {
        if ideograph(c) {
            words += 0.5;
            within = false;
        } else if letters::alphanumeric(c) {
            if !within {
                words += 1.0;
            }
            within = true;
        } else if c != '\'' && c != '’' {
            within = false;
        }
    }
    words
}

fn share(a: f32, b: f32) -> f32 {
    if b > 0.0 { a / b } else { 0.0 }
}

/// Totals of a group of pieces.
#[derive(Clone, Copy, Default)]
struct Sum {
    prose: f32,
    words: f32,
    count: f32,
    letters: f32,
    linked: f32,
    /// Words that the declared body has too.
    told: f32,
}

/// The figures of all pieces.
pub(crate) fn of(page: &Page, witness: &Witness) -> Facts {
    let pieces = &page.pieces;
    let off = off(page);
    let looks: Vec<Look> = pieces
        .iter()
        .map(|piece| {
            let words = count(&piece.text);
            let last = piece
                .text
                .trim_end_matches(['"', '”', '»', '“', '\'', '’', ')', ' ', ']'])
                .chars()
                .next_back();
            let ends = last
                .is_some_and(|c| matches!(c, '.' | '!' | '?' | '…' | '。' | '！' | '？' | '؟' | '।' | '۔'));
            let links = share(piece.linked as f32, piece.letters as f32);
            let place = page.place(piece);
            let off = place.tags & off != 0 || place.hidden;
            let prose = words >= 10.0 && links < 0.4 && (ends || words >= 25.0) && !off;
            Look { words, prose, phrases: phrases::of(&piece.text), ends: f32::from(u8::from(ends)), links }
        })
        .collect();
    let holders: Vec<u32> = pieces
        .iter()
        .map(|piece| {
            let place = page.place(piece);
            let inside = tag::P | tag::H1 | tag::H2 | tag::H3 | tag::PRE;
            if place.tag & inside != 0 { place.parent } else { piece.place }
        })
        .collect();
    let words: Vec<Vec<u64>> = pieces.iter().map(|piece| witness::words(&piece.text)).collect();
    let bodies: Vec<f32> = words.iter().map(|words| witness.in_body(words)).collect();
    let shape = Shape::of(page, &looks, &holders, &bodies);
    let anchor = Anchor::of(page, &looks, &holders);
    let series = Series::of(page, &looks, anchor.first);
    let mut heading: Option<(usize, u32)> = None;
    let mut rows = Vec::with_capacity(pieces.len() * WIDTH);
    let repeats = repeats(page);
    let (mut before, mut seen_h1) = (0.0, None);
    for (at, piece) in pieces.iter().enumerate() {
        let start = rows.len();
        let look = &looks[at];
        let place = page.place(piece);
        if place.tags & tag::H1 != 0 && seen_h1.is_none() {
            seen_h1 = Some((at, before));
        }
        text_figures(&mut rows, piece, look);
        rows.extend([
            f32::from(place.depth),
            share(at as f32, pieces.len() as f32),
            share(before, shape.words),
            share(before, shape.words) * shape.words.ln_1p(),
            seen_h1.map_or(-1.0, |(h1, _)| ((at - h1) as f32).ln_1p()),
            seen_h1.map_or(-1.0, |(_, words)| (before - words).ln_1p()),
            (pieces.len() as f32).ln_1p(),
            shape.prose.ln_1p(),
            flag(place.hidden),
            flag(place.body_of),
            flag(shape.has_body_of),
            flag(piece.continues),
        ]);
        // The heading that governs it, unless it is one itself.
        let (since, wording) =
            heading.map_or((-1.0, 0), |(index, wording)| (((at - index) as f32).ln_1p(), wording));
        if place.tag & (tag::H1 | tag::H2 | tag::H3) != 0
            || piece.kind == BlockKind::Subhead && look.words < 8.0
        {
            heading = Some((at, look.phrases));
        }
        rows.extend([
            since,
            flag(wording & (1 | 2) != 0),
            flag(wording & (1 << 3) != 0),
            flag(wording & (1 << 4) != 0),
        ]);
        anchor.figures(&mut rows, page, at, holders[at]);
        shape.figures(&mut rows, page, at, holders[at], before);
        witness.figures(&mut rows, &piece.text, &words[at], bodies[at], repeats[at]);
        series.figures(&mut rows, piece.place, before);
        let group = shape.groups.get(&place.sort).copied().unwrap_or_default();
        rows.extend([if bodies[at] < 0.0 { -1.0 } else { share(group.told, group.words) }, shape.told]);
        let beside = |rows: &mut Vec<f32>, other: Option<usize>| match other
            .and_then(|o| Some((o, looks.get(o)?, pieces.get(o)?)))
        {
            Some((index, look, other)) => {
                let other_place = page.place(other);
                rows.extend([
                    look.words.ln_1p(),
                    look.links,
                    look.ends,
                    flag(holders[index] == holders[at]),
                    flag(other_place.sort == place.sort),
                    flag(look.prose),
                    f32::from(u8::from(look.phrases != 0))
                        + f32::from(u8::from(other_place.tags & (tag::H2 | tag::H3) != 0)) * 2.0,
                ]);
            }
            None => rows.extend([-1.0; NEIGHBOUR]),
        };
        beside(&mut rows, at.checked_sub(1));
        beside(&mut rows, at.checked_sub(2));
        beside(&mut rows, Some(at + 1));
        for (mask, bits) in [
            (place.names, names::COUNT),
            (place.near, names::COUNT),
            (place.far, names::COUNT),
            (piece.inner, names::COUNT),
            (look.phrases, phrases::COUNT),
            (place.tag, tag::COUNT),
            (place.tags, tag::COUNT),
        ] {
            rows.extend((0..bits).map(|bit| flag(mask >> bit & 1 != 0)));
        }
        before += look.words;
        debug_assert_eq!(rows.len() - start, WIDTH);
    }
    let (words, phrases) = looks.iter().map(|look| (look.words, look.phrases)).unzip();
    Facts { rows, words, holders, series, phrases, bodies }
}

/// Elements that hold no running text. A form may be around the whole page, as of ASP.NET and some forums.
fn off(page: &Page) -> u32 {
    let (mut all, mut within) = (0, 0);
    for piece in &page.pieces {
        let letters = piece.letters - piece.linked.min(piece.letters);
        all += letters;
        within += if page.place(piece).tags & tag::FORM != 0 { letters } else { 0 };
    }
    tag::NAV | tag::FOOTER | if within > all / 2 { 0 } else { tag::FORM }
}

fn flag(yes: bool) -> f32 {
    f32::from(u8::from(yes))
}

fn text_figures(rows: &mut Vec<f32>, piece: &super::page::Piece, look: &Look) {
    let text = &piece.text;
    let (mut commas, mut upper, mut digits, mut chars, mut marks, mut stops) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
    for c in text.chars() {
        chars += 1.0;
        match c {
            ',' | '、' | '，' | '،' => commas += 1.0,
            '.' | '!' | '?' | '。' => stops += 1.0,
            '|' | '•' | '·' | '›' | '»' | '/' | '►' | '▶' | '→' => marks += 1.0,
            c if letters::upper(c) => upper += 1.0,
            c if letters::numeric(c) => digits += 1.0,
            _ => {}
        }
    }
    let letters = piece.letters as f32;
    let first = text.chars().next().unwrap_or(' ');
    let length = look.words.max(1.0);
    rows.extend([
        look.words.ln_1p(),
        letters.ln_1p(),
        look.links,
        piece.links as f32,
        share(letters, look.words),
        look.ends,
        flag(text.ends_with(':')),
        commas / length,
        share(upper, letters),
        share(digits, letters),
        flag(first.is_lowercase()),
        flag(matches!(first, '"' | '“' | '«' | '„' | '–' | '—' | '-' | '\'' | '‘' | '「')),
        flag(matches!(first, '(' | '[' | '*' | '•' | '+' | '>' | '©')),
        flag(text.contains('@')),
        marks / length,
        share(piece.bold as f32, letters),
        share(piece.italic as f32, letters),
        stops / length,
        flag(look.links >= 0.95),
        flag(text.ends_with('…') || text.ends_with("...")),
        flag(text.contains("http") || text.contains("www.") || text.contains(".com")),
        share(letters, chars),
    ]);
}

/// How often the text of each piece stands on the page.
fn repeats(page: &Page) -> Vec<f32> {
    let mut counts: HashMap<&str, f32> = HashMap::new();
    for piece in &page.pieces {
        *counts.entry(piece.text.as_str()).or_default() += 1.0;
    }
    page.pieces.iter().map(|piece| counts.get(piece.text.as_str()).copied().unwrap_or(1.0)).collect()
}

/// Where the prose of the page is.
struct Shape {
    words: f32,
    prose: f32,
    has_body_of: bool,
    /// Prose below each element.
    below: Vec<f32>,
    /// The elements that hold 80 % and 50 % of the prose, and the best by its own paragraphs.
    wide: u32,
    narrow: u32,
    best: u32,
    direct: Vec<f32>,
    /// Words before the first prose of `best`, and before the end of its last.
    first: f32,
    last: f32,
    groups: HashMap<u64, Sum>,
    sums: HashMap<u32, Sum>,
    /// Sections of running text below the same sort of element: posts, entries of a live report.
    inside: Vec<u8>,
    /// Declared words on the page, as a share of its prose.
    told: f32,
}

impl Shape {
    fn of(page: &Page, looks: &[Look], holders: &[u32], bodies: &[f32]) -> Self {
        let count = page.places.len();
        let mut below = vec![0.0f32; count];
        let mut direct = vec![0.0f32; count];
        let mut groups: HashMap<u64, Sum> = HashMap::new();
        let mut sums: HashMap<u32, Sum> = HashMap::new();
        let (mut words, mut prose, mut told) = (0.0, 0.0, 0.0);
        for (((piece, look), holder), body) in page.pieces.iter().zip(looks).zip(holders).zip(bodies) {
            words += look.words;
            let sum = Sum {
                prose: if look.prose { look.words } else { 0.0 },
                words: look.words,
                count: 1.0,
                letters: piece.letters as f32,
                linked: piece.linked as f32,
                told: if *body > 0.6 { look.words } else { 0.0 },
            };
            told += sum.told;
            for group in [groups.entry(page.place(piece).sort).or_default(), sums.entry(*holder).or_default()]
            {
                group.prose += sum.prose;
                group.words += sum.words;
                group.count += sum.count;
                group.letters += sum.letters;
                group.linked += sum.linked;
                group.told += sum.told;
            }
            if look.prose {
                prose += look.words;
                let mut weight = look.words;
                for (level, (index, _)) in page.up(*holder).enumerate() {
                    below[index as usize] += look.words;
                    if level < 4 {
                        direct[index as usize] += weight;
                        weight *= 0.5;
                    }
                }
            }
        }
        let descend = |part: f32| {
            let mut at = 0u32;
            // A child comes after its parent, so one pass finds the deepest that holds enough.
            for (index, total) in below.iter().enumerate() {
                if *total > 0.0 && *total >= prose * part {
                    at = u32::try_from(index).unwrap_or(at);
                }
            }
            at
        };
        let best = (0..count).max_by(|a, b| direct[*a].total_cmp(&direct[*b])).unwrap_or(0);
        let (wide, narrow, best) = (descend(0.8), descend(0.5), u32::try_from(best).unwrap_or(0));
        let mut inside = vec![0u8; count];
        for (index, place) in page.places.iter().enumerate() {
            let own = u8::from(index as u32 == wide)
                | u8::from(index as u32 == narrow) << 1
                | u8::from(index as u32 == best) << 2;
            let above = if place.parent as usize == index { 0 } else { inside[place.parent as usize] };
            inside[index] = own | above;
        }
        let (mut first, mut last, mut before) = (f32::MAX, 0.0f32, 0.0);
        for (look, holder) in looks.iter().zip(holders) {
            if look.prose && inside.get(*holder as usize).is_some_and(|i| i & 4 != 0) {
                first = first.min(before);
                last = last.max(before + look.words);
            }
            before += look.words;
        }
        let has_body_of = page.places.iter().any(|p| p.body_of);
        Self {
            words,
            prose,
            has_body_of,
            below,
            wide,
            narrow,
            best,
            direct,
            first,
            last,
            groups,
            sums,
            inside,
            told: share(told, prose),
        }
    }

    fn figures(&self, rows: &mut Vec<f32>, page: &Page, at: usize, holder: u32, before: f32) {
        let piece = &page.pieces[at];
        let group = self.groups.get(&page.place(piece).sort).copied().unwrap_or_default();
        let own = self.sums.get(&holder).copied().unwrap_or_default();
        let below = |place: u32| self.below.get(place as usize).copied().unwrap_or_default();
        let inside = self.inside.get(holder as usize).copied().unwrap_or_default();
        // How far up the best container's branch begins.
        let steps = page.up(holder).take(12).position(|(index, _)| index == self.best);
        let parent = page.places.get(holder as usize).map_or(0, |p| p.parent);
        let grand = page.places.get(parent as usize).map_or(0, |p| p.parent);
        rows.extend([
            share(below(holder), self.prose),
            share(below(parent), self.prose),
            share(below(grand), self.prose),
            share(
                self.direct.get(holder as usize).copied().unwrap_or_default(),
                self.direct.get(self.best as usize).copied().unwrap_or_default(),
            ),
            flag(inside & 1 != 0),
            flag(inside & 2 != 0),
            flag(inside & 4 != 0),
            steps.map_or(-1.0, |s| s as f32),
            share(group.prose, self.prose),
            share(group.words, self.words),
            group.count.ln_1p(),
            share(group.words, group.count),
            share(group.linked, group.letters),
            share(own.words, own.count),
            share(own.linked, own.letters),
            own.count.ln_1p(),
            if before < self.first {
                -(self.first - before).min(2000.0)
            } else {
                (before - self.first).min(2000.0)
            },
            if before >= self.last {
                (before - self.last).min(2000.0)
            } else {
                -(self.last - before).min(2000.0)
            },
        ]);
        let _ = (self.wide, self.narrow);
    }
}

/// The title's place and the first prose behind it: what stands with them is likely the article.
struct Anchor {
    first: Option<usize>,
    first_sort: u64,
    first_holder: u32,
    /// Steps up from each element to one that holds the title, and to one that holds the first prose.
    title_above: Vec<bool>,
    first_above: Vec<bool>,
}

impl Anchor {
    fn of(page: &Page, looks: &[Look], holders: &[u32]) -> Self {
        let mark = |place: Option<u32>| {
            let mut above = vec![false; page.places.len()];
            if let Some(place) = place {
                page.up(place).for_each(|(index, _)| above[index as usize] = true);
            }
            above
        };
        let title = page.pieces.iter().position(|p| page.place(p).tags & tag::H1 != 0);
        let start = title.unwrap_or(0);
        let first = (start..page.pieces.len()).find(|at| looks[*at].prose && looks[*at].words >= 15.0);
        Self {
            first,
            first_sort: first.map_or(0, |at| page.place(&page.pieces[at]).sort),
            first_holder: first.map_or(u32::MAX, |at| holders[at]),
            title_above: mark(title.map(|at| holders[at])),
            first_above: mark(first.map(|at| holders[at])),
        }
    }

    fn figures(&self, rows: &mut Vec<f32>, page: &Page, at: usize, holder: u32) {
        let steps = |above: &[bool]| {
            page.up(holder).take(15).position(|(index, _)| above[index as usize]).map_or(15.0, |s| s as f32)
        };
        rows.extend([
            flag(page.place(&page.pieces[at]).sort == self.first_sort),
            flag(holder == self.first_holder),
            steps(&self.title_above),
            steps(&self.first_above),
            self.first.map_or(0.0, |first| ((at as f32) - (first as f32)).clamp(-50.0, 200.0)),
            flag(self.first == Some(at)),
        ]);
    }
}
