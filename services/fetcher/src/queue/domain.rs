//! Manners towards one registrable domain: gaps between the starts of requests, few at a time, rest when it refuses. Pure.

use chrono::Duration;
use wiredesk_contract::Timestamp;

use super::name::is_own;
use crate::config::Config;
use crate::schedule::backoff;

/// Most that refusals stretch the gaps.
const SLOWEST: f64 = 32.0;
/// What each answer that is no refusal leaves of the stretch.
const FORGIVE: f64 = 0.97;
/// Shortest rest after a refusal that names none, in seconds.
const REST: f64 = 60.0;

/// By how much chance makes a wait longer at most.
const LONGEST: f64 = 1.5;

/// Limits of a domain.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Seconds between the starts of two requests; 0 keeps none.
    pub gap: f64,
    /// Most requests at a time.
    pub concurrency: usize,
    /// Longest rest that a refusal without `Retry-After` leads to, in seconds.
    pub max_rest: u32,
    /// Longest `Retry-After` that is obeyed, in seconds.
    pub max_retry_after: u32,
}

impl Limits {
    /// The limits of a queue: its own where the operator named some, none on his own network, else those of all.
    pub fn of(queue: &str, config: &Config) -> Self {
        let (named, own) = (config.domains.get(queue), is_own(queue));
        let gap = named.and_then(|d| d.gap_ms).unwrap_or(if own { 0 } else { config.gap_ms });
        let few = if own { config.concurrency } else { config.per_host };
        Self {
            gap: f64::from(gap) / 1000.0,
            concurrency: named.and_then(|d| d.concurrency).unwrap_or(few),
            max_rest: config.max_backoff_seconds,
            max_retry_after: config.max_retry_after_seconds,
        }
    }
}

/// What is owed to a domain's servers.
#[derive(Clone, Debug, PartialEq)]
pub struct Domain {
    /// No request before: the gap.
    pub next_request: Option<Timestamp>,
    /// No request before: they asked for it.
    pub rest_until: Option<Timestamp>,
    /// When they last refused: answers to what was asked before say nothing new.
    pub refused_at: Option<Timestamp>,
    /// Refusals in a row.
    pub refusals: u32,
    /// By how much gaps are stretched; 1 is not at all.
    pub slowness: f64,
    /// Requests that are on their way.
    pub flying: usize,
}

impl Default for Domain {
    fn default() -> Self {
        Self { next_request: None, rest_until: None, refused_at: None, refusals: 0, slowness: 1.0, flying: 0 }
    }
}

impl Domain {
    /// What another fetcher, or this one before its start, owed: its clock may have been ahead, so the waits are cut to the
    /// longest that there are.
    pub fn taken_on(mut self, limits: &Limits, now: Timestamp) -> Self {
        let longest = |seconds: f64| now + Duration::milliseconds((seconds * 1000.0).ceil() as i64);
        let rest = f64::from(limits.max_rest.max(limits.max_retry_after)) * LONGEST;
        self.next_request = self.next_request.map(|at| at.min(longest(limits.gap * self.slowness * LONGEST)));
        self.rest_until = self.rest_until.map(|at| at.min(longest(rest)));
        self
    }

    /// The clock was set back.
    pub(super) fn set_back(&mut self, earlier: impl Fn(Timestamp) -> Timestamp) {
        for at in [&mut self.next_request, &mut self.rest_until, &mut self.refused_at] {
            *at = at.map(&earlier);
        }
    }

    /// The first time from which a request may start, were none flying.
    pub fn open_at(&self) -> Option<Timestamp> {
        self.next_request.max(self.rest_until)
    }

    /// May a request start now?
    pub fn open(&self, limits: &Limits, now: Timestamp) -> bool {
        self.flying < limits.concurrency && self.open_at().is_none_or(|at| at <= now)
    }

    /// A request starts now. Gaps are a fifth to a half longer than the limit asks, at random, so that no pattern lasts.
    pub fn started(&mut self, limits: &Limits, now: Timestamp, random: f64) {
        self.flying += 1;
        self.reserve(limits, now, random);
    }

    /// The next request may start only after a gap from `at`.
    pub fn reserve(&mut self, limits: &Limits, at: Timestamp, random: f64) {
        if limits.gap > 0.0 {
            let gap = limits.gap * self.slowness * (1.0 + 0.3 * random);
            let next = at + Duration::milliseconds((gap * 1000.0).ceil() as i64);
            self.next_request = self.next_request.max(Some(next));
        }
    }

