//! When to ask again: a pure function of what is known of a source and of what was just answered. The simulator runs the
//! same function under a clock of its own.

pub mod backoff;
pub mod floor;
pub mod moved;
pub mod pace;
pub mod rhythm;
pub mod silence;

use chrono::Duration;
use wiredesk_contract::Timestamp;

pub use floor::Asks;
pub use moved::Moved;
pub use rhythm::Rhythm;

use crate::config::PaceConfig;

/// What of the configuration decides.
#[derive(Clone, Debug, PartialEq)]
pub struct Terms {
    /// Seconds between two polls as the operator named them for this source: nothing overrules that.
    pub named: Option<u32>,
    /// Seconds between two polls before anything is measured.
    pub first: u32,
    /// Limits of what is measured.
    pub pace: PaceConfig,
    /// Longest pause after failures, in seconds.
    pub max_backoff_seconds: u32,
    /// Longest `Retry-After` that is obeyed, in seconds.
    pub max_retry_after_seconds: u32,
}

/// What is known of a source between two polls.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    /// Failed polls in a row.
    pub failures: u32,
    /// Since when.
    pub failing_since: Option<Timestamp>,
    /// When the last poll that worked was.
    pub last_ok: Option<Timestamp>,
    /// Ask no more: why.
    pub stopped: Option<String>,
    /// Asked once a week only: why.
    pub paused_reason: Option<String>,
    /// Arrivals by hour; None before the first document.
    pub rhythm: Option<Rhythm>,
    /// What the last document asked for.
    pub asks: Asks,
    /// Items in the last document.
    pub window_items: Option<u32>,
    /// How many seconds of news they cover.
    pub window_seconds: Option<f64>,
    /// The pause that was last come to, in seconds.
    pub pace_seconds: Option<f64>,
    /// When the document was last had in full.
    pub full_at: Option<Timestamp>,
    /// A permanent redirect.
    pub moved: Moved,
    /// Newest date of an item.
    pub newest_item: Option<Timestamp>,
    /// When the last new item arrived.
    pub last_arrival: Option<Timestamp>,
    /// Since when it is silent for too long.
    pub silent_since: Option<Timestamp>,
}

/// What a document told.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Told {
    /// Items that were never seen before.
    pub new: u32,
    /// Items in it.
    pub items: u32,
    /// Oldest and newest date of an item.
    pub oldest: Option<Timestamp>,
    /// Newest date of an item.
    pub newest: Option<Timestamp>,
    /// What it asks for.
    pub asks: Asks,
}

/// How a poll ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Ended {
    /// 304, or the same bytes as before.
    Unchanged,
    /// A document that was read.
    Document(Told),
    /// No document, with `Retry-After` in seconds where the server sent one.
    Failed {
        /// Seconds.
        retry_after: Option<u64>,
    },
    /// 410.
    Gone,
}

/// What a poll saw.
#[derive(Clone, Debug, PartialEq)]
pub struct Observation {
    /// When.
    pub at: Timestamp,
    /// How it ended.
    pub ended: Ended,
    /// The whole document came, not a 304.
    pub full: bool,
    /// For how many seconds the answer is fresh, as its headers say.
    pub cached_seconds: u32,
    /// Where permanent redirects alone led.
    pub moved_to: Option<String>,
}

/// Why a source that the server calls gone is asked no more.
const GONE: &str = "the server says that the feed is gone for good (410); edit its url or remove it";
/// What is believed of a source whose document dates nothing: worth so many seconds of observation.
const GUESS_SECONDS: f64 = 3600.0;
/// Most that the dates of the first document are worth, in seconds of observation.
const DATED_SECONDS: f64 = 6.0 * 3600.0;

/// Is the document to be asked for in full, whatever the validators say? Some servers say 304 for ever. `spread` is a
/// source's own number in [0, 1), so that not all are asked at once.
pub fn wants_full(state: &State, now: Timestamp, config: &PaceConfig, spread: f64) -> bool {
    let after = f64::from(config.full_seconds) * (0.75 + 0.25 * spread);
    config.full_seconds > 0
        && state.full_at.is_none_or(|at| (now - at).num_milliseconds() as f64 / 1000.0 >= after)
}

/// What is known after a poll, and when to ask again; `random` is in [0, 1), `listed` the address as configured.
pub fn next(
    before: &State,
    listed: &str,
    seen: &Observation,
    terms: &Terms,
    random: f64,
) -> (State, Timestamp) {
    let at = seen.at;
    let mut state = before.clone();
    let mut hot = false;
    if seen.full {
        state.full_at = Some(at);
    }
    match &seen.ended {
        Ended::Failed { .. } | Ended::Gone => {
            state.failures = before.failures.saturating_add(1);
            state.failing_since = before.failing_since.or(Some(at));
            state.moved = moved::failed(&before.moved, state.failures);
        }
        Ended::Unchanged => worked(&mut state, before, listed, seen),
        Ended::Document(told) => {
            worked(&mut state, before, listed, seen);
            hot = document(&mut state, before, told, at, &terms.pace);
        }
    }
    if seen.ended == Ended::Gone {
        state.stopped = Some(GONE.to_owned());
    }
    let mut rhythm = state.rhythm.clone().unwrap_or_else(|| unknown(&terms.pace, at));
    rhythm.advance(at);
    let arrived = state.last_arrival != before.last_arrival;
    let last = state.last_arrival.max(state.newest_item);
    state.silent_since = silence::silent_since(before.silent_since, arrived, last, &rhythm, at);
    let floor = state.asks.seconds.max(seen.cached_seconds);
    let pause = match terms.named {
        Some(seconds) => f64::from(seconds.max(1)),
        None if state.rhythm.is_none() => f64::from(terms.first.max(terms.pace.min_seconds)),
        None => pace::pause(&rhythm, state.window_items, floor, hot, &terms.pace),
    };
    state.pace_seconds = Some(pause);
    let wait = match &seen.ended {
        Ended::Failed { retry_after } => {
            let wait = failed(&mut state, pause, at, terms, random);
            backoff::obey(wait, *retry_after, terms.max_retry_after_seconds, random)
        }
        Ended::Gone => f64::from(terms.pace.probe_seconds),
        // Spread by a tenth to either side, but not beyond what the window allows.
        _ if terms.named.is_some() => pause * (0.9 + 0.2 * random),
        _ => (pause * (0.9 + 0.2 * random))
            .min(pace::risk(&rhythm, state.window_items, &terms.pace).max(pause)),
    };
    let due = at + Duration::milliseconds((wait * 1000.0) as i64);
    let well = matches!(seen.ended, Ended::Unchanged | Ended::Document(_)) && terms.named.is_none() && !hot;
    (state.clone(), if well { open(&state, &rhythm, at, due, random, &terms.pace) } else { due })
}

