//! When the items of a source come: arrivals by hour of the day (UTC), as measured, and how busy it is just now.

use chrono::Timelike;
use serde::{Deserialize, Serialize};
use wiredesk_contract::Timestamp;

/// Hours of a day.
const HOURS: usize = 24;
/// After so many days an arrival counts for 37 %.
const MEMORY_DAYS: f64 = 10.0;
/// After so many seconds an arrival counts for 37 % as recent.
const RECENT: f64 = 1800.0;
/// Weight of what is usual at this hour against what came recently, in arrivals.
const PRIOR: f64 = 2.0;
/// Weight of the day's average against what is usual at an hour, in seconds of observation.
const SHRINK: f64 = 7200.0;

/// Arrivals of a source, discounted with age.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rhythm {
    /// Until when was observed.
    #[serde(with = "chrono::serde::ts_milliseconds")]
    upto: Timestamp,
    /// Arrivals by hour.
    n: [f32; HOURS],
    /// Seconds observed by hour.
    s: [f32; HOURS],
    /// Recent arrivals.
    r: f32,
    /// Recent seconds.
    e: f32,
    /// Arrivals ever.
    all: u32,
}

impl Rhythm {
    /// What is believed of a source before anything was observed: `per_second`, worth `seconds` of observation.
    pub fn guess(per_second: f64, seconds: f64, now: Timestamp) -> Self {
        let each = (seconds / HOURS as f64) as f32;
        Self {
            upto: now,
            n: [(per_second * f64::from(each)) as f32; HOURS],
            s: [each; HOURS],
            r: 0.0,
            e: 0.0,
            all: 0,
        }
    }

    /// The time until `now` was observed, and nothing came.
    pub fn advance(&mut self, now: Timestamp) {
        let seconds = (now - self.upto).num_milliseconds() as f64 / 1000.0;
        if seconds <= 0.0 {
            return;
        }
        let fade = (-seconds / (MEMORY_DAYS * 86_400.0)).exp() as f32;
        for hour in 0..HOURS {
            self.n[hour] *= fade;
            self.s[hour] *= fade;
        }
        let fade = (-seconds / RECENT).exp();
        self.r = (f64::from(self.r) * fade) as f32;
        self.e = (f64::from(self.e) * fade + RECENT * (1.0 - fade)) as f32;
        let days = (seconds / 86_400.0).floor();
        for hour in &mut self.s {
            *hour += (days * 3600.0) as f32;
        }
        let mut left = seconds - days * 86_400.0;
        let mut hour = self.upto.hour() as usize % HOURS;
        let mut room = 3600.0 - f64::from(self.upto.minute() * 60 + self.upto.second());
        while left > 0.0 {
            let part = left.min(room);
            self.s[hour] += part as f32;
            left -= part;
            (hour, room) = ((hour + 1) % HOURS, 3600.0);
        }
        self.upto = now;
    }

    /// Nobody could look until `now`: neither that time nor what came in it tells anything.
    pub fn skip(&mut self, now: Timestamp) {
        self.upto = self.upto.max(now);
    }

    /// So many items came between the last look, `since`, and now: `advance` first.
    pub fn arrive(&mut self, items: u32, since: Timestamp) {
        let middle = since + (self.upto - since) / 2;
        self.n[middle.hour() as usize % HOURS] += items as f32;
        self.r += items as f32;
        self.all = self.all.saturating_add(items);
    }

    /// Arrivals that were measured, ever.
    pub fn measured(&self) -> u32 {
        self.all
    }

    /// The day's average, in items a second.
    pub fn average(&self) -> f64 {
        let (n, s): (f32, f32) = (self.n.iter().sum(), self.s.iter().sum());
        f64::from(n) / f64::from(s).max(1.0)
    }

    /// What is usual at an hour, its neighbours counted half, in items a second.
    fn at_hour(&self, hour: usize) -> f64 {
        let around = |of: &[f32; HOURS]| {
            let at = |k: usize| f64::from(of[(hour + k) % HOURS]);
            at(0) + 0.5 * (at(1) + at(HOURS - 1))
        };
        (around(&self.n) + SHRINK * self.average()) / (around(&self.s) + SHRINK)
    }

