//! The bus: is it there, are the topics, and are they kept as they must be?

use std::sync::Arc;
use std::time::Duration;

use wiredesk_bus::{Bus, BusError, Copies, TopicFacts};
use wiredesk_contract::{TopicSpec, TopicTable};

use super::finding::{Finding, Grade, count};
use crate::config::RootConfig;

const ABOUT: &str = "bus";

/// Kafka, where Postgres does not answer.
pub(super) async fn without_postgres(config: &RootConfig, topics: &Arc<TopicTable>) -> Vec<Finding> {
    match wiredesk_bus::kafka::KafkaBus::new(config.bus.kafka.clone(), topics) {
        Ok(bus) => super::within(ABOUT, look(&bus, topics)).await,
        Err(error) => {
            vec![Finding::ill(ABOUT, error.to_string(), "see the section [bus.kafka] of the configuration")]
        }
    }
}

pub(super) async fn look(bus: &dyn Bus, topics: &TopicTable) -> Vec<Finding> {
    let mut findings = Vec::new();
    for spec in topics.specs() {
        match bus.describe(&spec.name).await {
            Ok(facts) => findings.extend(judge(spec, &facts, bus.name())),
            Err(BusError::NoTopic(_)) => findings.push(Finding::ill(
                "topics",
                format!("there is no topic {}", spec.name),
                "run `wiredesk migrate`, or look whether topics.prefix is the right one",
            )),
            Err(error) => {
                let todo = format!(
                    "is the {} bus up, and may this machine reach it? See [bus] in `wiredesk config`",
                    bus.name()
                );
                findings.push(Finding::ill(ABOUT, error.to_string(), todo));
                // The others would say the same.
                return findings;
            }
        }
    }
    if findings.iter().all(|finding| finding.grade == Grade::Well) {
        findings = vec![Finding::well(
            "topics",
            format!(
                "{} on the {} bus, kept as schemas/topics.toml says",
                count(topics.specs().len() as i128, "topic"),
                bus.name()
            ),
        )];
    }
    findings
}

/// What is wrong with a topic.
fn judge(spec: &TopicSpec, facts: &TopicFacts, bus: &str) -> Vec<Finding> {
    let name = &spec.name;
    let mut findings = Vec::new();
    let mut ill = |says: String, todo: String| findings.push(Finding::ill("topics", says, todo));
    let alter = |setting: String| {
        format!("kafka-configs.sh --alter --entity-type topics --entity-name {name} --add-config {setting}")
    };
    let wanted = Duration::from_secs(3_600 * u64::from(spec.retention_hours));
    if let Some(kept) = facts.retention.filter(|kept| *kept < wanted) {
        ill(
            format!(
                "{name} keeps records for {} h: what an outage of more holds up is lost",
                kept.as_secs() / 3_600
            ),
            alter(format!("retention.ms={}", wanted.as_millis())),
        );
    }
    if let Some(most) = facts.max_bytes.filter(|most| *most < u64::from(spec.max_bytes)) {
        ill(
            format!(
                "{name} takes records of {most} bytes at most, and those of wiredesk may have {}",
                spec.max_bytes
            ),
            alter(format!("max.message.bytes={}", u64::from(spec.max_bytes) + (64 << 10))),
        );
    }
    if facts.compacted {
        ill(
            format!("{name} is compacted: earlier versions vanish before they are read"),
            alter("cleanup.policy=delete".to_owned()),
        );
    }
    let partitions = facts.starts.len();
    // The bus in Postgres has few on purpose.
    if bus == "kafka" && partitions != usize::try_from(spec.partitions).unwrap_or_default() {
        findings.push(Finding::weak(
            "topics",
            format!(
                "{name} has {}, schemas/topics.toml says {}",
                count(partitions as i128, "partition"),
                spec.partitions
            ),
            "leave it so (another number sends keys elsewhere), and set topics.partitions to it",
        ));
    }
    if let Some(copies) = &facts.copies {
        findings.extend(judge_copies(name, copies, alter));
    }
    findings
}

