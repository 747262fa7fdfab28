//! What a version is to the version of the same item before it.

use wiredesk_contract::status::{PubStatus, WireSignal};
use wiredesk_contract::{Change, CopyItem};

use super::entry::StoredEntry;
use super::words::{Counts, agreement, normalised};

/// Share of the words from which a text is a little changed, and below which it is another.
const MINOR: f32 = 0.9;
const REWRITTEN: f32 = 0.5;
/// Share of the shorter text's words that the longer keeps when it was only added to.
const KEPT: f32 = 0.9;
/// By how much a text must grow or shrink to be called expanded or cut.
const GROWN: f32 = 1.1;

/// The change from `before` to `copy`.
pub(super) fn change(before: &StoredEntry, copy: &CopyItem) -> Change {
    if copy.pub_status == PubStatus::Canceled || copy.signal == Some(WireSignal::Withdrawn) {
        return Change::Withdrawn;
    }
    let after = StoredEntry::of(copy);
    let (old, new) = (normalised(&before.text), normalised(&after.text));
    if old == new {
        let same_title = normalised(&before.title) == normalised(&after.title);
        return match copy.signal {
            Some(WireSignal::Corrected) if !same_title => Change::Corrected,
            _ if same_title && before.text == after.text => Change::Status,
            _ if same_title => Change::Minor,
            _ => Change::TitleOnly,
        };
    }
    match copy.signal {
        Some(WireSignal::Corrected) => return Change::Corrected,
        Some(WireSignal::Expanded) => return Change::Expanded,
        _ => {}
    }
    let (old, new) = (bag(&old), bag(&new));
    let (kept, _) = agreement(&old, &new);
    let (was, is) = (old.values().sum::<u32>() as f32, new.values().sum::<u32>() as f32);
    let common = kept * was.min(is);
    let jaccard = common / (was + is - common).max(1.0);
    if kept >= KEPT && is >= was * GROWN {
        Change::Expanded
    } else if kept >= KEPT && was >= is * GROWN {
        Change::Cut
    } else if jaccard < REWRITTEN {
        Change::Rewritten
    } else if jaccard >= MINOR || (0.8..=1.25).contains(&(is / was.max(1.0))) {
        Change::Minor
    } else if is > was {
        Change::Expanded
    } else {
        Change::Cut
    }
}

fn bag(words: &str) -> Counts {
    let mut counts = Counts::new();
    for word in words.split(' ').filter(|w| !w.is_empty()) {
        *counts.entry(word.to_owned()).or_default() += 1;
    }
    counts
}
