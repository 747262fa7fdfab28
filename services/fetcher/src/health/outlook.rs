//! How often wiredesk would ask, by the schedule's own function.

use serde::Serialize;
use wiredesk_contract::Timestamp;
use wiredesk_contract::time::span_words;
use wiredesk_net::Response;

use super::Rhythm;
use crate::config::Config;
use crate::read::Document;
use crate::schedule::{self, Asks, Ended, Observation, Terms, Told, floor};
use crate::source::SourceConfig;

/// How often wiredesk would ask.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outlook {
    /// Seconds between two polls, at first; it adapts from then on.
    pub seconds: f64,
    /// Why, in words.
    pub why: String,
}

/// The pause after this first document.
pub(super) fn of(
    source: &SourceConfig,
    config: &Config,
    document: &Document,
    response: Option<&Response>,
    rhythm: &Rhythm,
    now: Timestamp,
) -> Outlook {
    let cached = response.map_or(0, |r| {
        floor::cached_seconds(r.cache_control.as_deref(), r.expires.as_deref(), r.date.as_deref(), now)
    });
    let asks = Asks::of(&document.meta);
    let asked = asks.seconds.max(cached);
    let told = Told {
        new: 0,
        items: u32::try_from(document.entries.len()).unwrap_or(u32::MAX),
        oldest: rhythm.oldest,
        newest: rhythm.newest,
        asks,
    };
    let seen = Observation {
        at: now,
        ended: Ended::Document(told),
        full: true,
        cached_seconds: cached,
        moved_to: None,
    };
    let terms = Terms {
        named: source.interval_seconds,
        first: config.interval_seconds,
        pace: config.pace.clone(),
        max_backoff_seconds: config.max_backoff_seconds,
        max_retry_after_seconds: config.max_retry_after_seconds,
    };
    let (state, _) = schedule::next(&schedule::State::default(), &source.url, &seen, &terms, 0.5);
    let seconds = state.pace_seconds.unwrap_or(f64::from(config.interval_seconds));
    let why = if source.interval_seconds.is_some() {
        "its interval_seconds says so".to_owned()
    } else if asked > 0 && f64::from(asked) > seconds {
        format!("it asks for {}, but its window would overflow sooner", span_words(f64::from(asked)))
    } else if asked > 0 && f64::from(asked) > f64::from(config.pace.median_seconds) * 2.0 {
        format!("it asks for {}", span_words(f64::from(asked)))
    } else if rhythm.gap_seconds.is_some() {
        "by its rhythm and its window".to_owned()
    } else {
        "until its rhythm is measured".to_owned()
    };
    Outlook { seconds, why }
}
