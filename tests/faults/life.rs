//! One deployment with the oracle's wires: what was issued, what was found, and the wait between.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use sqlx::types::Json;
use wiredesk_contract::Item;
use wiredesk_oracle::{Found, Oracle, demand};
use wiredesk_tests::{BusChoice, Desk, Process, topic};

/// For what is lost it is waited in vain however long; what only takes its time on a busy machine must not fail.
const PATIENCE: Duration = Duration::from_secs(240);

/// A deployment and its oracle.
pub struct Life {
    pub desk: Desk,
    pub oracle: Oracle,
}

/// How a wait ended.
pub enum Waited {
    /// Everything that was issued is stored and published.
    Settled,
    /// The process ended first.
    Ended,
}

impl Life {
    /// A deployment that reads three wires; `None` where a part is missing (which was said).
    pub async fn begin(bus: BusChoice, seed: u64) -> Option<Self> {
        let oracle = Oracle::serve(seed, 3).await.unwrap();
        let desk = Desk::prepare(bus, oracle.source_tables()).await?;
        Some(Self { desk, oracle })
    }

    /// Waits until all is through, or the process has ended.
    pub async fn wait(&mut self, process: &mut Process) -> Waited {
        self.wait_for(std::slice::from_mut(process)).await
    }

    /// The same of several processes.
    pub async fn wait_for(&mut self, processes: &mut [Process]) -> Waited {
        let began = Instant::now();
        let expected = self.oracle.versions() as i64;
        let mut left = String::new();
        while began.elapsed() < PATIENCE {
            if processes.iter_mut().any(|process| process.ended().is_some()) {
                return Waited::Ended;
            }
            let counts: Result<(i64, i64), sqlx::Error> =
                sqlx::query_as("SELECT (SELECT count(*) FROM item_version), (SELECT count(*) FROM outbox)")
                    .fetch_one(self.desk.db())
                    .await;
            match counts {
                Ok((versions, 0)) if versions >= expected => {
                    self.oracle.settled();
                    return Waited::Settled;
                }
                Ok((versions, waiting)) => left = format!("{versions} versions, {waiting} in the outbox"),
                // The tables may not be there yet.
                Err(error) => left = error.to_string(),
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let wrong = self.wrong().await.join("\n");
        let tails: Vec<String> = processes.iter().map(Process::tail).collect();
        panic!("{expected} versions: not within {PATIENCE:?}: {left}\n{wrong}\n{}", tails.join("\n---\n"));
    }

    /// What the oracle has to say of ledger and topic.
    pub async fn wrong(&self) -> Vec<String> {
        let stored: Vec<Json<Item>> =
            sqlx::query_scalar("SELECT doc FROM item_version").fetch_all(self.desk.db()).await.unwrap();
        let stored: Vec<Found> = stored.into_iter().map(|Json(item)| found(&item)).collect();
        let published = topic::read_all(&self.desk, "items.v1").await;
        let published: Vec<Found> = published
            .iter()
            .map(|seen| found(&serde_json::from_value(seen.payload.clone()).unwrap()))
            .collect();
        let mut wrong = demand(self.oracle.book(), "Postgres", &stored);
        wrong.extend(demand(self.oracle.book(), "the topic", &published));
        let dead = topic::read_all(&self.desk, "dead.v1").await;
        wrong.extend(dead.iter().map(|letter| format!("a dead letter: {}", letter.payload["explanation"])));
        wrong
    }

    /// Records of an inner topic that are there more than once: the stages deliver at least once, and what follows sees to it.
    pub async fn repeats(&self, rest: &str) -> u64 {
        let records = topic::read_all(&self.desk, rest).await;
        let different: BTreeSet<&str> = records.iter().map(|seen| seen.ce_id.as_str()).collect();
        (records.len() - different.len()) as u64
    }

    /// The end: nothing wrong, and the audit says equal.
    pub async fn demand(&self) {
        let wrong = self.wrong().await;
        assert!(wrong.is_empty(), "{} things are wrong:\n{}", wrong.len(), wrong.join("\n"));
        let (code, report) = self.desk.run(&["audit"]);
        assert!(code == 0 && report.contains("equal"), "audit: {report}");
    }
}

fn found(item: &Item) -> Found {
    let plain = item.bodies.iter().find(|body| body.content_type == "text/plain");
    Found {
        item: item.item_id.clone(),
        version: item.version,
        text: plain.map(|body| body.value.clone()).unwrap_or_default(),
        duplicate_of: item.verdict.duplicate_of.clone(),
    }
}
