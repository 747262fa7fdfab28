//! What the release before left behind is read by this one: its database, its messages, the wires that it polled.
//!
//! Each folder here is named for a release and was made by its executable (`tests/upgrade/make.sh`): `ledger.sql.gz`, the dump of a
//! database with rows in the outbox and a dead letter; `messages.jsonl.gz`, every record of its topics; `wire-N.xml`, the feeds as they were last.
#![allow(clippy::unwrap_used, clippy::expect_used)] // helpers of tests: clippy knows only the test functions themselves

mod make;
mod wires;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::Value;
use wiredesk_contract::{CleanItem, CopyItem, DeadLetter, Item, Message, RawItem, Story, decode, encode};
use wiredesk_tests::{Desk, topic};

use crate::wires::Wires;

/// For what is lost it is waited in vain however long; what only takes its time on a busy machine must not fail.
const PATIENCE: Duration = Duration::from_secs(240);
/// First part of the topics' names in every fixture.
const PREFIX: &str = "wiredesk";
const ENV: &[(&str, &str)] = &[("WIREDESK__TOPICS__PREFIX", PREFIX)];

/// The folders of releases.
fn releases() -> Vec<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("upgrade");
    let mut folders: Vec<PathBuf> =
        std::fs::read_dir(here).unwrap().map(|entry| entry.unwrap().path()).filter(|p| p.is_dir()).collect();
    folders.sort();
    assert!(!folders.is_empty(), "no release has left anything: run tests/upgrade/make.sh");
    folders
}

/// Runs a line of the shell with this URL as `$URL`; its output.
fn shell(line: &str, url: &str, file: &Path) -> String {
    let ran = Command::new("bash")
        .args(["-o", "pipefail", "-ec", line])
        .env("URL", url)
        .env("FILE", file)
        .output()
        .unwrap_or_else(|e| panic!("bash does not start: {e}"));
    assert!(ran.status.success(), "{line}: {}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8(ran.stdout).unwrap()
}

/// Where `new` lacks what `old` says, or says otherwise.
fn lost(old: &Value, new: &Value, place: &str, out: &mut Vec<String>) {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            for (name, value) in old {
                let place = format!("{place}.{name}");
                match new.get(name) {
                    Some(other) => lost(value, other, &place, out),
                    None => out.push(format!("{place} is gone")),
                }
            }
        }
        (Value::Array(old), Value::Array(new)) if old.len() == new.len() => {
            for (at, (old, new)) in old.iter().zip(new).enumerate() {
                lost(old, new, &format!("{place}[{at}]"), out);
            }
        }
        (old, new) if old == new => {}
        (old, new) => out.push(format!("{place}: {old} became {new}")),
    }
}

/// Reads a message as this release does and writes it again.
fn again<M: Message>(payload: &Value) -> Result<Value, String> {
    let bytes = serde_json::to_vec(payload).unwrap();
    let message: M = decode(&bytes).map_err(|e| e.to_string())?;
    Ok(serde_json::from_slice(&encode(&message).unwrap()).unwrap())
}

#[test]
fn messages_of_the_release_before_lose_no_field() {
    for release in releases() {
        let text = shell("gzip -dc \"$FILE\"", "", &release.join("messages.jsonl.gz"));
        let mut wrong = Vec::new();
        let mut kinds: std::collections::BTreeMap<String, u32> = Default::default();
        for line in text.lines() {
            let record: Value = serde_json::from_str(line).unwrap();
            let kind = record["topic"].as_str().unwrap().split('.').nth(1).unwrap().to_owned();
            // What a fixture broke on purpose is no message: it is in the dead letter.
            let Ok(payload) = serde_json::from_str::<Value>(record["payload"].as_str().unwrap()) else {
                continue;
            };
            let read = match kind.as_str() {
                "raw" => again::<RawItem>(&payload),
                "copy" => again::<CopyItem>(&payload),
                "clean" => again::<CleanItem>(&payload),
                "items" => again::<Item>(&payload),
                "stories" => again::<Story>(&payload),
                "dead" => again::<DeadLetter>(&payload),
                other => panic!("no message goes to {other}"),
            };
            match read {
                Ok(read) => lost(&payload, &read, &kind, &mut wrong),
                Err(error) => wrong.push(format!("{kind}: {error}")),
            }
            *kinds.entry(kind).or_default() += 1;
        }
        assert!(wrong.is_empty(), "{}: {}", release.display(), wrong.join("\n"));
        assert_eq!(kinds.len(), 6, "{}: messages of every kind: {kinds:?}", release.display());
    }
}

