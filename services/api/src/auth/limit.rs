//! How many requests each reader may send: a bucket of tokens for each, with the time passed in.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Readers that are remembered; when there are more, those with full buckets are forgotten, which changes nothing for them.
const REMEMBERED: usize = 50_000;

/// What is left of a reader's share, for the headers `RateLimit` and `RateLimit-Policy`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// Requests a minute.
    pub quota: u32,
    /// Requests that may be sent now.
    pub left: u32,
    /// Seconds until the bucket is full.
    pub full_in: u64,
}

/// The buckets of all readers.
#[derive(Debug, Default)]
pub struct Limits {
    buckets: Mutex<HashMap<String, Bucket>>,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    tokens: f64,
    quota: u32,
    at: Instant,
}

impl Bucket {
    fn fill(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        let quota = f64::from(self.quota);
        self.tokens = (self.tokens + passed * quota / 60.0).min(quota);
        self.at = self.at.max(now);
    }
}

impl Limits {
    /// Takes one of `quota` requests a minute from a reader's bucket.
    ///
    /// # Errors
    /// The share, and the seconds until there is one more, at least 1.
    pub fn take(&self, reader: &str, quota: u32, now: Instant) -> Result<Share, (Share, u64)> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= REMEMBERED && !buckets.contains_key(reader) {
            forget(&mut buckets, now);
        }
        let full = Bucket { tokens: f64::from(quota), quota, at: now };
        let bucket = buckets.entry(reader.to_owned()).or_insert(full);
        bucket.quota = quota;
        bucket.fill(now);
        let taken = bucket.tokens >= 1.0;
        if taken {
            bucket.tokens -= 1.0;
        }
        let a_second = f64::from(quota) / 60.0;
        let share = Share {
            quota,
            left: bucket.tokens as u32,
            full_in: ((f64::from(quota) - bucket.tokens) / a_second).ceil() as u64,
        };
        let wait = ((1.0 - bucket.tokens) / a_second).ceil().max(1.0) as u64;
        if taken { Ok(share) } else { Err((share, wait)) }
    }
}

/// Makes room. A minute fills every bucket; where all were used within it, the oldest go.
fn forget(buckets: &mut HashMap<String, Bucket>, now: Instant) {
    buckets.retain(|_, b| now.saturating_duration_since(b.at) < Duration::from_secs(60));
    if buckets.len() >= REMEMBERED {
        let mut ages: Vec<Instant> = buckets.values().map(|b| b.at).collect();
        let middle = ages.len() / 2;
        let (_, middle, _) = ages.select_nth_unstable(middle);
        let middle = *middle;
        buckets.retain(|_, b| b.at > middle);
    }
}

/// The reader behind an address: of IPv6 the first 64 bits, which is what one customer gets.
pub fn address_key(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => format!("{:x}", v6.to_bits() >> 64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_then_the_rate() {
        let start = Instant::now();
        let after = |ms: u64| start + Duration::from_millis(ms);
        let limits = Limits::default();
        for (ms, reader, expected) in [
            (0, "a", Ok(1)),
            (0, "a", Ok(0)),
            (0, "a", Err(30)),
            // Another reader has a bucket of its own.
            (0, "b", Ok(1)),
            (29_000, "a", Err(1)),
            (30_000, "a", Ok(0)),
            (30_000, "a", Err(30)),
            (10_000, "a", Err(30)),
            (300_000, "a", Ok(1)),
        ] {
            let got = limits.take(reader, 2, after(ms)).map(|s| s.left).map_err(|(_, wait)| wait);
            assert_eq!(got, expected, "at {ms} ms, {reader}");
        }
    }

    #[test]
    fn many_readers_take_no_more_than_so_much_memory() {
        let limits = Limits::default();
        let now = Instant::now();
        for n in 0..(REMEMBERED * 2) {
            let _ = limits.take(&n.to_string(), 10, now + Duration::from_micros(n as u64));
        }
        assert!(limits.buckets.lock().unwrap().len() <= REMEMBERED);
    }

    #[test]
    fn a_network_of_ipv6_is_one_reader() {
        let key = |text: &str| address_key(text.parse().unwrap());
        assert_eq!(key("2001:db8::1"), key("2001:db8::ffff"));
        assert_ne!(key("2001:db8::1"), key("2001:db8:0:1::1"));
        assert_eq!(key("::ffff:192.0.2.1"), "192.0.2.1");
    }
}