fn judge_copies(name: &str, copies: &Copies, alter: impl Fn(String) -> String) -> Option<Finding> {
    let Copies { replicas, in_sync, least, unclean_election } = *copies;
    let back = "bring the missing broker back";
    if unclean_election {
        let says = format!("{name} may be led by a copy that lacks acknowledged records");
        return Some(Finding::ill("topics", says, alter("unclean.leader.election.enable=false".to_owned())));
    }
    if in_sync < least {
        let says = format!(
            "a partition of {name} has {in_sync} up-to-date copies and needs {least}: nothing is accepted"
        );
        return Some(Finding::ill("topics", says, back));
    }
    if in_sync < replicas {
        let says = format!("a partition of {name} has {in_sync} up-to-date copies of {replicas}");
        return Some(Finding::weak("topics", says, back));
    }
    if replicas > 1 && least < 2 {
        let says =
            format!("{name} accepts what a single broker has: its loss would be that of the latest records");
        return Some(Finding::weak("topics", says, alter("min.insync.replicas=2".to_owned())));
    }
    if replicas == 1 {
        let says = format!(
            "{name} has one copy: the loss of a broker's disk is the loss of what nobody has read yet"
        );
        let todo = "for production use three brokers (replication factor 3, min.insync.replicas 2)";
        return Some(Finding::weak("topics", says, todo));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec() -> TopicSpec {
        TopicTable::load("wiredesk", None).unwrap().specs()[0].clone()
    }

    fn facts() -> TopicFacts {
        TopicFacts {
            starts: (0..48).map(|partition| (partition, 0)).collect(),
            retention: Some(Duration::from_secs(168 * 3_600)),
            max_bytes: Some(9 << 20),
            compacted: false,
            copies: Some(Copies { replicas: 3, in_sync: 3, least: 2, unclean_election: false }),
        }
    }

    fn said(facts: TopicFacts) -> Vec<(Grade, String)> {
        judge(&spec(), &facts, "kafka").into_iter().map(|f| (f.grade, f.todo.unwrap_or_default())).collect()
    }

    #[test]
    fn a_topic_as_it_is_made_is_well() {
        assert_eq!(said(facts()), []);
        assert_eq!(said(TopicFacts { retention: None, max_bytes: None, copies: None, ..facts() }), []);
    }

    #[test]
    fn a_topic_that_would_lose_records_is_ill_and_says_how_to_mend_it() {
        let short = said(TopicFacts { retention: Some(Duration::from_secs(24 * 3_600)), ..facts() });
        assert!(short[0].0 == Grade::Ill && short[0].1.ends_with("retention.ms=604800000"), "{short:?}");
        let small = said(TopicFacts { max_bytes: Some(1 << 20), ..facts() });
        assert!(small[0].0 == Grade::Ill && small[0].1.contains("max.message.bytes="), "{small:?}");
        let compacted = said(TopicFacts { compacted: true, ..facts() });
        assert!(
            compacted[0].0 == Grade::Ill && compacted[0].1.ends_with("cleanup.policy=delete"),
            "{compacted:?}"
        );
    }

    #[test]
    fn copies_are_judged_by_what_their_loss_would_cost() {
        let of = |replicas, in_sync, least, unclean_election| {
            let copies = Some(Copies { replicas, in_sync, least, unclean_election });
            said(TopicFacts { copies, ..facts() }).into_iter().map(|(grade, _)| grade).collect::<Vec<_>>()
        };
        assert_eq!(of(3, 3, 2, true), [Grade::Ill]);
        assert_eq!(of(3, 1, 2, false), [Grade::Ill]);
        assert_eq!(of(3, 2, 2, false), [Grade::Weak]);
        assert_eq!(of(3, 3, 1, false), [Grade::Weak]);
        assert_eq!(of(1, 1, 1, false), [Grade::Weak]);
    }
}
