//! The decision on one copy.

use wiredesk_contract::status::{PubStatus, WireSignal};
use wiredesk_contract::verdict::Evidence;
use wiredesk_contract::{Change, CopyItem, ItemId, Relation, Verdict};

use super::change::change;
use super::digits::Digits;
use super::entry::Entry;
use super::index::{Index, IndexChange};
use super::likeness::Likeness;
use super::repeat::{Likely, SHORT, compare, relation};
use super::shingles::Shingles;

/// Jaccard similarity from which a copy follows a repeat into its cluster though it is no longer like the original.
const FOLLOW: f32 = 0.6;

/// What is known of a copy beside the index.
#[derive(Clone, Copy, Debug, Default)]
pub struct Before<'a> {
    /// The newest version of the item.
    pub version: Option<&'a Entry>,
    /// An item from before the window with the same words.
    pub older: Option<&'a ItemId>,
}

/// Says what `copy` is: another version of its item, a repeat of somebody else's, or news; and what the index has to
/// learn. Depends on the arguments alone. The evidence has measures and no passages: those need the texts, see
/// [`explain`](super::evidence::explain).
///
/// Identity comes first: an item is never a repeat of itself, and one that once was an original stays one. Among the
/// copies of the window the original of a cluster is the one that arrived first; a repeat is measured against it, and
/// never joined to it by a chain of likenesses alone.
pub fn decide(copy: &CopyItem, index: &Index, before: Before<'_>) -> (Verdict, IndexChange) {
    let first = Verdict::original(&copy.item_id, Change::New);
    let entry = Entry::of(copy, &first);
    let change = before.version.map_or(Change::New, |before| change(before, &entry, copy));
    let verdict = judge(copy, &entry, index, before, Verdict { change, ..first });
    let entry = entry.with(&verdict);
    (verdict, IndexChange::put(entry))
}

fn judge(copy: &CopyItem, entry: &Entry, index: &Index, before: Before<'_>, original: Verdict) -> Verdict {
    let change = original.change;
    let previous = before.version.map(Entry::verdict);
    if let Some(previous) = &previous {
        if copy.pub_status == PubStatus::Canceled {
            return Verdict { change, ..previous.clone() };
        }
        if previous.duplicate_of.is_none()
            && (previous.syndicated_from.is_some() || entry.origin.credited.is_none())
        {
            return Verdict {
                syndicated_from: previous.syndicated_from.clone(),
                repeats: previous.repeats.clone(),
                ..original
            };
        }
    }
    let corrected = copy.signal == Some(WireSignal::Corrected);
    let shingles = Shingles::of(&entry.sketch);
    let candidates: Vec<Compared<'_>> = index
        .candidates(entry)
        .into_iter()
        .filter(|candidate| candidate.usable_at(copy.fetched_at))
        .map(|candidate| Compared::new(entry, &shingles, candidate, corrected))
        .collect();
    let search = Search { copy, entry, shingles: &shingles, index, corrected, candidates, original };
    if let Some(previous) = &previous
        && previous.duplicate_of.is_none()
    {
        // The original of its cluster, for good; the dispatch that it carries may have come since.
        let repeats = previous.repeats.clone();
        return Verdict { syndicated_from: search.syndicated_from(), repeats, ..search.original };
    }
    let was = before.version.and_then(|v| v.said.duplicate_of.as_ref());
    if let Some(found) = search.repeat(was) {
        let (syndicated_from, carried_by) = (search.syndicated_from(), search.carried_by());
        return Verdict { change, syndicated_from, carried_by, ..found };
    }
    // It has moved away from a copy that has left the window: the cluster stays, unless it was written anew.
    if let (Some(previous), Some(head)) = (previous, was)
        && change != Change::Rewritten
        && index.entry_of(head).is_none()
    {
        return Verdict { change, ..previous };
    }
    let repeats =
        before.older.filter(|older| **older != copy.item_id && entry.sketch.words >= SHORT).cloned();
    Verdict { repeats, ..search.sibling() }
}

/// A candidate and what the comparison with it came to.
struct Compared<'a> {
    entry: &'a Entry,
    likeness: Likeness,
    likely: Likely,
}

impl<'a> Compared<'a> {
    fn new(copy: &Entry, shingles: &Shingles<'_>, entry: &'a Entry, corrected: bool) -> Self {
        let (likeness, likely) = compare(copy, shingles, entry, corrected);
        Self { entry, likeness, likely }
    }
}

/// A copy and what it was compared with.
struct Search<'a> {
    copy: &'a CopyItem,
    entry: &'a Entry,
    shingles: &'a Shingles<'a>,
    index: &'a Index,
    corrected: bool,
    candidates: Vec<Compared<'a>>,
    /// The verdict where nothing is repeated.
    original: Verdict,
}

