//! How long to wait while all is well: a pure function of what is measured and what the source asks for.
//!
//! Three wishes meet. *Freshness*: half of the items within [`PaceConfig::median_seconds`]; that takes a poll every two
//! medians, less often where it is quiet and more often where it is busy, so that each poll is worth about the same number
//! of items; slow sources are asked in proportion to what they bring. *The floor* that the source asks for (`ttl`,
//! `max-age`, …): it says that nothing new is to be had sooner. A wire is asked twice in that time, because it is not known
//! when in it the document is rebuilt; anything slower once. *The window*: so many items are expected by the next poll at
//! most that even with a flash on top none leaves the document unseen; this overrules the other two, down to
//! [`PaceConfig::min_seconds`].

use super::rhythm::Rhythm;
use crate::config::PaceConfig;

/// Share of two medians that is aimed at, so that the measured median stays below.
const MARGIN: f64 = 0.9;
/// Most that a quiet hour stretches the pause.
const CALM: f64 = 6.0;
/// How much quiet hours are asked less for busy ones: 1 makes every poll worth the same number of items.
const LEAN: f64 = 1.0;

/// Items that may be expected in one pause for a document of `items`, with room for a flash of `burst`.
///
/// With r places besides the flash, more than r arrivals come with a probability of about 1 in 500 where their mean m is
/// such that √(r + 1) ≈ √m + 1.25: the square root of a Poisson number has about the same spread whatever its mean.
pub fn safe_items(items: u32, burst: u32) -> f64 {
    let items = f64::from(items.max(1));
    let room = (items - f64::from(burst)).max(items / 5.0).max(1.0);
    ((room + 1.0).sqrt() - 1.25).max(0.1).powi(2)
}

/// The longest pause in which the window is safe, in seconds, at most `max_seconds`.
pub fn risk(rhythm: &Rhythm, items: Option<u32>, config: &PaceConfig) -> f64 {
    let Some(items) = items else { return f64::from(config.max_seconds) };
    (safe_items(items, config.burst_items) / rhythm.now().max(1e-9)).min(f64::from(config.max_seconds))
}

/// The pause in seconds before it is spread; `floor` is what the source asks for, `hot` that most of the last document
/// was new.
pub fn pause(rhythm: &Rhythm, items: Option<u32>, floor: u32, hot: bool, config: &PaceConfig) -> f64 {
    let (least, most) = (f64::from(config.min_seconds.max(1)), f64::from(config.max_seconds.max(1)));
    if hot {
        return least.min(most);
    }
    let median = f64::from(config.median_seconds);
    let busy = (rhythm.busy() / rhythm.now().max(1e-9)).powf(LEAN).min(CALM);
    let a_day = (rhythm.average() * 86_400.0).max(1e-6);
    let slow = (f64::from(config.wire_items_a_day) / a_day).max(1.0);
    let fresh = (2.0 * median * MARGIN * busy).max(median) * slow;
    let floor = f64::from(floor.min(config.max_floor_seconds));
    let floor = if slow > 1.0 { floor } else { floor / 2.0 };
    fresh.max(floor).min(risk(rhythm, items, config)).clamp(least.min(most), most)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    fn rhythm(a_day: f64) -> Rhythm {
        let now = DateTime::from_timestamp(1_772_443_800, 0).unwrap();
        Rhythm::guess(a_day / 86_400.0, 10.0 * 86_400.0, now)
    }

    #[test]
    fn the_window_leaves_room_for_a_flash() {
        for (items, least, most) in [(10, 0.2, 0.3), (20, 5.0, 7.0), (50, 25.0, 31.0), (1, 0.01, 0.1)] {
            let safe = safe_items(items, 8);
            assert!((least..most).contains(&safe), "{items}: {safe}");
        }
    }

    #[test]
    fn the_pause_by_kind_of_source() {
        let config = PaceConfig::default();
        for (name, a_day, items, floor, hot, least, most) in [
            ("a wire of 200 a day", 200.0, Some(10), 120, false, 100.0, 110.0),
            ("its window overrules a ttl of an hour", 200.0, Some(10), 3600, false, 100.0, 130.0),
            ("a wider window does not", 200.0, Some(100), 3600, false, 1800.0, 1800.0),
            ("a wire of 2000 a day", 2000.0, Some(10), 120, false, 30.0, 30.0),
            ("most of it was new", 200.0, Some(10), 3600, true, 30.0, 30.0),
            ("one item a day", 1.0, Some(10), 0, false, 2400.0, 2700.0),
            ("one item a day, ttl of an hour", 1.0, Some(10), 3600, false, 3600.0, 3600.0),
            ("a ttl of a week is not believed", 1.0, Some(10), 604_800, false, 3600.0, 3600.0),
            ("nothing ever", 0.0, Some(10), 0, false, 3600.0, 3600.0),
        ] {
            let seconds = pause(&rhythm(a_day), items, floor, hot, &config);
            assert!((least..=most).contains(&seconds), "{name}: {seconds}");
        }
    }
}
