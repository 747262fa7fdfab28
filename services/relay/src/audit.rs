//! The audit: ledger, outbox and topic as multisets of (item, version).

use std::fmt;

use serde::Serialize;
use wiredesk_contract::Kind;
use wiredesk_contract::envelope::header;
use wiredesk_runtime::whole::read_whole;
use wiredesk_runtime::{Deps, StageError};
use wiredesk_store::audit::{Audit, Finding};

/// What an audit found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuditReport {
    /// The topic that was read, whole, under read_committed.
    pub topic: String,
    /// Versions in the ledger.
    pub versions: u64,
    /// Records in the topic.
    pub records: u64,
    /// Does every version stand in the topic once, with the right bytes, or wait in the outbox, or lie past retention?
    pub equal: bool,
    /// What is not as it should be: `missing`, `twice`, `unknown`, `differs`, `parked`, `gap`.
    pub differences: Vec<Finding>,
    /// What is accounted for: `waiting` in the outbox, `expired` past retention, written `later` than the audit began.
    pub accounted: Vec<Finding>,
}

impl fmt::Display for AuditReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = if self.equal { "equal" } else { "NOT EQUAL" };
        write!(
            f,
            "{verdict}: {} versions in the ledger, {} records in {}",
            self.versions, self.records, self.topic
        )?;
        for finding in &self.accounted {
            write!(f, "\n  {} {}", finding.count, explain(&finding.sort))?;
        }
        for finding in &self.differences {
            write!(f, "\n  {} {}: {}", finding.count, explain(&finding.sort), finding.first.join(", "))?;
            if finding.count > finding.first.len() as u64 {
                f.write_str(", …")?;
            }
        }
        Ok(())
    }
}

fn explain(sort: &str) -> &str {
    match sort {
        "waiting" => "still waiting in the outbox",
        "expired" => "past the topic's retention",
        "later" => "written since the audit began",
        "missing" => "missing from the topic",
        "twice" => "more than once in the topic",
        "unknown" => "in the topic and unknown to the ledger",
        "differs" => "in the topic with other bytes than the ledger's",
        "parked" => "set aside in the outbox, to be looked at",
        "gap" => "with a gap in the versions before it",
        other => other,
    }
}

/// Compares ledger, outbox and topic. May run beside a working pipeline. `told` hears how many records of the topic have been read, and
/// how many there are at most.
///
/// # Errors
/// [`StageError`] where Postgres or the bus does not answer.
pub async fn audit(deps: &Deps, mut told: impl FnMut(u64, u64)) -> Result<AuditReport, StageError> {
    let topic = deps.topics.name(Kind::Item).to_owned();
    let starts = deps.bus.describe(&topic).await?.starts;
    let ends = deps.bus.end_offsets(&topic).await?;
    let all: i64 = ends.iter().map(|(partition, end)| end - starts.get(partition).unwrap_or(&0)).sum();
    let mut read = 0;
    let mut audit = Audit::begin(&deps.db).await?;
    read_whole(deps, &topic, async |records| {
        let seen: Vec<(&str, &[u8])> = records
            .iter()
            .map(|r| (r.record.header(header::ID).unwrap_or("(no id)"), r.record.payload.as_ref()))
            .collect();
        audit.saw(&seen).await?;
        read += records.len() as u64;
        told(read, all.unsigned_abs().max(read));
        Ok(())
    })
    .await?;
    let (versions, records) = audit.counts().await?;
    let findings = audit.finish(expiry(deps)).await?;
    let (accounted, differences): (Vec<_>, Vec<_>) =
        findings.into_iter().partition(|f| matches!(f.sort.as_str(), "waiting" | "expired" | "later"));
    Ok(AuditReport { topic, versions, records, equal: differences.is_empty(), differences, accounted })
}

/// The bus may have dropped what is older than this.
fn expiry(deps: &Deps) -> wiredesk_contract::Timestamp {
    let hours = deps.topics.specs().iter().find(|s| s.kind == Kind::Item).map_or(0, |s| s.retention_hours);
    (deps.clock)() - chrono::Duration::hours(i64::from(hours))
}