    /// A request that started at `started` has ended: with a refusal (429), perhaps with `Retry-After` in seconds, or with
    /// any other answer. True where the manners changed in a way that has to outlive this process.
    pub fn ended(
        &mut self,
        limits: &Limits,
        started: Timestamp,
        refused: Option<Option<u64>>,
        now: Timestamp,
        random: f64,
    ) -> bool {
        self.flying = self.flying.saturating_sub(1);
        let old = self.refused_at.is_some_and(|at| started <= at);
        let Some(asked) = refused else {
            if old || self.slowness <= 1.0 && self.refusals == 0 {
                return false;
            }
            self.refusals = 0;
            self.slowness = (self.slowness * FORGIVE).max(1.0);
            return self.slowness <= 1.0;
        };
        // Several on their way were refused at once: that is one refusal.
        if !old {
            self.refusals = self.refusals.saturating_add(1);
            self.slowness = (self.slowness * 2.0).min(SLOWEST);
        }
        self.refused_at = Some(now);
        let wait = backoff::seconds(REST, self.refusals, f64::from(limits.max_rest), random);
        let wait = backoff::obey(wait, asked, limits.max_retry_after, random);
        let until = now + Duration::milliseconds((wait * 1000.0).ceil() as i64);
        self.rest_until = self.rest_until.max(Some(until));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    const LIMITS: Limits = Limits { gap: 1.0, concurrency: 2, max_rest: 3600, max_retry_after: 86_400 };

    fn at(seconds: f64) -> Timestamp {
        DateTime::from_timestamp(1_772_443_800, 0).unwrap()
            + Duration::milliseconds((seconds * 1000.0) as i64)
    }

    #[test]
    fn gaps_and_few_at_a_time() {
        let mut domain = Domain::default();
        assert!(domain.open(&LIMITS, at(0.0)));
        domain.started(&LIMITS, at(0.0), 0.0);
        assert!(!domain.open(&LIMITS, at(0.9)));
        assert!(domain.open(&LIMITS, at(1.0)));
        domain.started(&LIMITS, at(1.0), 0.9);
        assert!(!domain.open(&LIMITS, at(9.0)), "two are on their way");
        domain.ended(&LIMITS, at(0.0), None, at(9.0), 0.0);
        assert!(domain.open(&LIMITS, at(9.0)));
    }

    #[test]
    fn a_refusal_rests_the_domain_and_slows_it() {
        let mut domain = Domain::default();
        domain.started(&LIMITS, at(0.0), 0.0);
        domain.started(&LIMITS, at(1.0), 0.0);
        assert!(domain.ended(&LIMITS, at(0.0), Some(Some(600)), at(2.0), 0.5));
        assert!(domain.ended(&LIMITS, at(1.0), Some(None), at(2.1), 0.0));
        assert_eq!((domain.refusals, domain.slowness), (1, 2.0), "two of one moment are one refusal");
        assert!(!domain.open(&LIMITS, at(601.9)));
        assert!(domain.open(&LIMITS, at(670.0)));
        domain.started(&LIMITS, at(670.0), 0.0);
        assert!(!domain.open(&LIMITS, at(671.9)), "gaps are doubled");
        for _ in 0..60 {
            domain.ended(&LIMITS, at(670.0), None, at(671.0), 0.0);
        }
        assert_eq!((domain.refusals, domain.slowness), (0, 1.0), "answers forgive it");
    }

    #[test]
    fn what_a_clock_that_was_ahead_owed_is_cut_to_the_longest_wait() {
        let owed = Domain {
            next_request: Some(at(86_400.0)),
            rest_until: Some(at(700_000.0)),
            slowness: 2.0,
            ..Domain::default()
        };
        let taken = owed.clone().taken_on(&LIMITS, at(0.0));
        assert_eq!((taken.next_request, taken.rest_until), (Some(at(3.0)), Some(at(129_600.0))));
        let near = Domain { next_request: Some(at(0.5)), rest_until: Some(at(9.0)), ..owed };
        assert_eq!(near.clone().taken_on(&LIMITS, at(0.0)), near);
    }

    #[test]
    fn an_answer_to_an_older_request_forgives_nothing() {
        let mut domain = Domain::default();
        domain.started(&LIMITS, at(0.0), 0.0);
        domain.started(&LIMITS, at(1.0), 0.0);
        domain.ended(&LIMITS, at(1.0), Some(None), at(2.0), 0.0);
        assert!(!domain.ended(&LIMITS, at(0.0), None, at(3.0), 0.0));
        assert_eq!(domain.refusals, 1);
    }
}
