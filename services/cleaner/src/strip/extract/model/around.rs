//! What the first round thought of the lines around one, as figures for the second.

use foldhash::{HashMap, HashMapExt};

use super::super::facts::Facts;
use super::super::page::{Page, tag};
use crate::strip::blocks::BlockKind;

/// Figures of a line.
pub(crate) const WIDTH: usize = 28;

/// Lines on each side that are looked at.
const REACH: usize = 3;
/// From how likely on a line counts as text here.
const TEXT: f32 = 0.5;

/// Words of a group, and those that are likely text.
#[derive(Clone, Copy, Default)]
struct Mass {
    words: f32,
    likely: f32,
    lines: f32,
    taken: f32,
}

impl Mass {
    fn add(&mut self, words: f32, likely: f32) {
        self.words += words;
        self.likely += words * likely;
        self.lines += 1.0;
        self.taken += f32::from(u8::from(likely >= TEXT));
    }

    /// The likely share of the words but for one line's; -1 where there are no others.
    fn without(&self, words: f32, likely: f32) -> f32 {
        let rest = self.words - words;
        if self.lines < 1.5 || rest <= 0.01 {
            -1.0
        } else {
            ((self.likely - words * likely) / rest).clamp(0.0, 1.0)
        }
    }

    fn share(&self) -> f32 {
        if self.words > 0.0 { self.likely / self.words } else { -1.0 }
    }
}

/// What the first round thought of a page.
pub(crate) struct Around<'a> {
    likely: &'a [f32],
    /// Likely words before each line, and in all.
    before: Vec<f32>,
    all: Mass,
    sorts: HashMap<u64, Mass>,
    holders: HashMap<u32, Mass>,
    /// By the parent of the holder.
    parents: HashMap<u32, Mass>,
    /// Lines since the last text before each line, and until the next one behind it.
    since: Vec<f32>,
    until: Vec<f32>,
    /// The heading that governs each line.
    headings: Vec<Option<u32>>,
    /// The span of the longest chain of text: first and last line.
    first: usize,
    last: usize,
}

impl<'a> Around<'a> {
    /// From what the first round thought of each line.
    pub(crate) fn of(page: &Page, facts: &Facts, likely: &'a [f32]) -> Self {
        let count = likely.len();
        let (mut sorts, mut holders, mut parents) = (HashMap::new(), HashMap::new(), HashMap::new());
        let (mut all, mut before) = (Mass::default(), Vec::with_capacity(count));
        let mut headings = Vec::with_capacity(count);
        let mut heading = None;
        for (at, piece) in page.pieces.iter().enumerate() {
            let (words, likely) = (facts.words[at], likely[at]);
            before.push(all.likely);
            all.add(words, likely);
            let holder = facts.holders[at];
            sorts.entry(page.place(piece).sort).or_insert_with(Mass::default).add(words, likely);
            holders.entry(holder).or_insert_with(Mass::default).add(words, likely);
            parents.entry(parent(page, holder)).or_insert_with(Mass::default).add(words, likely);
            headings.push(heading);
            if page.place(piece).tag & (tag::H1 | tag::H2 | tag::H3) != 0 || piece.kind == BlockKind::Subhead
            {
                heading = u32::try_from(at).ok();
            }
        }
        let mut since = Vec::with_capacity(count);
        let mut gap = FAR;
        for likely in likely {
            since.push(gap);
            gap = if *likely >= TEXT { 0.0 } else { (gap + 1.0).min(FAR) };
        }
        let mut until = vec![FAR; count];
        gap = FAR;
        for at in (0..count).rev() {
            until[at] = gap;
            gap = if likely[at] >= TEXT { 0.0 } else { (gap + 1.0).min(FAR) };
        }
        let (first, last) = span(facts, likely);
        Self { likely, before, all, sorts, holders, parents, since, until, headings, first, last }
    }

    /// Is there any text near it, or others of its sort?
    pub(crate) fn near(&self, at: usize) -> bool {
        self.since[at] < 4.0 || self.until[at] < 4.0
    }

    /// Adds the figures of a line.
    pub(crate) fn figures(&self, row: &mut Vec<f32>, page: &Page, facts: &Facts, at: usize) {
        let piece = &page.pieces[at];
        let (words, own, holder) = (facts.words[at], self.likely[at], facts.holders[at]);
        let of = |other: Option<usize>| other.and_then(|o| self.likely.get(o)).copied().unwrap_or(-1.0);
        row.push(own);
        for step in 1..=REACH {
            row.extend([of(at.checked_sub(step)), of(Some(at + step))]);
        }
        let window = at.saturating_sub(6)..(at + 7).min(self.likely.len());
        let (mut near, mut same) = (Mass::default(), Mass::default());
        for other in window.filter(|other| *other != at) {
            near.add(facts.words[other], self.likely[other]);
            if facts.holders[other] == holder {
                same.add(facts.words[other], self.likely[other]);
            }
        }
        let sort = self.sorts.get(&page.place(piece).sort).copied().unwrap_or_default();
        let held = self.holders.get(&holder).copied().unwrap_or_default();
        let above = self.parents.get(&parent(page, holder)).copied().unwrap_or_default();
        let total = self.all.likely.max(1.0);
        let heading = self.headings[at].map(|h| h as usize);
        row.extend([
            near.share(),
            same.share(),
            sort.without(words, own),
            sort.likely / total,
            sort.taken / sort.lines.max(1.0),
            held.without(words, own),
            held.likely / total,
            held.taken / held.lines.max(1.0),
            above.without(words, own),
            above.likely / total,
            self.before[at] / total,
            self.before[at].ln_1p(),
            (self.all.likely - self.before[at]).max(0.0).ln_1p(),
            self.all.likely.ln_1p(),
            self.all.share(),
            self.since[at],
            self.until[at],
            of(heading),
            heading.map_or(-1.0, |h| f32::from(u8::from(facts.holders[h] == holder))),
            (at as f32 - self.first as f32).clamp(-FAR, FAR),
            (at as f32 - self.last as f32).clamp(-FAR, FAR),
        ]);
    }
}

/// A distance that is far.
const FAR: f32 = 30.0;

fn parent(page: &Page, place: u32) -> u32 {
    page.places.get(place as usize).map_or(0, |p| p.parent)
}

/// The run of lines that holds the most likely words, where gaps cost: its first and last line.
fn span(facts: &Facts, likely: &[f32]) -> (usize, usize) {
    // Kadane's: a line gains by its words where it is text and loses a little where it is not.
    let (mut best, mut sum, mut start) = ((0.0, 0, 0), 0.0f32, 0);
    for (at, likely) in likely.iter().enumerate() {
        let gain = if *likely >= TEXT { facts.words[at] } else { -(facts.words[at] * 0.5 + 2.0) };
        if sum <= 0.0 {
            (sum, start) = (0.0, at);
        }
        sum += gain;
        if sum > best.0 {
            best = (sum, start, at);
        }
    }
    (best.1, best.2)
}
