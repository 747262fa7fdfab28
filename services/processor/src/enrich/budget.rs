//! How long an enrichment may take. The long loops ask [`check`]; past the deadline the enrichment unwinds to the guard that set it
//! ([`super::notes`]), which is also where one that panics ends up.
//!
//! The budget is far above what any copy takes (the slowest of a thousand items takes a few milliseconds): it is for the text that
//! nobody thought of. Only then may a replay differ, and the item says so.

use std::any::Any;
use std::cell::Cell;
use std::panic::resume_unwind;
use std::time::{Duration, Instant};

thread_local! {
    static DEADLINE: Cell<Option<Instant>> = const { Cell::new(None) };
    static CALLS: Cell<u32> = const { Cell::new(0) };
}

/// The clock is read at each so many calls of [`check`]: reading it costs as much as a step of the loops that ask.
const EVERY: u32 = 64;

/// What an enrichment that took too long unwinds with.
struct Spent;

/// Runs `work` with a deadline; see [`check`].
pub(super) fn within<T>(budget: Duration, work: impl FnOnce() -> T) -> T {
    /// Takes the deadline away again, however `work` ends.
    struct Reset(Option<Instant>);
    impl Drop for Reset {
        fn drop(&mut self) {
            DEADLINE.set(self.0);
        }
    }
    CALLS.set(0);
    let _reset = Reset(DEADLINE.replace(Instant::now().checked_add(budget)));
    work()
}

/// Unwinds where the deadline of [`within`] is past; does nothing without one.
pub(super) fn check() {
    let calls = CALLS.get();
    CALLS.set(calls.wrapping_add(1));
    if calls.is_multiple_of(EVERY) && DEADLINE.get().is_some_and(|deadline| Instant::now() >= deadline) {
        // Not `panic!`: nothing is wrong with the program, and no hook is to print a backtrace.
        resume_unwind(Box::new(Spent));
    }
}

/// Is this what [`check`] unwinds with?
pub(super) fn is_spent(payload: &(dyn Any + Send)) -> bool {
    payload.is::<Spent>()
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;

    use super::*;

    #[test]
    fn a_spent_budget_unwinds_and_leaves_no_deadline_behind() {
        let payload = catch_unwind(|| within(Duration::ZERO, check)).unwrap_err();
        assert!(is_spent(payload.as_ref()));
        (0..2 * EVERY).for_each(|_| check());
        let payload =
            catch_unwind(|| within(Duration::from_secs(60), || std::panic::panic_any("else"))).unwrap_err();
        assert!(!is_spent(payload.as_ref()));
        assert_eq!(within(Duration::from_secs(60), || 7), 7);
    }
}
