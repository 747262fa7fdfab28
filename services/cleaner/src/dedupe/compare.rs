//! How alike two copies are, and whether that makes one a repeat of the other.

use wiredesk_contract::Relation;

use super::entry::Entry;
use super::words::{Counts, agreement, figures, names, normalised};

/// Jaccard similarity of word shingles from which two copies may be the same news.
const JACCARD: f32 = 0.5;
/// Containment from which a copy may be a cut of the other.
const CONTAINMENT: f32 = 0.8;
/// Common shingles below which containment says nothing.
const COMMON: usize = 15;
/// Shingles below which a text is too short for shares of shingles: one changed word changes three.
const SHORT: usize = 12;
/// Share of the shorter copy's figures that the other must have. Templated series differ in most, a correction in one.
const FIGURES: f32 = 0.75;
/// Share of the shorter copy's names that the other must have.
const NAMES: f32 = 0.6;
/// Jaccard similarity from which a single changed figure is a correction and not another day's template.
const ONE_FIGURE: f32 = 0.8;

/// Looser measures, for copies under the same headline whose figures and names agree: the same news in other words.
const REWRITTEN: (f32, f32) = (0.3, 0.55);
/// Share of figures and of names that must agree for those, and how many of the two together there must be.
const REWRITTEN_AGREES: (f32, usize) = (0.85, 4);
/// Share of headline words from which two headlines are the same.
const HEADLINE: f32 = 0.6;

/// What a comparison came to.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Likeness {
    /// Jaccard similarity of word shingles.
    pub(super) jaccard: f32,
    /// Share of the shorter copy's shingles that the longer has.
    pub(super) containment: f32,
    /// The texts are the same words.
    pub(super) exact: bool,
    pub(super) verdict: Likely,
    pub(super) figures: (Counts, Counts),
    pub(super) names: (Counts, Counts),
}

/// What two copies are to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Likely {
    /// The same news.
    Same,
    /// The same template about another event.
    Sibling,
    /// Nothing.
    Different,
}

impl Likeness {
    pub(super) fn similarity(&self) -> f32 {
        round(self.jaccard.max(self.containment))
    }
}

/// Four digits: what goes through JSON and Postgres stays equal.
pub(super) fn round(share: f32) -> f32 {
    (share * 10_000.0).round() / 10_000.0
}

/// Compares `copy` with a candidate that came before it.
pub(super) fn compare(copy: &Entry, before: &Entry, corrected: bool) -> Likeness {
    let common = common(&copy.shingles, &before.shingles);
    let (a, b) = (copy.shingles.len(), before.shingles.len());
    let union = (a + b - common).max(1);
    let shorter = a.min(b);
    let exact = !copy.stored.exact.is_empty() && copy.stored.exact == before.stored.exact;
    let mut likeness = Likeness {
        jaccard: if exact { 1.0 } else { common as f32 / union as f32 },
        containment: if exact { 1.0 } else { common as f32 / shorter.max(1) as f32 },
        exact,
        verdict: Likely::Different,
        figures: Default::default(),
        names: Default::default(),
    };
    if shorter < SHORT {
        // A line such as "see the video" is under many headlines: equal words count only under an equal headline.
        if exact && normalised(&copy.stored.title) == normalised(&before.stored.title) {
            likeness.verdict = Likely::Same;
        }
        return likeness;
    }
    if exact {
        likeness.verdict = Likely::Same;
        return likeness;
    }
    let near = likeness.jaccard >= JACCARD || (likeness.containment >= CONTAINMENT && common >= COMMON);
    if near {
        likeness.figures = (figures(&copy.stored.text), figures(&before.stored.text));
        likeness.names = (names(&copy.stored.text), names(&before.stored.text));
        let same = same_event(&likeness, copy, before, corrected);
        likeness.verdict = if same { Likely::Same } else { Likely::Sibling };
    } else if likeness.jaccard >= REWRITTEN.0 || likeness.containment >= REWRITTEN.1 {
        likeness.figures = (figures(&copy.stored.text), figures(&before.stored.text));
        likeness.names = (names(&copy.stored.text), names(&before.stored.text));
        if common >= COMMON && rewritten(&likeness, copy, before) {
            likeness.verdict = Likely::Same;
        }
    }
    likeness
}

/// Do figures and names say that both tell of one event?
fn same_event(likeness: &Likeness, copy: &Entry, before: &Entry, corrected: bool) -> bool {
    let (figures, wrong) = agreement(&likeness.figures.0, &likeness.figures.1);
    let (names, unknown) = agreement(&likeness.names.0, &likeness.names.1);
    let names_agree = names >= NAMES || unknown < 2;
    if figures >= FIGURES {
        return names_agree;
    }
    // A marked correction may change what it likes; an unmarked one changes one figure and leaves the headline.
    let one_put_right = wrong == 1
        && likeness.jaccard >= ONE_FIGURE
        && normalised(&copy.stored.title) == normalised(&before.stored.title)
        && (copy.event_time - before.event_time).abs() <= chrono::Duration::hours(12);
    names_agree && (corrected || one_put_right)
}

/// Is it the same news in other words: one headline, the same figures, the same names?
fn rewritten(likeness: &Likeness, copy: &Entry, before: &Entry) -> bool {
    let (figures, _) = agreement(&likeness.figures.0, &likeness.figures.1);
    let (names, _) = agreement(&likeness.names.0, &likeness.names.1);
    let known = |(a, b): &(Counts, Counts)| a.len().min(b.len());
    let (a, b) = (headline(copy), headline(before));
    let (kept, _) = agreement(&a, &b);
    figures >= REWRITTEN_AGREES.0
        && names >= REWRITTEN_AGREES.0
        && known(&likeness.figures) + known(&likeness.names) >= REWRITTEN_AGREES.1
        && a.len().min(b.len()) >= 3
        && kept >= HEADLINE
}

fn headline(entry: &Entry) -> Counts {
    normalised(&entry.stored.title).split(' ').map(|word| (word.to_owned(), 1)).collect()
}

/// What `copy` is to `original`, which it repeats.
pub(super) fn relation(likeness: &Likeness, copy: &Entry, original: &Entry, corrected: bool) -> Relation {
    let (a, b) = (copy.shingles.len() as f32, original.shingles.len() as f32);
    let (figures, wrong) = agreement(&likeness.figures.0, &likeness.figures.1);
    if likeness.exact {
        Relation::Resend
    } else if corrected {
        Relation::Corrected
    } else if likeness.containment >= CONTAINMENT && a < b * 0.85 {
        Relation::Cut
    } else if likeness.containment >= CONTAINMENT && b < a * 0.85 {
        Relation::Expanded
    } else if wrong > 0 && figures < 1.0 && likeness.jaccard >= JACCARD {
        Relation::Corrected
    } else if likeness.jaccard >= 0.8 {
        Relation::Resend
    } else {
        Relation::Rewritten
    }
}

/// How many hashes two sorted slices share.
fn common(a: &[u64], b: &[u64]) -> usize {
    let (mut i, mut j, mut n) = (0, 0, 0);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        n += usize::from(x == y);
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    n
}
