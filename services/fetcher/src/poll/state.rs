//! What the table keeps of a source, as the schedule has it, and back.

use serde::{Deserialize, Serialize};
use wiredesk_contract::Timestamp;
use wiredesk_store::source::{Leased, Progress};

use crate::schedule::{Asks, Moved, Rhythm, State};

/// Column `rhythm`.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    rhythm: Option<Rhythm>,
    asks: Asks,
}

/// What the schedule knows of a source. A rhythm that cannot be read is measured anew.
pub(super) fn of(leased: &Leased) -> State {
    let kept = &leased.progress;
    let measured: Kept = kept.rhythm.as_ref().and_then(|r| Kept::deserialize(r).ok()).unwrap_or_default();
    State {
        failures: u32::try_from(kept.failures).unwrap_or(0),
        failing_since: kept.failing_since,
        last_ok: leased.last_ok,
        stopped: kept.stopped.clone(),
        paused_reason: kept.paused_reason.clone(),
        rhythm: measured.rhythm,
        asks: measured.asks,
        window_items: kept.window_items.and_then(|n| u32::try_from(n).ok()),
        window_seconds: kept.window_seconds,
        pace_seconds: kept.pace_seconds,
        full_at: kept.full_at,
        moved: Moved {
            to: kept.moved_to.clone(),
            since: kept.moved_since,
            seen: u32::try_from(kept.moved_seen).unwrap_or(0),
            url: kept.moved_url.clone(),
        },
        newest_item: leased.newest_item,
        last_arrival: kept.last_arrival,
        silent_since: kept.silent_since,
    }
}

/// What the table is to keep. The rhythm is written only where a document changed it: time that passes is reckoned in
/// when it is read.
pub(super) fn progress(before: &State, after: &State, due: Timestamp) -> Progress {
    let changed = before.rhythm != after.rhythm || before.asks != after.asks;
    let kept = || serde_json::to_value(Kept { rhythm: after.rhythm.clone(), asks: after.asks.clone() }).ok();
    Progress {
        next_poll: due,
        failures: i32::try_from(after.failures).unwrap_or(i32::MAX),
        failing_since: after.failing_since,
        stopped: after.stopped.clone(),
        paused_reason: after.paused_reason.clone(),
        rhythm: if changed { kept() } else { None },
        gap_seconds: after.gap_seconds(),
        window_items: after.window_items.and_then(|n| i32::try_from(n).ok()),
        window_seconds: after.window_seconds,
        pace_seconds: after.pace_seconds,
        full_at: after.full_at,
        moved_to: after.moved.to.clone(),
        moved_since: after.moved.since,
        moved_seen: i32::try_from(after.moved.seen).unwrap_or(i32::MAX),
        moved_url: after.moved.url.clone(),
        last_arrival: after.last_arrival,
        silent_since: after.silent_since,
    }
}

/// A source's own number in [0, 1), always the same.
pub(super) fn spread(id: &str) -> f64 {
    use sha2::Digest;
    let hash = sha2::Sha256::digest(id.as_bytes());
    f64::from(u16::from_be_bytes([hash[0], hash[1]])) / 65_536.0
}

/// Hash of a document's bytes: 128 bits of SHA-256.
pub(super) fn body_hash(body: &[u8]) -> String {
    use sha2::Digest;
    sha2::Sha256::digest(body).iter().take(16).map(|b| format!("{b:02x}")).collect()
}