    /// What is usual at a time, between the middles of two hours, in items a second.
    pub fn usual(&self, at: Timestamp) -> f64 {
        let minute = f64::from(at.minute()) - 30.0;
        let hour = at.hour() as usize;
        let other = if minute < 0.0 { hour + HOURS - 1 } else { hour + 1 } % HOURS;
        let weight = minute.abs() / 60.0;
        (1.0 - weight) * self.at_hour(hour) + weight * self.at_hour(other)
    }

    /// What is to be expected just after `upto`: what is usual then, moved by what came of late. In items a second.
    pub fn now(&self) -> f64 {
        let usual = self.usual(self.upto).max(1e-9);
        (PRIOR + f64::from(self.r)) / (PRIOR / usual + f64::from(self.e))
    }

    /// The rate that the usual item meets: the mean over items, not over time. In items a second.
    pub fn busy(&self) -> f64 {
        let hours: Vec<f64> = (0..HOURS).map(|h| self.at_hour(h)).collect();
        let sum: f64 = hours.iter().sum();
        if sum > 0.0 { hours.iter().map(|h| h * h).sum::<f64>() / sum } else { 0.0 }
    }

    /// Items that are usual between two times, at most three days apart.
    pub fn expected(&self, from: Timestamp, to: Timestamp) -> f64 {
        let step = chrono::Duration::minutes(20);
        let to = to.min(from + chrono::Duration::days(3));
        let (mut at, mut sum) = (from, 0.0);
        while at < to {
            let end = (at + step).min(to);
            sum += self.usual(at + (end - at) / 2) * (end - at).num_milliseconds() as f64 / 1000.0;
            at = end;
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, Duration};

    fn midnight() -> Timestamp {
        DateTime::from_timestamp(1_772_409_600, 0).unwrap()
    }

    /// 12 items an hour by day, none by night, seen every ten minutes for a week.
    fn week() -> Rhythm {
        let mut rhythm = Rhythm::guess(0.0, 3600.0, midnight());
        for n in 1..=7 * 144 {
            let at = midnight() + Duration::minutes(10 * n);
            rhythm.advance(at);
            if (8..20).contains(&(at - Duration::minutes(5)).hour()) {
                rhythm.arrive(2, at - Duration::minutes(10));
            }
        }
        rhythm
    }

    #[test]
    fn the_day_is_learned() {
        let rhythm = week();
        let hourly = |h: i64| rhythm.usual(midnight() + Duration::minutes(h * 60 + 30)) * 3600.0;
        assert!((10.0..12.5).contains(&hourly(14)), "{}", hourly(14));
        assert!(hourly(2) < 1.5, "{}", hourly(2));
        assert!((5.5..6.5).contains(&(rhythm.average() * 3600.0)));
        assert!(rhythm.busy() > 1.5 * rhythm.average());
        let day = rhythm.expected(midnight(), midnight() + Duration::days(1));
        assert!((130.0..158.0).contains(&day), "{day}");
    }

    #[test]
    fn a_flash_raises_what_is_expected_and_fades() {
        let mut rhythm = week();
        let at = midnight() + Duration::days(7) + Duration::hours(3);
        rhythm.advance(at);
        let calm = rhythm.now();
        rhythm.arrive(8, at - Duration::minutes(1));
        assert!(rhythm.now() > 3.0 * calm, "{} {calm}", rhythm.now());
        rhythm.advance(at + Duration::hours(3));
        assert!(rhythm.now() < 1.5 * calm, "{} {calm}", rhythm.now());
    }

    #[test]
    fn it_is_kept_as_json() {
        let rhythm = week();
        let text = serde_json::to_string(&rhythm).unwrap();
        assert!(text.len() < 900, "{}", text.len());
        assert_eq!(serde_json::from_str::<Rhythm>(&text).unwrap(), rhythm);
    }
}
