//! What a version is to the version of the same item before it.

use wiredesk_contract::status::{PubStatus, WireSignal};
use wiredesk_contract::{Change, CopyItem};

use super::entry::Entry;
use super::likeness::Likeness;

/// Jaccard similarity of shingles below which a text is another.
const REWRITTEN: f32 = 0.25;
/// Share of the shorter text's shingles that the longer keeps when it was only added to.
const KEPT: f32 = 0.8;
/// By how much a text must grow or shrink to be called expanded or cut.
const GROWN: f32 = 1.1;
/// Jaccard similarity from which figures or names that were put in place of others are a correction.
const PUT_RIGHT: f32 = 0.5;

/// The change from `before` to `after`, the entry of `copy`.
pub(super) fn change(before: &Entry, after: &Entry, copy: &CopyItem) -> Change {
    if copy.pub_status == PubStatus::Canceled || copy.signal == Some(WireSignal::Withdrawn) {
        return Change::Withdrawn;
    }
    if before.origin.status == PubStatus::Canceled {
        return Change::Rewritten;
    }
    let like = Likeness::of(&after.sketch, &before.sketch);
    if like.exact || (after.sketch.words == 0 && before.sketch.words == 0) {
        return match copy.signal {
            Some(WireSignal::Corrected) if !like.headline => Change::Corrected,
            _ if after.sketch.printed == before.sketch.printed => Change::Status,
            _ if like.headline => Change::Minor,
            _ => Change::TitleOnly,
        };
    }
    match copy.signal {
        Some(WireSignal::Corrected) => return Change::Corrected,
        Some(WireSignal::Expanded) => return Change::Expanded,
        _ => {}
    }
    let grown = like.size >= GROWN;
    let shrunk = like.size <= 1.0 / GROWN;
    if like.containment >= KEPT && grown {
        Change::Expanded
    } else if like.containment >= KEPT && shrunk {
        Change::Cut
    } else if like.jaccard < REWRITTEN {
        Change::Rewritten
    } else if like.jaccard >= PUT_RIGHT && (like.figures.wrong() > 0 || like.names.wrong() > 0) {
        Change::Corrected
    } else if !grown && !shrunk || like.jaccard >= KEPT {
        Change::Minor
    } else if grown {
        Change::Expanded
    } else {
        Change::Cut
    }
}
