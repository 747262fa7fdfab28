//! The metrics that dashboards and alerts ask for: each must be among those that the process tells, and docs/monitoring.md must
//! have them all.

use std::collections::BTreeSet;

use crate::grafana::{dashboards, read};
use crate::{Desk, Process};

/// Where the process answers `/metrics`, by its log: the port is free choice.
fn address(process: &Process) -> Option<String> {
    let log = std::fs::read_to_string(&process.log).unwrap_or_default();
    let (_, after) = log.rsplit_once("health and metrics on http://")?;
    after.split(|c: char| !(c.is_ascii_digit() || c == '.' || c == ':')).next().map(str::to_owned)
}

#[allow(clippy::disallowed_methods, reason = "a process of our own answers")]
async fn get(url: String) -> String {
    let http = reqwest::Client::builder().no_proxy().build().unwrap_or_default();
    let answer = http.get(&url).send().await.unwrap_or_else(|e| panic!("{url}: {e}"));
    let text = answer.text().await;
    text.unwrap_or_else(|e| panic!("{url}: {e}"))
}

/// The names in PromQL: metrics of ours (`wiredesk_…`) and what rules record (`wiredesk:…`).
fn names(promql: &str) -> impl Iterator<Item = &str> {
    promql
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == ':'))
        .filter(|word| word.starts_with("wiredesk_") || word.starts_with("wiredesk:"))
}

/// A sentence for each name that is asked for and that nothing tells.
pub async fn missing(desk: &Desk, process: &Process) -> Vec<String> {
    let Some(address) = address(process) else {
        return vec!["the process does not say where its metrics are".to_owned()];
    };
    // Of what was never asked there is no number.
    get(format!("http://127.0.0.1:{}/v1/sources", desk.api)).await;
    let exposition = get(format!("http://{address}/metrics")).await;
    let told: BTreeSet<&str> = exposition
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split(['{', ' ']).next())
        .filter(|name| !name.is_empty())
        .collect();
    let rules = read("deploy/prometheus/rules.yml");
    let recorded: BTreeSet<&str> =
        rules.lines().filter_map(|line| line.trim().strip_prefix("- record: ")).collect();
    let panels: Vec<_> = dashboards().iter().flat_map(|d| d.promql()).collect();
    let mut asked: Vec<(&str, &str)> =
        panels.iter().flat_map(|query| names(&query.text).map(|name| (query.place.as_str(), name))).collect();
    let spoken = rules.lines().filter(|line| !line.trim_start().starts_with('#'));
    asked.extend(spoken.flat_map(names).map(|name| ("deploy/prometheus/rules.yml", name)));
    if asked.len() < 50 || told.len() < 30 {
        return vec![format!("only {} names are asked for, {} are told", asked.len(), told.len())];
    }
    let unknown = asked.into_iter().filter(|(_, name)| !told.contains(name) && !recorded.contains(name));
    let mut sentences: BTreeSet<String> =
        unknown.map(|(place, name)| format!("{place}: nothing tells {name}")).collect();
    let page = read("docs/monitoring.md");
    let types = exposition.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next());
    let undescribed = types.filter(|name| !page.contains(&format!("| `{name}`")));
    sentences.extend(undescribed.map(|name| format!("docs/monitoring.md does not describe {name}")));
    sentences.into_iter().collect()
}