impl Search<'_> {
    fn same(&self) -> impl Iterator<Item = &Compared<'_>> {
        self.candidates.iter().filter(|candidate| candidate.likely == Likely::Same)
    }

    /// The verdict of a repeat: the likest candidate leads to the original. `was` is what the version before repeated.
    fn repeat(&self, was: Option<&Digits>) -> Option<Verdict> {
        let mut best: Vec<_> = self.same().collect();
        // Stable: among equals the earlier stays first. The cluster that it was in goes before all.
        best.sort_by(|a, b| {
            let rank = |c: &Compared<'_>| {
                (
                    was == Some(c.entry.cluster()),
                    c.likeness.exact,
                    c.likeness.similarity(),
                    c.likeness.jaccard,
                )
            };
            rank(b).partial_cmp(&rank(a)).unwrap_or(std::cmp::Ordering::Equal)
        });
        best.into_iter().find_map(|candidate| self.joined(candidate))
    }

    /// What `candidate` makes of the copy: a repeat of the candidate's original, where it is like that too.
    fn joined(&self, candidate: &Compared<'_>) -> Option<Verdict> {
        let head = candidate.entry.cluster();
        if *head == self.entry.item {
            // It repeats this very item: following it would make a circle.
            return None;
        }
        if *head == candidate.entry.item {
            return Some(self.verdict(head, candidate));
        }
        match self.index.entry_of(head) {
            // Nobody repeats what was taken back: the earliest usable copy stands in.
            Some(original) if !original.usable_at(self.copy.fetched_at) => {
                Some(self.verdict(&candidate.entry.item, candidate))
            }
            Some(original) => {
                let direct = Compared::new(self.entry, self.shingles, original, self.corrected);
                if direct.likely == Likely::Same {
                    Some(self.verdict(head, &direct))
                } else {
                    (candidate.likeness.jaccard >= FOLLOW).then(|| self.verdict(head, candidate))
                }
            }
            None => Some(self.verdict(head, candidate)),
        }
    }

    fn verdict(&self, head: &Digits, compared: &Compared<'_>) -> Verdict {
        let mut evidence = evidence(compared);
        if let Some(agency) = &self.entry.origin.agency
            && compared.entry.origin.agency.is_none()
        {
            evidence.note = Some(format!("the dispatch of {agency} came after an outlet's copy of it"));
        }
        let head = ItemId::new(head.to_string());
        Verdict {
            duplicate_of: Some(head.clone()),
            relation: Some(relation(&compared.likeness, self.corrected)),
            similarity: round(compared.likeness.similarity()),
            cluster: head,
            evidence: Some(evidence),
            ..self.original.clone()
        }
    }

    /// The verdict where nothing is repeated: news, with the nearest sibling of the same template where there is one.
    fn sibling(&self) -> Verdict {
        let nearest = self
            .candidates
            .iter()
            .filter(|candidate| candidate.likely == Likely::Sibling)
            .max_by(|a, b| a.likeness.similarity().total_cmp(&b.likeness.similarity()));
        match nearest {
            None => self.original.clone(),
            Some(candidate) => Verdict {
                relation: Some(Relation::TemplateSibling),
                similarity: round(candidate.likeness.similarity()),
                evidence: Some(evidence(candidate)),
                ..self.original.clone()
            },
        }
    }

    /// The agency's own dispatch that this outlet's copy carries: credited to the agency, and like it.
    fn syndicated_from(&self) -> Option<ItemId> {
        self.same().find(|c| self.entry.credits(c.entry)).map(|c| c.entry.item_id())
    }

    /// The outlets' copies of this dispatch that came before it and know of no other.
    fn carried_by(&self) -> Vec<ItemId> {
        let unlinked =
            |c: &&Compared<'_>| c.entry.said.links.as_ref().is_none_or(|l| l.syndicated_from.is_none());
        self.same()
            .filter(|c| c.entry.credits(self.entry))
            .filter(unlinked)
            .map(|c| c.entry.item_id())
            .collect()
    }
}

/// The measures of a comparison.
fn evidence(compared: &Compared<'_>) -> Evidence {
    Evidence {
        compared_with: Some(compared.entry.item_id()),
        jaccard: round(compared.likeness.jaccard),
        containment: round(compared.likeness.containment),
        ..Evidence::default()
    }
}

/// Four digits: what goes through JSON and Postgres stays equal.
fn round(share: f32) -> f32 {
    (share * 10_000.0).round() / 10_000.0
}