/// What is believed before anything is known: a wire, so that nothing is missed while it is measured.
fn unknown(config: &PaceConfig, at: Timestamp) -> Rhythm {
    Rhythm::guess(f64::from(config.wire_items_a_day) / 86_400.0, GUESS_SECONDS, at)
}

fn worked(state: &mut State, before: &State, listed: &str, seen: &Observation) {
    if outage(before, seen.at)
        && let Some(rhythm) = &mut state.rhythm
    {
        rhythm.skip(seen.at);
    }
    state.failures = 0;
    state.failing_since = None;
    state.paused_reason = None;
    state.last_ok = Some(seen.at);
    state.moved = moved::sighted(&before.moved, listed, seen.moved_to.as_deref(), seen.at);
}

/// Did it fail for so long before this poll that what came meanwhile tells nothing of its pace?
fn outage(before: &State, at: Timestamp) -> bool {
    before.failing_since.is_some_and(|since| at - since >= Duration::hours(1))
}

/// Learns from a document. True where most of it was new: what is still to come may overrun the window.
fn document(state: &mut State, before: &State, told: &Told, at: Timestamp, config: &PaceConfig) -> bool {
    state.asks = told.asks.clone();
    state.newest_item = before.newest_item.max(told.newest);
    state.window_seconds = told.oldest.map(|o| (at - o).num_milliseconds() as f64 / 1000.0);
    let Some(since) = before.last_ok.filter(|_| before.window_items.is_some() && before.rhythm.is_some())
    else {
        // The first one: its items did not arrive now, but their dates tell how fast they come.
        state.window_items = Some(told.items);
        let span = state.window_seconds.filter(|s| *s > 0.0 && told.items > 1);
        state.rhythm = Some(match span {
            Some(span) => Rhythm::guess(f64::from(told.items - 1) / span, span.min(DATED_SECONDS), at),
            None => unknown(config, at),
        });
        return false;
    };
    // Some wires empty their document for a moment: that is not its window.
    if told.items > 0 {
        state.window_items = Some(told.items);
    }
    if told.new == 0 {
        return false;
    }
    if let Some(rhythm) = state.rhythm.as_mut().filter(|_| !outage(before, at)) {
        rhythm.advance(at);
        rhythm.arrive(told.new, since);
    }
    state.last_arrival = Some(at);
    told.new >= 2 && told.new.saturating_mul(2) >= told.items
}

impl State {
    /// Usual gap between two new items, in seconds; None until a few came or the first document dated them.
    pub fn gap_seconds(&self) -> Option<f64> {
        let rhythm = self.rhythm.as_ref()?;
        let known = rhythm.measured() >= 3 || self.window_seconds.is_some();
        Some(1.0 / rhythm.average()).filter(|gap| known && gap.is_finite())
    }
}

/// Seconds to wait after a failure; one that has lasted long is asked once a week only.
fn failed(state: &mut State, pause: f64, at: Timestamp, terms: &Terms, random: f64) -> f64 {
    let since = state.failing_since.unwrap_or(at);
    let long = at - since >= Duration::days(i64::from(terms.pace.pause_days));
    if terms.pace.pause_failures > 0 && state.failures >= terms.pace.pause_failures && long {
        state.paused_reason = Some(format!(
            "it has failed {} times since {}; it is asked once in a while only: check its url",
            state.failures,
            since.format("%Y-%m-%d")
        ));
        return f64::from(terms.pace.probe_seconds) * (0.9 + 0.2 * random);
    }
    backoff::seconds(pause, state.failures, f64::from(terms.max_backoff_seconds), random)
}

/// Out of the hours and days that the source asks to be left alone in, unless more is usual in them than its window holds.
fn open(
    state: &State,
    rhythm: &Rhythm,
    at: Timestamp,
    due: Timestamp,
    random: f64,
    config: &PaceConfig,
) -> Timestamp {
    if !state.asks.skips(due) {
        return due;
    }
    let open = state.asks.next_open(due);
    let safe = pace::safe_items(state.window_items.unwrap_or(1), config.burst_items).min(1.0);
    if rhythm.expected(at, open) > safe {
        return due;
    }
    // Not all at the stroke of the hour.
    open + Duration::milliseconds((random * 300_000.0) as i64)
}

#[cfg(test)]
mod tests;
