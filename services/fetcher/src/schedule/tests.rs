use super::*;
use chrono::{DateTime, Timelike};
use proptest::prelude::*;

const LISTED: &str = "https://wire.example/rss";

fn start() -> Timestamp {
    DateTime::from_timestamp(1_772_443_800, 0).unwrap() // Monday, 2 March 2026, 09:30 UTC
}

fn terms() -> Terms {
    Terms {
        named: None,
        first: 120,
        pace: PaceConfig::default(),
        max_backoff_seconds: 3600,
        max_retry_after_seconds: 86_400,
    }
}

fn seen(at: Timestamp, ended: Ended) -> Observation {
    Observation { at, full: matches!(ended, Ended::Document(_)), ended, cached_seconds: 0, moved_to: None }
}

/// A document of ten items that cover `hours`.
fn document(at: Timestamp, new: u32, hours: i64) -> Observation {
    let told = Told {
        new,
        items: 10,
        oldest: Some(at - Duration::hours(hours)),
        newest: Some(at),
        asks: Asks { seconds: 120, ..Asks::default() },
    };
    seen(at, Ended::Document(told))
}

/// A source whose first document was seen: 240 items a day.
fn known() -> State {
    next(&State::default(), LISTED, &document(start(), 10, 1), &terms(), 0.5).0
}

fn wait(state: &State, seen: &Observation, terms: &Terms, random: f64) -> i64 {
    (next(state, LISTED, seen, terms, random).1 - seen.at).num_seconds()
}

#[test]
fn when_to_ask_again() {
    let later = start() + Duration::minutes(2);
    let failed = |retry_after| seen(later, Ended::Failed { retry_after });
    let named = Terms { named: Some(5), ..terms() };
    let unchanged = seen(later, Ended::Unchanged);
    let fresh = State::default();
    let busy = known();
    let tired = State { failures: 20, failing_since: Some(start()), ..busy.clone() };
    let long = State { failures: 29, failing_since: Some(start() - Duration::days(7)), ..busy.clone() };
    for (name, state, seen, terms, least, most) in [
        ("a wire", &busy, &unchanged, &terms(), 80, 150),
        ("most of it was new", &busy, &document(later, 6, 1), &terms(), 27, 33),
        ("an interval that the operator named wins over all", &busy, &document(later, 6, 1), &named, 4, 5),
        ("an interval that was named, of a slow source", &fresh, &unchanged, &named, 4, 5),
        ("nothing was ever had", &fresh, &failed(None), &terms(), 120, 240),
        ("a failure", &busy, &failed(None), &terms(), 80, 250),
        ("many failures", &tired, &failed(None), &terms(), 80, 3600),
        ("asked to wait", &busy, &failed(Some(5000)), &terms(), 5000, 5500),
        ("asked to wait for less than we do", &busy, &failed(Some(5)), &terms(), 80, 250),
        ("asked to wait for ever", &busy, &failed(Some(u64::MAX)), &terms(), 86_400, 95_040),
        ("asked to wait, though an interval is named", &busy, &failed(Some(5000)), &named, 5000, 5500),
        ("it has failed for a week", &long, &failed(None), &terms(), 544_320, 665_280),
    ] {
        for random in [0.0, 0.5, 0.999] {
            let seconds = wait(state, seen, terms, random);
            assert!((least..=most).contains(&seconds), "{name}: {seconds} s");
        }
    }
}

#[test]
fn a_source_that_fails_for_a_week_is_probed_until_it_works() {
    let (mut state, mut at) = (known(), start());
    let mut polls = 0;
    while state.paused_reason.is_none() {
        polls += 1;
        let (after, due) =
            next(&state, LISTED, &seen(at, Ended::Failed { retry_after: None }), &terms(), 0.5);
        (state, at) = (after, due);
        assert!(polls < 10_000);
    }
    assert!(at > start() + Duration::days(13), "the next one is a week later: {at}");
    assert!(state.paused_reason.as_ref().unwrap().contains("failed"));
    let (state, due) = next(&state, LISTED, &document(at, 3, 1), &terms(), 0.5);
    assert_eq!((state.paused_reason, state.failures, state.failing_since), (None, 0, None));
    assert!(due < at + Duration::minutes(5));
}

#[test]
fn gone_stops() {
    let (state, _) = next(&known(), LISTED, &seen(start(), Ended::Gone), &terms(), 0.5);
    assert!(state.stopped.unwrap().contains("gone for good"));
}

