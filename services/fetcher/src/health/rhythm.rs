//! How often a source moves, from the dates of one document.

use serde::Serialize;
use wiredesk_contract::Timestamp;

use crate::read::Document;

/// How often it moves.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Rhythm {
    /// Items that carry a date which is not in the future.
    pub dated: usize,
    /// Date of the newest.
    pub newest: Option<Timestamp>,
    /// Date of the oldest.
    pub oldest: Option<Timestamp>,
    /// Seconds from the oldest to the newest: how much news the document covers.
    pub window_seconds: Option<f64>,
    /// The middle one of the gaps between two items that follow each other, in seconds.
    pub gap_seconds: Option<f64>,
    /// The shortest time in which a tenth of the items (at least two) came, scaled to all of them, in seconds: how fast the
    /// document runs full at its busiest.
    pub busiest_window_seconds: Option<f64>,
}

/// The rhythm of a document; dates in the future count for nothing.
pub(super) fn of(document: &Document, now: Timestamp) -> Rhythm {
    let entries = document.entries.iter();
    let mut dates: Vec<Timestamp> =
        entries.filter_map(|e| e.published.or(e.updated)).filter(|d| *d <= now).collect();
    dates.sort_unstable();
    let (Some(oldest), Some(newest)) = (dates.first().copied(), dates.last().copied()) else {
        return Rhythm::default();
    };
    let seconds = |a: Timestamp, b: Timestamp| (b - a).num_milliseconds() as f64 / 1000.0;
    let mut gaps: Vec<f64> =
        dates.windows(2).filter_map(|w| Some(seconds(*w.first()?, *w.last()?))).collect();
    gaps.sort_unstable_by(f64::total_cmp);
    let several = dates.len() > 2;
    let burst = (dates.len() / 10).max(2);
    let busiest = dates
        .windows(burst + 1)
        .filter_map(|w| Some(seconds(*w.first()?, *w.last()?)))
        .min_by(f64::total_cmp)
        .map(|s| s * dates.len() as f64 / burst as f64);
    Rhythm {
        dated: dates.len(),
        newest: Some(newest),
        oldest: Some(oldest),
        window_seconds: (dates.len() > 1).then(|| seconds(oldest, newest)),
        gap_seconds: gaps.get(gaps.len() / 2).copied().filter(|_| several),
        busiest_window_seconds: busiest.filter(|_| several),
    }
}
