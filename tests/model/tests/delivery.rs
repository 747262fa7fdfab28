//! Ledger, outbox and relay under every order of steps and faults.

use wiredesk_model::delivery::{Delivery, Faults, Guard};
use wiredesk_model::explore::explore;

const fn faults(crashes: u8, answers: u8, takeovers: u8, failovers: u8) -> Faults {
    Faults { crashes, answers, takeovers, failovers }
}

/// Explores with these faults; each exploration must be large enough to mean something.
fn holds(all: &[(Faults, usize)]) {
    for (faults, at_least) in all {
        match explore(&Delivery { faults: *faults, without: None }) {
            Ok(explored) => {
                println!("{faults:?}: {} states, {} steps, nothing wrong", explored.states, explored.steps);
                assert!(explored.states > *at_least, "{faults:?}: {} states", explored.states);
            }
            Err(way) => panic!("{faults:?}: {way}"),
        }
    }
}

#[test]
fn nothing_is_lost_and_nothing_comes_twice() {
    holds(&[
        (faults(0, 0, 0, 0), 500),
        (faults(1, 0, 0, 0), 5_000),
        (faults(0, 1, 0, 0), 5_000),
        (faults(0, 0, 1, 0), 50_000),
        (faults(0, 0, 0, 1), 100_000),
        (faults(1, 1, 0, 0), 50_000),
        (faults(2, 0, 0, 0), 20_000),
        (faults(0, 2, 0, 0), 50_000),
    ]);
}

#[test]
#[ignore = "takes minutes and gigabytes: `make test-faults`"]
fn nor_under_two_faults_of_different_kinds() {
    holds(&[
        (faults(1, 0, 1, 0), 1_000_000),
        (faults(0, 1, 1, 0), 1_000_000),
        (faults(1, 0, 0, 1), 1_000_000),
        (faults(0, 1, 0, 1), 1_000_000),
    ]);
}

#[test]
fn without_a_guard_it_fails() {
    let relay = faults(0, 1, 1, 0);
    let database = faults(0, 0, 0, 1);
    for (guard, faults, why) in [
        (Guard::Fence, relay, "in the topic twice"),
        (Guard::SnapshotFilter, relay, "is lost"),
        (Guard::ReadBack, relay, "in the topic twice"),
        (Guard::CompareAndSwap, database, "the ledger has"),
        (Guard::Look, database, "the ledger has"),
        (Guard::Ahead, database, "in the topic twice"),
    ] {
        let Err(way) = explore(&Delivery { faults, without: Some(guard) }) else {
            panic!("{guard:?} is not missed")
        };
        println!("{guard:?}: {} after {} steps: {:?}", way.why, way.steps.len(), way.steps);
        assert!(way.why.contains(why), "{guard:?}: {way}");
    }
}
