//! Which Kafka principal needs which rights: from the topic table, a principal a service.

use serde::Serialize;
use wiredesk_contract::{Kind, TopicTable};

/// One right.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Rule {
    /// The service, or `migrator`, `operator`, `consumer`; without the prefix of the principals.
    pub who: &'static str,
    /// What of.
    pub resource: Resource,
    /// Its name.
    pub name: String,
    /// Whether `name` is the whole name.
    pub pattern: Pattern,
    /// What may be done.
    pub operation: Operation,
}

/// As Kafka calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Resource {
    Topic,
    Group,
    TransactionalId,
}

/// As Kafka calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Pattern {
    Literal,
    Prefixed,
}

/// As Kafka calls it. Reading and writing imply describing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Operation {
    Read,
    Write,
    Create,
    Describe,
}

/// The service that runs a stage; `None` for who is no stage.
fn service(stage: &str) -> Option<&'static str> {
    Some(match stage {
        "fetcher" => "fetcher",
        "strip" | "dedupe" => "cleaner",
        "processor" => "processor",
        "relay" => "relay",
        "stories" => "stories",
        "api" => "api",
        "consumers" => "consumer",
        "operators" => "operator",
        _ => return None,
    })
}

/// Those that send dead letters: "every stage" of the topic table. The relay parks rows instead, the API writes nothing.
const STAGES: [&str; 4] = ["fetcher", "cleaner", "processor", "stories"];

/// All rights, sorted. `client_id` is that of `[bus.kafka]`: a client that reads outside a group still names one after it.
pub fn rules(topics: &TopicTable, client_id: &str) -> Vec<Rule> {
    let mut rules = Vec::new();
    let mut add = |who, resource, name: &str, pattern, operation| {
        rules.push(Rule { who, resource, name: name.to_owned(), pattern, operation });
    };
    for spec in topics.specs() {
        let mut topic = |who, operation| add(who, Resource::Topic, &spec.name, Pattern::Literal, operation);
        match service(&spec.writer) {
            Some(who) => topic(who, Operation::Write),
            None => STAGES.into_iter().for_each(|who| topic(who, Operation::Write)),
        }
        spec.readers.iter().filter_map(|stage| service(stage)).for_each(|who| topic(who, Operation::Read));
        match spec.kind {
            // The relay reads back what it wrote; the audit compares it with the ledger.
            Kind::Item | Kind::Story => {
                topic("relay", Operation::Read);
                topic("operator", Operation::Read);
            }
            // A dead letter is sent to its topic again by `wiredesk dead retry`, and by the relay where it is asked for at the API, which
            // sees how far the stages are.
            Kind::Raw | Kind::Copy | Kind::Clean => {
                topic("operator", Operation::Write);
                topic("relay", Operation::Write);
                topic("api", Operation::Describe);
            }
            Kind::Dead => {}
        }
    }
    for (stage, who) in
        [("strip", "cleaner"), ("dedupe", "cleaner"), ("processor", "processor"), ("stories", "stories")]
    {
        let group = wiredesk_runtime::run::group(topics, stage);
        add(who, Resource::Group, &group, Pattern::Literal, Operation::Read);
        add("api", Resource::Group, &group, Pattern::Literal, Operation::Describe);
    }
    let id = wiredesk_runtime::run::group(topics, "relay");
    for operation in [Operation::Write, Operation::Describe] {
        add("relay", Resource::TransactionalId, &id, Pattern::Literal, operation);
    }
    // Consumers choose a group of their own below this name.
    let consumers = wiredesk_runtime::run::group(topics, "consumer.");
    add("consumer", Resource::Group, &consumers, Pattern::Prefixed, Operation::Read);
    let all = wiredesk_runtime::run::group(topics, "");
    for operation in [Operation::Create, Operation::Describe] {
        add("migrator", Resource::Topic, &all, Pattern::Prefixed, operation);
    }
    // A reader outside any group asks for the coordinator of the one that it names, and joins it never.
    for who in ["api", "operator", "processor", "relay", "stories"] {
        add(who, Resource::Group, &format!("{client_id}-reader"), Pattern::Literal, Operation::Describe);
    }
    rules.sort();
    rules.dedup();
    rules
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(who: &str) -> Vec<String> {
        let topics = TopicTable::load("desk", None).unwrap();
        let all = rules(&topics, "desk");
        let mine = all.iter().filter(|rule| rule.who == who);
        mine.map(|r| format!("{:?} {:?} {}", r.operation, r.resource, r.name)).collect()
    }

    #[test]
    fn the_relay_alone_publishes() {
        let topics = TopicTable::load("desk", None).unwrap();
        for rule in rules(&topics, "desk") {
            let published = rule.name == "desk.items.v1" || rule.name == "desk.stories.v1";
            if published && rule.operation == Operation::Write || rule.resource == Resource::TransactionalId {
                assert_eq!(rule.who, "relay", "{rule:?}");
            }
        }
        assert!(of("relay").contains(&"Write Topic desk.items.v1".to_owned()));
    }

    #[test]
    fn a_service_reads_and_writes_what_the_topic_table_says() {
        assert_eq!(of("fetcher"), ["Write Topic desk.dead.v1", "Write Topic desk.raw.v1"]);
        assert_eq!(
            of("cleaner"),
            [
                "Write Topic desk.clean.v1",
                "Read Topic desk.copy.v1",
                "Write Topic desk.copy.v1",
                "Write Topic desk.dead.v1",
                "Read Topic desk.raw.v1",
                "Read Group desk.dedupe",
                "Read Group desk.strip"
            ]
        );
        assert!(of("consumer").contains(&"Read Group desk.consumer.".to_owned()));
    }
}
