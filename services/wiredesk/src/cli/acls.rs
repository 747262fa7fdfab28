//! `wiredesk acls`: the rights of each service on Kafka, in a form that something else applies.

use std::collections::BTreeMap;
use std::process::ExitCode;

use clap::ValueEnum;
use serde_json::{Value, json};

use crate::acls::{Operation, Pattern, Resource, Rule, rules};
use crate::cli::ConfigArgs;
use crate::failure::Failure;

/// How it is printed.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// commands: for kafka-acls.sh; strimzi: KafkaUser resources, as JSON that kubectl takes; json: one right a line
    #[arg(long, value_enum, default_value_t = Format::Commands)]
    format: Format,
    /// First part of the principals' names; each service has one
    #[arg(long, value_name = "TEXT", default_value = "wiredesk-")]
    principal_prefix: String,
    /// Last part of the principals' names, where certificates give them: `--principal-prefix CN= --principal-suffix ,O=desk`
    #[arg(long, value_name = "TEXT", default_value = "")]
    principal_suffix: String,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Commands,
    Strimzi,
    Json,
}

pub fn run(args: &ConfigArgs, own: &Args) -> Result<ExitCode, Failure> {
    let config = crate::config::read(args)?.value;
    let rules = rules(&config.topics.table()?, &config.bus.kafka.client_id);
    let name = |rule: &Rule| format!("{}{}{}", own.principal_prefix, rule.who, own.principal_suffix);
    match own.format {
        Format::Commands => rules.iter().for_each(|rule| println!("{}", command(rule, &name(rule)))),
        Format::Json => rules.iter().for_each(|rule| println!("{}", line(rule, &name(rule)))),
        Format::Strimzi => println!("{}", strimzi(&rules, name)),
    }
    Ok(ExitCode::SUCCESS)
}

fn command(rule: &Rule, principal: &str) -> String {
    let resource = match rule.resource {
        Resource::Topic => "--topic",
        Resource::Group => "--group",
        Resource::TransactionalId => "--transactional-id",
    };
    let pattern = match rule.pattern {
        Pattern::Literal => "",
        Pattern::Prefixed => " --resource-pattern-type prefixed",
    };
    let operation = match rule.operation {
        Operation::Read => "Read",
        Operation::Write => "Write",
        Operation::Create => "Create",
        Operation::Describe => "Describe",
    };
    format!(
        "kafka-acls.sh --bootstrap-server \"$BOOTSTRAP\" --command-config admin.properties --add --allow-principal 'User:{}' \
         --operation {operation} {resource} '{}'{pattern}",
        principal.replace('\'', "'\\''"),
        rule.name
    )
}

fn line(rule: &Rule, principal: &str) -> Value {
    json!({
        "principal": format!("User:{principal}"),
        "resource": rule.resource,
        "name": rule.name,
        "pattern": rule.pattern,
        "operation": rule.operation,
    })
}

/// A list of KafkaUsers, authenticated by SCRAM-SHA-512; their cluster is to be named in the label.
fn strimzi(rules: &[Rule], name: impl Fn(&Rule) -> String) -> String {
    let mut users: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for rule in rules {
        let sort = match rule.resource {
            Resource::Topic => "topic",
            Resource::Group => "group",
            Resource::TransactionalId => "transactionalId",
        };
        let (pattern, operation) = match (rule.pattern, rule.operation) {
            (pattern, Operation::Read) => (pattern, "Read"),
            (pattern, Operation::Write) => (pattern, "Write"),
            (pattern, Operation::Create) => (pattern, "Create"),
            (pattern, Operation::Describe) => (pattern, "Describe"),
        };
        let pattern = if pattern == Pattern::Prefixed { "prefix" } else { "literal" };
        users.entry(name(rule)).or_default().push(json!({
            "resource": { "type": sort, "name": rule.name, "patternType": pattern },
            "operations": [operation],
            "host": "*",
        }));
    }
    let users: Vec<Value> = users
        .into_iter()
        .map(|(user, acls)| {
            json!({
                "apiVersion": "kafka.strimzi.io/v1beta2",
                "kind": "KafkaUser",
                "metadata": { "name": user, "labels": { "strimzi.io/cluster": "CLUSTER" } },
                "spec": {
                    "authentication": { "type": "scram-sha-512" },
                    "authorization": { "type": "simple", "acls": acls },
                },
            })
        })
        .collect();
    let list = json!({ "apiVersion": "v1", "kind": "List", "items": users });
    serde_json::to_string_pretty(&list).unwrap_or_default()
}
