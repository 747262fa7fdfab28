//! The line itself: how far each stage is, what waits in the outbox, what was refused, how the wires are doing.

use std::collections::BTreeMap;
use std::time::Duration;

use wiredesk_contract::Timestamp;
use wiredesk_runtime::progress::{Progress, STAGES};
use wiredesk_runtime::{Deps, StageError};
use wiredesk_store::outbox::{self, Backlog};
use wiredesk_store::source::{State, states};

use super::finding::{Finding, count};

/// Between two looks at a stage: one that has work and does not move in this time stands still.
const BETWEEN: Duration = Duration::from_secs(3);
/// An outbox row that is older is held up.
const OUTBOX_SECONDS: i64 = 60;

pub(super) async fn look(deps: &Deps) -> Vec<Finding> {
    let looked = async {
        let mut findings = stages(deps).await?;
        let backlog = outbox::backlog(&deps.db).await?;
        findings.extend(judge_outbox(&backlog, (deps.clock)()));
        findings.push(dead(deps).await?);
        findings.push(judge_wires(&states(&deps.db).await?));
        Ok::<_, StageError>(findings)
    };
    looked.await.unwrap_or_else(|error| {
        vec![Finding::ill(
            "line",
            format!("it cannot be looked at: {error}"),
            "mend what is said above first, then look again",
        )]
    })
}

async fn stages(deps: &Deps) -> Result<Vec<Finding>, StageError> {
    let mut first = Vec::new();
    for (stage, kind) in STAGES {
        first.push(Progress::of(deps, stage, kind).await?);
    }
    let busy = first.iter().any(|place| place.waiting() > 0);
    if busy {
        tokio::time::sleep(BETWEEN).await;
    }
    let mut findings = Vec::new();
    for ((stage, kind), before) in STAGES.into_iter().zip(first) {
        let after = if busy { Progress::of(deps, stage, kind).await? } else { before.clone() };
        findings.extend(judge_stage(stage, deps.topics.name(kind), &before, &after));
    }
    if findings.is_empty() {
        findings.push(Finding::well("stages", "each is at the end of its input"));
    }
    Ok(findings)
}

fn judge_stage(stage: &str, topic: &str, before: &Progress, after: &Progress) -> Vec<Finding> {
    let mut findings = Vec::new();
    if after.missed() > 0 {
        findings.push(Finding::ill(
            "stages",
            format!("{} of {topic} were dropped before {stage} had read them", count(after.missed(), "record")),
            "raise the topic's retention, and let the sources be polled in full: what they still list comes again",
        ));
    }
    let waiting = after.waiting();
    if waiting > 0 {
        let says = format!("{stage} has {} of {topic} to go", count(waiting, "record"));
        // One that has work all the time and is nowhere further.
        findings.push(if before.waiting() > 0 && before.next == after.next {
            Finding::ill(
                "stages",
                format!("{says} and does not move"),
                format!("is a {stage} running? Its log and /readyz say what it waits for"),
            )
        } else {
            Finding::weak("stages", says, "nothing, if it gets less; else start another one beside it")
        });
    }
    findings
}

fn judge_outbox(backlog: &Backlog, now: Timestamp) -> Vec<Finding> {
    let mut findings = Vec::new();
    if backlog.parked > 0 {
        findings.push(Finding::ill(
            "outbox",
            format!(
                "{} are larger than their topic takes and wait for a hand",
                count(i128::from(backlog.parked), "row")
            ),
            "raise the topic's max.message.bytes, then UPDATE outbox SET parked = NULL",
        ));
    }
    let age = backlog.oldest.map_or(0, |oldest| (now - oldest).num_seconds());
    if age > OUTBOX_SECONDS {
        let why = match backlog.holder {
            Some((pid, _)) => format!("a transaction of server process {pid} holds it up; end it"),
            None => "is a relay running? Its log and /readyz say what it waits for".to_owned(),
        };
        let says = format!(
            "{} wait to be published, the oldest for {age} s",
            count(i128::from(backlog.rows), "version")
        );
        findings.push(Finding::ill("outbox", says, why));
    }
    if findings.is_empty() {
        findings
            .push(Finding::well("outbox", format!("{} on the way", count(i128::from(backlog.rows), "row"))));
    }
    findings
}

