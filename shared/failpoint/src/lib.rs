//! Named places where a test ends a process as `kill -9` would: between two steps of a delivery, at the n-th time that it comes by.
//!
//! `WIREDESK_FAILPOINTS=ledger.before_commit=2` ends the process the second time that it is about to commit a batch; several are
//! separated by semicolons. `relay.before_publish=1:stop` halts it there (SIGSTOP) instead, to wake up later as a zombie. Without the variable
//! a place costs one look at a static.

use std::collections::HashMap;
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// The variable of the environment.
pub const VARIABLE: &str = "WIREDESK_FAILPOINTS";

/// Every place, in the order in which an item comes by. Those of a stage begin with its name: `dedupe.stored`.
pub const ALL: &[&str] = &[
    "fetcher.fetched",
    "fetcher.published",
    "strip.judged",
    "strip.stored",
    "dedupe.judged",
    "dedupe.memoised",
    "dedupe.stored",
    "processor.judged",
    "ledger.offsets_moved",
    "ledger.versions_written",
    "ledger.before_commit",
    "ledger.answer_lost",
    "processor.stored",
    "processor.committed",
    "relay.fenced",
    "relay.read_back",
    "relay.before_publish",
    "relay.after_publish",
    "relay.before_confirm",
    "relay.after_confirm",
    "stories.stored",
];

/// What happens at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    Abort,
    Stop,
}

/// A place that is armed.
#[derive(Debug)]
struct Armed {
    nth: u32,
    action: Action,
    times: AtomicU32,
}

type Plan = HashMap<String, Armed>;

/// The process comes by a place.
pub fn hit(place: &str) {
    if let Some(plan) = plan() {
        come_by(plan, place);
    }
}

/// The same, of a stage's step.
pub fn hit_in(stage: &str, step: &str) {
    if let Some(plan) = plan() {
        come_by(plan, &format!("{stage}.{step}"));
    }
}

fn plan() -> Option<&'static Plan> {
    static PLAN: OnceLock<Option<Plan>> = OnceLock::new();
    PLAN.get_or_init(|| std::env::var(VARIABLE).ok().map(|text| read(&text))).as_ref()
}

fn read(text: &str) -> Plan {
    let points = text.split(';').filter_map(|point| {
        let (place, when) = point.trim().split_once('=')?;
        let (nth, action) = match when.split_once(':') {
            Some((nth, "stop")) => (nth, Action::Stop),
            _ => (when, Action::Abort),
        };
        Some((place.to_owned(), Armed { nth: nth.parse().ok()?, action, times: AtomicU32::new(0) }))
    });
    points.collect()
}

fn come_by(plan: &Plan, place: &str) {
    let Some(armed) = plan.get(place) else { return };
    if armed.times.fetch_add(1, Ordering::SeqCst) + 1 != armed.nth {
        return;
    }
    eprintln!("failpoint {place}, time {}: {:?}", armed.nth, armed.action);
    match armed.action {
        Action::Abort => std::process::abort(),
        Action::Stop => {
            // Whoever waits for the end of this command is stopped with it.
            let _ = Command::new("kill").args(["-STOP", &std::process::id().to_string()]).status();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_armed() {
        let plan = read("ledger.before_commit=2; relay.fenced=1:stop;nonsense;x=y");
        assert_eq!(plan.len(), 2);
        let commit = &plan["ledger.before_commit"];
        assert_eq!((commit.nth, commit.action), (2, Action::Abort));
        assert_eq!((plan["relay.fenced"].nth, plan["relay.fenced"].action), (1, Action::Stop));
        // The first time nothing happens.
        come_by(&plan, "ledger.before_commit");
        come_by(&plan, "relay.after_confirm");
        assert_eq!(commit.times.load(Ordering::SeqCst), 1);
    }
}
