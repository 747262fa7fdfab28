//! When hubs are asked: pure functions of time and chance; `random` is in [0, 1).

use chrono::Duration;
use wiredesk_contract::Timestamp;

/// Shortest and longest lease that is believed, in seconds: a hub that says 1 would be asked without end, one that says a
/// hundred years would never be looked at again.
const LEASE: (i64, i64) = (60, 90 * 86_400);
/// First pause after a request that came to nothing, and the longest, in seconds.
const PAUSE: (f64, f64) = (300.0, 86_400.0);
/// How long a subscription rests that was denied, and one whose hub missed items, in seconds.
const DENIED: i64 = 86_400;
const MISSED: i64 = 7 * 86_400;
/// After so many requests to unsubscribe that came to nothing, the lease is left to run out.
pub const MOST_GOODBYES: i32 = 4;

/// Until when the hub sends, and when it is asked for more: at seven to eight and a half tenths of the lease, so that a
/// hub which is down for a while costs nothing, and subscriptions that began together are renewed apart.
pub fn lease(now: Timestamp, seconds: i64, random: f64) -> (Timestamp, Timestamp) {
    let seconds = seconds.clamp(LEASE.0, LEASE.1);
    let renew = seconds as f64 * (0.7 + 0.15 * random);
    (now + Duration::seconds(seconds), now + Duration::milliseconds((renew * 1000.0) as i64))
}

/// When to ask again after `failures` requests that were not verified: doubled each time, half of it by chance.
pub fn again(now: Timestamp, failures: i32, random: f64) -> Timestamp {
    let pause = (PAUSE.0 * 2_f64.powi(failures.clamp(1, 20) - 1)).min(PAUSE.1);
    now + Duration::milliseconds((pause * (0.5 + 0.5 * random) * 1000.0) as i64)
}

/// When to ask a hub again that has denied.
pub fn after_denial(now: Timestamp, random: f64) -> Timestamp {
    now + Duration::seconds(DENIED) + Duration::milliseconds((DENIED as f64 * 250.0 * random) as i64)
}

/// Until when a hub is left that missed items.
pub fn after_misses(now: Timestamp) -> Timestamp {
    now + Duration::seconds(MISSED)
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use proptest::prelude::*;

    use super::*;

    fn now() -> Timestamp {
        DateTime::from_timestamp(1_772_443_800, 0).unwrap()
    }

    #[test]
    fn the_pace_of_asking() {
        let seconds = |t: Timestamp| (t - now()).num_seconds();
        for (failures, least, most) in [
            (0, 150, 300),
            (1, 150, 300),
            (2, 300, 600),
            (5, 2400, 4800),
            (9, 38_400, 76_800),
            (1000, 43_200, 86_400),
        ] {
            assert_eq!(
                (seconds(again(now(), failures, 0.0)), seconds(again(now(), failures, 1.0))),
                (least, most)
            );
        }
        for (asked, until) in [(864_000, 864_000), (0, 60), (-5, 60), (i64::MAX, 7_776_000)] {
            assert_eq!(seconds(lease(now(), asked, 0.5).0), until);
        }
        assert_eq!(seconds(lease(now(), 1000, 0.0).1), 700);
        assert_eq!(seconds(lease(now(), 1000, 1.0).1), 850);
    }

    proptest! {
        #[test]
        fn a_lease_is_renewed_before_it_ends(seconds in any::<i64>(), random in 0.0..1.0) {
            let (until, renew) = lease(now(), seconds, random);
            prop_assert!(now() < renew && renew < until);
        }
    }
}
