//! The decision on one copy.

use wiredesk_contract::status::{PubStatus, WireSignal};
use wiredesk_contract::verdict::Evidence;
use wiredesk_contract::{Change, CopyItem, ItemId, Relation, Verdict};

use super::change::change;
use super::compare::{Likely, Likeness, compare, relation};
use super::entry::{Entry, StoredEntry};
use super::evidence::evidence;
use super::index::{Index, IndexChange};

/// Jaccard similarity from which a copy follows a repeat into its cluster though it is no longer like the original.
const FOLLOW: f32 = 0.6;

/// What is known of the item's version before.
#[derive(Clone, Debug, PartialEq)]
pub struct PreviousVersion {
    /// The verdict on it.
    pub verdict: Verdict,
    /// What is kept of it; `None` where its text was blanked.
    pub stored: Option<StoredEntry>,
}

impl PreviousVersion {
    /// The newest version of an item that the index knows.
    pub fn of(entry: &Entry) -> Self {
        Self { verdict: entry.verdict.clone(), stored: Some(entry.stored.clone()) }
    }
}

/// Says what `copy` is: another version of its item, a repeat of somebody else's, or news; and what the index has to
/// learn. Depends on the arguments alone.
///
/// Identity comes first: an item is never a repeat of itself, and one that once was an original stays one. Among the
/// copies of the window the original of a cluster is the one that arrived first; a repeat is measured against it, and
/// never joined to it by a chain of likenesses alone.
pub fn decide(copy: &CopyItem, index: &Index, previous: Option<&PreviousVersion>) -> (Verdict, IndexChange) {
    let change = match previous {
        None => Change::New,
        Some(PreviousVersion { stored: Some(stored), .. }) => change(stored, copy),
        Some(_) if copy.pub_status == PubStatus::Canceled => Change::Withdrawn,
        Some(_) => Change::Rewritten,
    };
    let verdict = Verdict::original(&copy.item_id, change);
    let entry = Entry::of(copy, verdict);
    let verdict = judge(copy, &entry, index, previous.map(|p| &p.verdict));
    (verdict.clone(), IndexChange::put(Entry { verdict, ..entry }))
}

fn judge(copy: &CopyItem, entry: &Entry, index: &Index, previous: Option<&Verdict>) -> Verdict {
    let original = entry.verdict.clone();
    let change = original.change;
    if let Some(previous) = previous {
        let was_original = previous.duplicate_of.is_none();
        if copy.pub_status == PubStatus::Canceled {
            return Verdict { change, evidence: None, ..previous.clone() };
        }
        if was_original {
            return Verdict {
                syndicated_from: previous.syndicated_from.clone(),
                repeats: previous.repeats.clone(),
                ..original
            };
        }
    }
    let corrected = copy.signal == Some(WireSignal::Corrected);
    let candidates: Vec<(&Entry, Likeness)> = index
        .candidates(entry)
        .into_iter()
        .filter(|candidate| candidate.stored.usable_at(copy.fetched_at))
        .map(|candidate| (candidate, compare(entry, candidate, corrected)))
        .collect();
    let search = Search { copy, entry, index, corrected, candidates };
    let Some(found) = search.repeat(previous) else {
        // It has moved away from a copy that has left the window: the cluster stays, unless it was written anew.
        if let Some(previous) = previous.filter(|_| change != Change::Rewritten)
            && previous.duplicate_of.as_ref().is_some_and(|head| index.get(head).is_none())
        {
            return Verdict { change, evidence: None, ..previous.clone() };
        }
        return search.sibling(original);
    };
    Verdict { change, syndicated_from: search.syndicated_from(), ..found }
}

/// A copy and what it was compared with.
struct Search<'a> {
    copy: &'a CopyItem,
    entry: &'a Entry,
    index: &'a Index,
    corrected: bool,
    candidates: Vec<(&'a Entry, Likeness)>,
}