#[test]
fn what_the_source_asks_for_is_a_floor_unless_its_window_is_short() {
    let later = start() + Duration::minutes(2);
    let asks = |seconds| State { asks: Asks { seconds, ..Asks::default() }, ..known() };
    let cached = |seconds| Observation { cached_seconds: seconds, ..seen(later, Ended::Unchanged) };
    let wide = |state: State| State { window_items: Some(200), ..state };
    let none = cached(0);
    let risk = wait(&asks(3600), &none, &terms(), 0.5);
    assert!((80..150).contains(&risk), "ten items an hour, a window of ten: {risk}");
    assert_eq!(wait(&wide(asks(3600)), &none, &terms(), 0.5), 1800, "a wire is asked twice in that time");
    assert_eq!(wait(&wide(known()), &cached(900), &terms(), 0.5), 450, "Cache-Control");
    assert_eq!(wait(&wide(asks(86_400)), &none, &terms(), 0.5), 1800, "a foolish one is cut");
}

#[test]
fn hours_of_rest_are_kept_where_nothing_is_usual_in_them() {
    let asks = Asks { hours: vec![10, 11], ..Asks::default() };
    let at = start() + Duration::minutes(29);
    let slow = State {
        asks: asks.clone(),
        rhythm: Some(Rhythm::guess(1.0 / 86_400.0, 864_000.0, start())),
        ..known()
    };
    let (_, due) = next(&slow, LISTED, &seen(at, Ended::Unchanged), &terms(), 0.5);
    assert_eq!(due.hour(), 12, "{due}");
    let busy = State { asks, ..known() };
    let (_, due) = next(&busy, LISTED, &seen(at, Ended::Unchanged), &terms(), 0.5);
    assert!(due < at + Duration::minutes(5), "a wire is asked all the same: {due}");
}

#[test]
fn the_document_is_asked_for_in_full_once_a_day() {
    let config = PaceConfig::default();
    let state = known();
    assert!(wants_full(&State::default(), start(), &config, 0.5), "never had");
    assert!(!wants_full(&state, start() + Duration::hours(17), &config, 0.0));
    assert!(wants_full(&state, start() + Duration::hours(24), &config, 0.999));
    assert!(!wants_full(&state, start() + Duration::days(9), &PaceConfig { full_seconds: 0, ..config }, 0.5));
    // A 304 does not count, whatever it says.
    let (after, _) =
        next(&state, LISTED, &seen(start() + Duration::hours(5), Ended::Unchanged), &terms(), 0.5);
    assert_eq!(after.full_at, state.full_at);
}

#[test]
fn the_first_document_tells_the_pace_and_no_arrivals() {
    let state = known();
    assert_eq!((state.last_arrival, state.window_items), (None, Some(10)));
    let gap = state.gap_seconds().unwrap();
    assert!((350.0..450.0).contains(&gap), "{gap}");
    let told = Told { new: 10, items: 10, ..Told::default() };
    let undated = next(&State::default(), LISTED, &seen(start(), Ended::Document(told)), &terms(), 0.5).0;
    assert_eq!(undated.gap_seconds(), None, "nothing dated it, nothing was measured");
}

#[test]
fn silence_is_told_and_ends_with_a_new_item() {
    let (mut state, mut at) = (known(), start());
    while state.silent_since.is_none() {
        (state, at) = next(&state, LISTED, &seen(at, Ended::Unchanged), &terms(), 0.5);
        assert!(at < start() + Duration::days(2));
    }
    assert!(at > start() + Duration::hours(1));
    let (state, _) = next(&state, LISTED, &document(at, 1, 5), &terms(), 0.5);
    assert_eq!((state.silent_since, state.last_arrival), (None, Some(at)));
}

proptest! {
    /// Whatever is known and whatever comes: never before the minimum, never after the longest wait, and never before
    /// what a server asked for.
    #[test]
    fn within_bounds(
        a_day in 0.0f64..100_000.0, items in 0u32..500, new in 0u32..500, failures in 0u32..5000,
        asked in proptest::option::of(0u64..200_000), ttl in 0u32..1_000_000, random in 0.0f64..1.0, kind in 0u8..3,
    ) {
        let at = start() + Duration::hours(3);
        let state = State {
            failures, last_ok: Some(start()), window_items: Some(items),
            rhythm: Some(Rhythm::guess(a_day / 86_400.0, 864_000.0, start())),
            asks: Asks { seconds: ttl, ..Asks::default() }, ..State::default()
        };
        let ended = match kind {
            0 => Ended::Unchanged,
            1 => Ended::Document(Told { new: new.min(items), items, ..Told::default() }),
            _ => Ended::Failed { retry_after: asked },
        };
        let failed = kind == 2;
        let seconds = (next(&state, LISTED, &seen(at, ended), &terms(), random).1 - at).num_milliseconds() as f64 / 1000.0;
        prop_assert!(seconds >= 0.9 * 30.0 - 0.01, "{seconds}");
        if failed {
            let asked = asked.unwrap_or(0).min(86_400) as f64;
            prop_assert!(seconds >= asked && seconds <= 3600f64.max(asked * 1.1 + 60.0), "{seconds} {asked}");
        } else {
            prop_assert!(seconds <= 1.1 * 3600.0 + 0.01, "{seconds}");
        }
    }
}