/// Letters that nobody has dealt with.
async fn dead(deps: &Deps) -> Result<Finding, StageError> {
    let waiting =
        crate::cli::dead::waiting(deps).await.map_err(|error| StageError::Transient(error.to_string()))?;
    Ok(if waiting == 0 {
        Finding::well("dead", "no dead letter waits for anybody")
    } else {
        let says = format!("{} wait for somebody", count(waiting as i128, "dead letter"));
        Finding::weak("dead", says, "`wiredesk dead list` names them; retry or drop each")
    })
}

fn judge_wires(states: &BTreeMap<State, i64>) -> Finding {
    let of = |state: State| states.get(&state).copied().unwrap_or_default();
    let all: i64 = states.values().sum();
    let bad = [State::Failing, State::Unreachable, State::Silent, State::Gone];
    let troubled: i64 = bad.into_iter().map(of).sum();
    let told: Vec<String> =
        bad.into_iter().filter(|s| of(*s) > 0).map(|s| format!("{} {}", of(s), s.as_str())).collect();
    let todo = "`wiredesk sources list` says why in words";
    if all == 0 {
        Finding::weak("wires", "there are none", "`wiredesk sources add URL`, or a list in [fetcher]")
    } else if troubled == 0 {
        Finding::well("wires", format!("{}, none in trouble", count(all, "wire")))
    } else if of(State::Unreachable) == all {
        Finding::ill(
            "wires",
            format!("none of {all} can be reached"),
            "may this machine reach the network? See fetcher.proxy",
        )
    } else {
        Finding::weak("wires", format!("{} of {}: {}", troubled, count(all, "wire"), told.join(", ")), todo)
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::Grade;
    use super::*;

    fn place(start: i64, next: Option<i64>, end: i64) -> Progress {
        Progress {
            starts: [(0, start)].into(),
            ends: [(0, end)].into(),
            next: next.map(|next| (0, next)).into_iter().collect(),
        }
    }

    fn grades(findings: &[Finding]) -> Vec<Grade> {
        findings.iter().map(|finding| finding.grade).collect()
    }

    #[test]
    fn a_stage_is_judged_by_two_looks() {
        let judged =
            |before: &Progress, after: &Progress| grades(&judge_stage("strip", "raw", before, after));
        assert_eq!(judged(&place(0, Some(9), 9), &place(0, Some(9), 9)), []);
        assert_eq!(judged(&place(0, Some(3), 9), &place(0, Some(5), 9)), [Grade::Weak]);
        assert_eq!(judged(&place(0, Some(3), 9), &place(0, Some(3), 9)), [Grade::Ill]);
        // Never taken on, by anybody.
        assert_eq!(judged(&place(0, None, 9), &place(0, None, 9)), [Grade::Ill]);
        // Work that came between the looks says nothing yet.
        assert_eq!(judged(&place(0, Some(9), 9), &place(0, Some(9), 10)), [Grade::Weak]);
        // The topic begins after the place: those between are lost.
        let missed = judge_stage("strip", "raw", &place(6, Some(2), 6), &place(6, Some(2), 6));
        assert!(missed[0].grade == Grade::Ill && missed[0].says.starts_with("4 records"), "{missed:?}");
    }

    #[test]
    fn an_outbox_that_waits_names_who_holds_it() {
        let now = wiredesk_contract::time::wall_clock();
        assert_eq!(
            grades(&judge_outbox(&Backlog { rows: 3, oldest: Some(now), ..Backlog::default() }, now)),
            [Grade::Well]
        );
        let old = Backlog {
            rows: 3,
            parked: 1,
            oldest: Some(now - chrono::TimeDelta::minutes(5)),
            hidden: 3,
            holder: Some((42, 300.0)),
        };
        let findings = judge_outbox(&old, now);
        assert_eq!(grades(&findings), [Grade::Ill; 2]);
        assert!(findings[1].todo.as_deref().unwrap().contains("42"));
    }

    #[test]
    fn wires_in_trouble_are_counted() {
        let of = |pairs: &[(State, i64)]| judge_wires(&pairs.iter().copied().collect());
        assert_eq!(of(&[]).grade, Grade::Weak);
        assert_eq!(of(&[(State::Ok, 3), (State::Paused, 1)]).grade, Grade::Well);
        assert_eq!(of(&[(State::Unreachable, 3)]).grade, Grade::Ill);
        let some = of(&[(State::Ok, 3), (State::Silent, 2), (State::Failing, 1)]);
        assert_eq!((some.grade, some.says.as_str()), (Grade::Weak, "3 of 6 wires: 1 failing, 2 silent"));
    }
}