impl Search<'_> {
    fn same(&self) -> impl Iterator<Item = &(&Entry, Likeness)> {
        self.candidates.iter().filter(|(_, likeness)| likeness.verdict == Likely::Same)
    }

    /// The verdict of a repeat: the likest candidate leads to the original.
    fn repeat(&self, previous: Option<&Verdict>) -> Option<Verdict> {
        let before = previous.and_then(|p| p.duplicate_of.as_ref());
        let mut best: Vec<_> = self.same().collect();
        // Stable: among equals the earlier stays first. The cluster that it was in goes before all.
        best.sort_by(|(a, x), (b, y)| {
            let rank =
                |e: &Entry, l: &Likeness| (before == Some(e.cluster()), l.exact, l.similarity(), l.jaccard);
            rank(b, y).partial_cmp(&rank(a, x)).unwrap_or(std::cmp::Ordering::Equal)
        });
        best.into_iter().find_map(|(candidate, likeness)| self.joined(candidate, likeness))
    }

    /// What `candidate` makes of the copy: a repeat of the candidate's original, where it is like that too.
    fn joined(&self, candidate: &Entry, likeness: &Likeness) -> Option<Verdict> {
        let head = candidate.cluster();
        if *head == self.entry.item_id {
            // It repeats this very item: following it would make a circle.
            return None;
        }
        if *head == candidate.item_id {
            return Some(self.verdict(head, candidate, likeness));
        }
        match self.index.get(head) {
            // Nobody repeats what was taken back: the earliest usable copy stands in.
            Some(original) if !original.stored.usable_at(self.copy.fetched_at) => {
                Some(self.verdict(&candidate.item_id, candidate, likeness))
            }
            Some(original) => {
                let direct = compare(self.entry, original, self.corrected);
                if direct.verdict == Likely::Same {
                    Some(self.verdict(head, original, &direct))
                } else {
                    (likeness.jaccard >= FOLLOW).then(|| self.verdict(head, candidate, likeness))
                }
            }
            None => Some(self.verdict(head, candidate, likeness)),
        }
    }

    fn verdict(&self, head: &ItemId, compared: &Entry, likeness: &Likeness) -> Verdict {
        let mut evidence = self.evidence(compared, likeness);
        if let Some(agency) = &self.entry.stored.agency
            && compared.stored.agency.is_none()
        {
            evidence.note = Some(format!("the dispatch of {agency} came after an outlet's copy of it"));
        }
        Verdict {
            duplicate_of: Some(head.clone()),
            relation: Some(relation(likeness, self.entry, compared, self.corrected)),
            similarity: likeness.similarity(),
            cluster: head.clone(),
            evidence: Some(evidence),
            ..self.entry.verdict.clone()
        }
    }

    fn evidence(&self, compared: &Entry, likeness: &Likeness) -> Evidence {
        let quote = self.copy.pub_status == PubStatus::Usable;
        evidence(likeness, self.entry, compared, quote)
    }

    /// The verdict where nothing is repeated: news, with the nearest sibling of the same template where there is one.
    fn sibling(&self, original: Verdict) -> Verdict {
        let nearest = self
            .candidates
            .iter()
            .filter(|(_, likeness)| likeness.verdict == Likely::Sibling)
            .max_by(|(_, a), (_, b)| a.similarity().total_cmp(&b.similarity()));
        match nearest {
            None => original,
            Some((candidate, likeness)) => Verdict {
                relation: Some(Relation::TemplateSibling),
                similarity: likeness.similarity(),
                evidence: Some(self.evidence(candidate, likeness)),
                ..original
            },
        }
    }

    /// The agency's own dispatch that this outlet's copy carries: credited to the agency, and like it.
    fn syndicated_from(&self) -> Option<ItemId> {
        if self.entry.stored.agency.is_some() {
            return None;
        }
        let dateline = self.copy.dateline.as_ref().and_then(|d| d.agency.as_deref());
        let credited = self.copy.agency.as_deref().or(dateline)?;
        self.same()
            .find(|(candidate, _)| {
                candidate.stored.agency.as_ref().is_some_and(|agency| agency.eq_ignore_ascii_case(credited))
            })
            .map(|(candidate, _)| candidate.item_id.clone())
    }
}
