//! A stage with a stored verdict, under every order of steps and faults.

use wiredesk_model::explore::explore;
use wiredesk_model::stage::{Faults, Guard, Stage};

fn explored(faults: Faults, without: Option<Guard>) -> Result<usize, String> {
    let stage = Stage::new(faults, without).map_err(|error| error.to_string())?;
    explore(&stage).map(|all| all.states).map_err(|way| way.to_string())
}

const FAULTS: Faults = Faults { crashes: 2, answers: 1, takeovers: 1 };

#[test]
fn every_copy_is_sent_with_one_verdict_that_of_a_run_without_faults() {
    let states = explored(FAULTS, None).unwrap_or_else(|way| panic!("{way}"));
    assert!(states > 1_000, "{states} states are too few for two crashes, a takeover and a lost answer");
}

#[test]
fn without_a_guard_it_fails() {
    for (guard, why) in [(Guard::Memo, "two verdicts on copy"), (Guard::Acknowledge, "what was sent is")] {
        let way = explored(FAULTS, Some(guard)).expect_err("the guard is not missed");
        assert!(way.starts_with(why), "{guard:?}: {way}");
    }
}
