//! The wire's clock: seconds since the wire began.

use std::sync::atomic::{AtomicI64, Ordering};

use wiredesk_contract::Timestamp;

/// Where the wire's clock stands.
#[derive(Debug)]
pub enum Clock {
    /// Runs with the wall clock.
    Real {
        /// Wall time of second 0.
        epoch: Timestamp,
        /// Seconds of the wire in one second of wall time.
        speed: f64,
    },
    /// Stands still until it is set.
    Manual(AtomicI64),
}

impl Clock {
    /// A clock that stands at second 0.
    pub fn manual() -> Self {
        Self::Manual(AtomicI64::new(0))
    }

    /// The second that it shows when the wall clock shows `wall`.
    pub fn second(&self, wall: Timestamp) -> i64 {
        match self {
            Self::Real { epoch, speed } => {
                let elapsed = (wall - *epoch).num_milliseconds() as f64 / 1000.0;
                (elapsed * speed).floor() as i64
            }
            Self::Manual(second) => second.load(Ordering::SeqCst),
        }
    }

    /// Sets a manual clock; says whether it could. It never goes back.
    pub fn set(&self, to: i64) -> bool {
        match self {
            Self::Real { .. } => false,
            Self::Manual(second) => {
                second.fetch_max(to, Ordering::SeqCst);
                true
            }
        }
    }
}
