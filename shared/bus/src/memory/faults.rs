//! Faults by plan and seed: the same seed and the same calls give the same faults.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// How likely each fault is at each chance, from 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct FaultPlan {
    /// A send fails and nothing is stored.
    pub send_lost: f64,
    /// A send fails although all is stored.
    pub send_unanswered: f64,
    /// A commit fails and is not kept.
    pub commit_lost: f64,
    /// A member is put out of its group: what it holds goes to the others, its batch cannot be committed.
    pub member_killed: f64,
    /// A publisher finds that somebody took its id.
    pub publisher_fenced: f64,
    /// A publication ends in doubt; it is there.
    pub doubt_committed: f64,
    /// A publication ends in doubt; it is not there.
    pub doubt_aborted: f64,
    /// After this many faults there are no more, so that a test comes to an end.
    pub most: usize,
}

/// The plan at work.
pub(super) struct Faults {
    plan: FaultPlan,
    random: StdRng,
    pub count: usize,
}

impl Faults {
    pub fn new(seed: u64, plan: FaultPlan) -> Self {
        Self { plan, random: StdRng::seed_from_u64(seed), count: 0 }
    }

    pub fn none() -> Self {
        Self::new(0, FaultPlan::default())
    }

    /// Does that fault happen now?
    pub fn strike(&mut self, likely: impl Fn(&FaultPlan) -> f64) -> bool {
        let likely = likely(&self.plan);
        if likely <= 0.0 || self.count >= self.plan.most {
            return false;
        }
        let struck = self.random.random_bool(likely.min(1.0));
        self.count += usize::from(struck);
        struck
    }
}
