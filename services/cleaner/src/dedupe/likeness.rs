//! How alike two sketches are.

use super::shingles::Shingles;
use super::sketch::{BINS, LISTED, Sketch};

/// What two texts have in common, in figures. Shares are 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Likeness {
    /// The texts are the same words.
    pub(super) exact: bool,
    /// The headlines are the same words.
    pub(super) headline: bool,
    /// Jaccard similarity of word shingles.
    pub(super) jaccard: f32,
    /// Share of the shorter text's shingles that the longer has.
    pub(super) containment: f32,
    /// Common shingles, estimated where only a sample was kept.
    pub(super) common: u32,
    /// Length of the first text over that of the second.
    pub(super) size: f32,
    /// Words of the shorter text.
    pub(super) shorter: u32,
    /// Jaccard similarity of runs of five letters, estimated from the second signature.
    pub(super) letters: f32,
    /// Figures.
    pub(super) figures: Agreement,
    /// Names.
    pub(super) names: Agreement,
    /// Words of the headline.
    pub(super) title: Agreement,
}

/// What two lists have in common.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Agreement {
    /// In both.
    pub(super) common: u16,
    /// Only in the first.
    pub(super) first: u16,
    /// Only in the second.
    pub(super) second: u16,
}

impl Agreement {
    fn of(a: &[u32], b: &[u32]) -> Self {
        // A full list may have been cut: beyond its end nothing is known of it.
        let end =
            |list: &[u32]| if list.len() < LISTED { u32::MAX } else { list.last().copied().unwrap_or(0) };
        let limit = end(a).min(end(b));
        let within = |list: &[u32]| list.partition_point(|hash| *hash <= limit);
        let (a, b) = (a.get(..within(a)).unwrap_or(a), b.get(..within(b)).unwrap_or(b));
        let common = common(a, b);
        Self { common: common as u16, first: (a.len() - common) as u16, second: (b.len() - common) as u16 }
    }

    /// Things in the shorter list.
    pub(super) fn least(self) -> u16 {
        self.common + self.wrong()
    }

    /// Things of the shorter list that the longer lacks.
    pub(super) fn wrong(self) -> u16 {
        self.first.min(self.second)
    }

    /// Share of the shorter list that the longer has too, 1 where it is empty.
    pub(super) fn share(self) -> f32 {
        if self.least() == 0 { 1.0 } else { f32::from(self.common) / f32::from(self.least()) }
    }
}

impl Likeness {
    /// The larger of Jaccard similarity and containment.
    pub(super) fn similarity(&self) -> f32 {
        self.jaccard.max(self.containment)
    }

    /// Share of the shorter text's letter runs that the longer has, from their Jaccard similarity and the lengths.
    pub(super) fn letters_contained(&self) -> f32 {
        let size = self.size.min(1.0 / self.size);
        (self.letters * (1.0 + size) / ((1.0 + self.letters) * size)).clamp(0.0, 1.0)
    }

    /// Compares two sketches.
    pub(super) fn of(a: &Sketch, b: &Sketch) -> Self {
        Self::of_words(a, &Shingles::of(a), b).and_things(a, b)
    }

    /// What the words and letters of two sketches have in common; `shingles` are those of `a`.
    pub(super) fn of_words(a: &Sketch, shingles: &Shingles<'_>, b: &Sketch) -> Self {
        let shift = a.shift.max(b.shift);
        let (x, y, both) = shingles.with(b);
        let exact = a.exact != 0 && a.exact == b.exact;
        let share = |of: usize| if exact { 1.0 } else { both as f32 / of.max(1) as f32 };
        Self {
            exact,
            headline: a.headline == b.headline,
            jaccard: share(x + y - both),
            containment: share(x.min(y)),
            common: (both as u32) << shift,
            size: a.words.saturating_sub(2).max(1) as f32 / b.words.saturating_sub(2).max(1) as f32,
            shorter: a.words.min(b.words),
            letters: letters(a, b),
            ..Self::default()
        }
    }

    /// With what their figures, names and headlines have in common.
    pub(super) fn and_things(self, a: &Sketch, b: &Sketch) -> Self {
        Self {
            figures: Agreement::of(a.figures(), b.figures()),
            names: Agreement::of(a.names(), b.names()),
            title: Agreement::of(a.title(), b.title()),
            ..self
        }
    }
}

/// Estimate of the Jaccard similarity of letter runs. One bin in 255 agrees by chance.
fn letters(a: &Sketch, b: &Sketch) -> f32 {
    // Counted in bytes, sixteen bins at a time: there are fewer bins than a byte counts.
    const { assert!(BINS < 256) };
    let (mut filled, mut same) = (0u8, 0u8);
    for (x, y) in a.letters.iter().zip(b.letters.iter()) {
        filled += u8::from((x | y) != 0);
        same += u8::from((*x != 0) & (x == y));
    }
    f32::from(same) / f32::from(filled.max(1))
}

/// How many hashes two sorted lists share.
fn common(a: &[u32], b: &[u32]) -> usize {
    let (mut i, mut j, mut n) = (0, 0, 0);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        n += usize::from(x == y);
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    n
}