async fn count(desk: &Desk, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(desk.db()).await.unwrap_or_else(|e| panic!("{sql}: {e}"))
}

/// Status of an answer of the API.
async fn status(desk: &Desk, path: &str) -> u16 {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = http.get(format!("http://127.0.0.1:{}{path}", desk.api)).send().await;
    answer.map(|answer| answer.status().as_u16()).unwrap_or_default()
}

const KEPT: &str = "SELECT (SELECT count(*) FROM api_token) + 1000 * (SELECT count(*) FROM alert)";

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_the_release_before_goes_on() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    for release in releases() {
        let Some(postgres) = wiredesk_testkit::empty_postgres().await else { return };
        if wiredesk_tests::process::executable().is_none() {
            return;
        }
        shell(
            "gzip -dc \"$FILE\" | psql -q -v ON_ERROR_STOP=1 \"$URL\"",
            postgres.url(),
            &release.join("ledger.sql.gz"),
        );
        let wires = Wires::serve(Wires::load(&release)).await;
        let mut desk = Desk::on(postgres, None, wires.source_tables());
        desk.prefix = PREFIX.to_owned();
        let before: Vec<(String, i64)> =
            sqlx::query_as("SELECT item_id, version::bigint FROM item ORDER BY item_id")
                .fetch_all(desk.db())
                .await
                .unwrap();
        let versions = count(&desk, "SELECT count(*) FROM item_version").await;
        let stories: Vec<String> =
            sqlx::query_scalar("SELECT story_id FROM story").fetch_all(desk.db()).await.unwrap();
        let waiting = count(&desk, "SELECT count(*) FROM outbox WHERE kind = 'item'").await;
        let kept = count(&desk, KEPT).await;
        assert!(
            waiting > 0 && kept > 1000 && !stories.is_empty() && before.len() > 10,
            "the fixture is too poor"
        );

        let (code, said) = desk.run_with(&["migrate"], ENV);
        assert_eq!(code, 0, "migrate: {said}");
        // One entry of each wire says something else now: its new version shows that the whole wire was read.
        let changed = wires.change();
        let mut processes = [desk.start_with(&["run"], ENV)];
        let expected = versions + changed.len() as i64;
        desk.until("the changed entries, and the outbox", PATIENCE, &mut processes, async || {
            let (there, waiting): (i64, i64) =
                sqlx::query_as("SELECT (SELECT count(*) FROM item_version), (SELECT count(*) FROM outbox)")
                    .fetch_one(desk.db())
                    .await?;
            let done = there >= expected && waiting == 0;
            Ok((!done).then(|| format!("{there} of {expected} versions, {waiting} in the outbox")))
        })
        .await;
        let after: Vec<(String, i64)> =
            sqlx::query_as("SELECT item_id, version::bigint FROM item ORDER BY item_id")
                .fetch_all(desk.db())
                .await
                .unwrap();
        let should: Vec<(String, i64)> = before
            .iter()
            .map(|(id, version)| (id.clone(), version + i64::from(changed.iter().any(|c| c.as_str() == id))))
            .collect();
        assert_eq!(after, should, "the same entries make no version, a changed one makes the next");
        // Every version is said once, those that waited among them. The topic of a fixture of long ago is past its retention.
        let published = topic::read_all(&desk, "items.v1").await;
        let mut ids: Vec<&str> = published.iter().map(|seen| seen.ce_id.as_str()).collect();
        let all = ids.len() as i64;
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len() as i64, all, "nothing is said twice");
        assert!(all >= waiting + changed.len() as i64, "{all} records; {waiting} versions had waited");
        assert_eq!(count(&desk, KEPT).await, kept, "tokens and alerts");
        for (id, _) in &before {
            assert_eq!(status(&desk, &format!("/v1/items/{id}")).await, 200, "{id}");
        }
        for id in &stories {
            assert_eq!(status(&desk, &format!("/v1/stories/{id}")).await, 200, "{id}");
        }
        let (code, said) = desk.run_with(&["audit"], ENV);
        assert!(code == 0 && said.contains("equal"), "audit: {said}");
    }
}
