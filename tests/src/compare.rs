//! The comparison of what came out with what the sample wire's manifest says must.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sqlx::types::Json;
use wiredesk_contract::status::PubStatus;
use wiredesk_contract::{Item, ItemId};
use wiredesk_sample_wire::Manifest;
use wiredesk_sample_wire::manifest::{ExpectedItem, ExpectedVersion};

use crate::desk::Desk;
use crate::topic::{self, Seen};

/// Everything that differs, a sentence each; empty where all is as it must be.
pub async fn differences(desk: &Desk, manifest: &Manifest) -> Vec<String> {
    let mut wrong = Vec::new();
    let stored = stored_versions(desk).await;
    versions_in_postgres(manifest, &stored, &mut wrong);
    let published = topic::read_all(desk, "items.v1").await;
    versions_in_topic(manifest, &published, &mut wrong);
    for expected in &manifest.items {
        contents(expected, &stored, &published, &mut wrong);
        verdicts(expected, &stored, &mut wrong);
    }
    stories(desk, manifest, &mut wrong).await;
    dead_letters(desk, manifest, &mut wrong).await;
    repairs(desk, manifest, &mut wrong).await;
    sources(desk, manifest, &mut wrong).await;
    outbox_is_empty(desk, &mut wrong).await;
    wrong
}

type Stored = HashMap<ItemId, BTreeMap<u32, Item>>;

async fn stored_versions(desk: &Desk) -> Stored {
    let rows: Vec<Json<Item>> = sqlx::query_scalar("SELECT doc FROM item_version ORDER BY item_id, version")
        .fetch_all(desk.db())
        .await
        .unwrap_or_else(|e| panic!("{e}"));
    let mut stored = Stored::new();
    for Json(item) in rows {
        stored.entry(item.item_id.clone()).or_default().insert(item.version, item);
    }
    stored
}

/// The items and versions that must be there, as (id, version) pairs.
fn expected_pairs(manifest: &Manifest) -> BTreeSet<(String, u32)> {
    let of = |item: &ExpectedItem| {
        (1..=item.versions.len() as u32).map(|v| (item.item_id.to_string(), v)).collect::<Vec<_>>()
    };
    manifest.items.iter().flat_map(of).collect()
}

fn name(manifest: &Manifest, id: &str) -> String {
    let found = manifest.items.iter().find(|i| i.item_id.as_str() == id);
    found.map_or_else(|| format!("unknown item {id}"), |i| format!("{}/{}", i.source, i.slug))
}

fn versions_in_postgres(manifest: &Manifest, stored: &Stored, wrong: &mut Vec<String>) {
    let expected = expected_pairs(manifest);
    let found: BTreeSet<(String, u32)> =
        stored.iter().flat_map(|(id, versions)| versions.keys().map(move |v| (id.to_string(), *v))).collect();
    for (id, version) in expected.difference(&found) {
        wrong.push(format!("Postgres lacks version {version} of {}", name(manifest, id)));
    }
    for (id, version) in found.difference(&expected) {
        wrong.push(format!("Postgres has an unexpected version {version} of {}", name(manifest, id)));
    }
}

fn versions_in_topic(manifest: &Manifest, published: &[Seen], wrong: &mut Vec<String>) {
    let mut times: BTreeMap<(String, u32), u32> = BTreeMap::new();
    for seen in published {
        let version = seen.payload["version"].as_u64().unwrap_or_default() as u32;
        let id = seen.payload["item_id"].as_str().unwrap_or_default().to_owned();
        if seen.key != id || seen.ce_id != format!("{id}/{version}") {
            wrong.push(format!(
                "the record of {} has key {} and id {}",
                name(manifest, &id),
                seen.key,
                seen.ce_id
            ));
        }
        *times.entry((id, version)).or_default() += 1;
    }
    for pair in expected_pairs(manifest) {
        match times.remove(&pair) {
            Some(1) => {}
            Some(n) => wrong.push(format!(
                "the topic has version {} of {} {n} times",
                pair.1,
                name(manifest, &pair.0)
            )),
            None => wrong.push(format!("the topic lacks version {} of {}", pair.1, name(manifest, &pair.0))),
        }
    }
    for ((id, version), _) in times {
        wrong.push(format!("the topic has an unexpected version {version} of {}", name(manifest, &id)));
    }
}

fn plain_text(item: &Item) -> &str {
    item.bodies.iter().find(|b| b.content_type == "text/plain").map(|b| b.value.as_str()).unwrap_or_default()
}

fn contents(expected: &ExpectedItem, stored: &Stored, published: &[Seen], wrong: &mut Vec<String>) {
    let who = format!("{}/{}", expected.source, expected.slug);
    let Some(versions) = stored.get(&expected.item_id) else { return };
    let killed = expected.versions.last().is_some_and(|v| v.pub_status == PubStatus::Canceled);
    for (n, version) in (1..).zip(&expected.versions) {
        // What the topic got at the time, which a later kill cannot call back; Postgres is blanked by then.
        let record = published.iter().find(|s| s.ce_id == Item::event_id(&expected.item_id, n));
        let Some(item) = record.and_then(|s| serde_json::from_value::<Item>(s.payload.clone()).ok()) else {
            continue;
        };
        one_version(&who, n, version, &item, wrong);
        if let Some(kept) = versions.get(&n).filter(|_| killed)
            && !(plain_text(kept).is_empty() && kept.headlines.is_empty() && kept.descriptions.is_empty())
        {
            wrong.push(format!("{who}: version {n} still has words in Postgres after the kill"));
        }
    }
    let Some(newest) = versions.values().last() else { return };
    let mut same = |what: &str, found: String, wanted: String| {
        if found != wanted {
            wrong.push(format!("{who}: {what} is {found}, must be {wanted}"));
        }
    };
    same("language", newest.language.clone(), expected.language.clone());
    same("kind", format!("{:?}", newest.kind), format!("{:?}", expected.kind));
    same(
        "publication time",
        format!("{:?}", newest.content_created),
        format!("{:?}", Some(expected.published)),
    );
    if let Some(dateline) = expected.dateline.as_ref().filter(|_| !killed) {
        let found = newest.dateline.clone();
        let lower = |s: Option<String>| s.map(|s| s.to_lowercase());
        same(
            "place",
            format!("{:?}", lower(found.as_ref().and_then(|d| d.place.clone()))),
            format!("{:?}", Some(dateline.place.to_lowercase())),
        );
        same(
            "agency",
            format!("{:?}", found.as_ref().and_then(|d| d.agency.clone())),
            format!("{:?}", dateline.agency),
        );
        if dateline.date.is_some() {
            same(
                "date of the dateline",
                format!("{:?}", found.and_then(|d| d.date)),
                format!("{:?}", dateline.date),
            );
        }
    }
}

fn one_version(who: &str, n: u32, expected: &ExpectedVersion, item: &Item, wrong: &mut Vec<String>) {
    let mut say = |text: String| wrong.push(format!("{who}, version {n}: {text}"));
    if item.pub_status != expected.pub_status {
        say(format!("is {:?}, must be {:?}", item.pub_status, expected.pub_status));
    }
    if item.change != expected.change {
        say(format!("is called {:?}, must be {:?}", item.change, expected.change));
    }
    let text = plain_text(item);
    if expected.pub_status != PubStatus::Usable {
        if !text.is_empty() {
            say("carries text that may not be published".to_owned());
        }
        return;
    }
    if item.headline() != expected.headline {
        say(format!("has the headline {:?}, must be {:?}", item.headline(), expected.headline));
    }
    if item.developing != expected.developing {
        say(format!("developing is {}, must be {}", item.developing, expected.developing));
    }
    for phrase in expected.body_contains.iter().filter(|p| !text.contains(p.as_str())) {
        say(format!("lacks {phrase:?} in {:?}", text.chars().take(300).collect::<String>()));
    }
    for phrase in expected.body_lacks.iter().filter(|p| text.contains(p.as_str())) {
        say(format!("still has {phrase:?}"));
    }
}

fn verdicts(expected: &ExpectedItem, stored: &Stored, wrong: &mut Vec<String>) {
    let who = format!("{}/{}", expected.source, expected.slug);
    let Some(first) = stored.get(&expected.item_id).and_then(|v| v.values().next()) else { return };
    if first.verdict.duplicate_of != expected.duplicate_of {
        wrong.push(format!(
            "{who}: repeats {:?}, must repeat {:?} ({:?}, similarity {})",
            first.verdict.duplicate_of,
            expected.duplicate_of,
            first.verdict.relation,
            first.verdict.similarity
        ));
    } else if expected.duplicate_of.is_some()
        && !first.verdict.relation.is_some_and(|r| expected.relations.contains(&r))
    {
        wrong.push(format!(
            "{who}: is called {:?}, must be one of {:?}",
            first.verdict.relation, expected.relations
        ));
    }
}

async fn stories(desk: &Desk, manifest: &Manifest, wrong: &mut Vec<String>) {
    let rows: Vec<(String, Option<String>)> = sqlx::query_as("SELECT item_id, story_id FROM story_item")
        .fetch_all(desk.db())
        .await
        .unwrap_or_else(|e| panic!("{e}"));
    let of: HashMap<String, String> = rows.into_iter().filter_map(|(i, s)| Some((i, s?))).collect();
    let mut by_label: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for item in &manifest.items {
        let Some(label) = &item.story else { continue };
        match of.get(item.item_id.as_str()) {
            Some(story) => {
                by_label.entry(label).or_default().insert(story);
            }
            None => wrong.push(format!("{}/{} is in no story, must be in {label}", item.source, item.slug)),
        }
    }
    let mut owner: HashMap<&str, &str> = HashMap::new();
    for (label, found) in &by_label {
        if found.len() > 1 {
            wrong.push(format!("the story {label} came apart into {}", found.len()));
        }
        for story in found {
            if let Some(other) = owner.insert(story, label) {
                wrong.push(format!("the stories {label} and {other} became one"));
            }
        }
    }
    let mut seen = BTreeSet::new();
    for record in topic::read_all(desk, "stories.v1").await {
        if !seen.insert(record.ce_id.clone()) {
            wrong.push(format!("the topic has the story revision {} twice", record.ce_id));
        }
    }
}

async fn dead_letters(desk: &Desk, manifest: &Manifest, wrong: &mut Vec<String>) {
    let mut found: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    for letter in topic::read_all(desk, "dead.v1").await {
        let text = |key: &str| letter.payload[key].as_str().unwrap_or_default().to_owned();
        if text("explanation").split_whitespace().count() < 4 {
            wrong.push(format!(
                "the dead letter {} explains nothing: {:?}",
                text("dead_id"),
                text("explanation")
            ));
        }
        let source = letter.payload["headers"]["source"].as_str().map_or_else(|| text("key"), str::to_owned);
        found.entry((source, text("reason"))).or_default().insert(text("dead_id"));
    }
    for expected in &manifest.dead_letters {
        match found.remove(&(expected.source.to_string(), expected.reason.clone())).map(|ids| ids.len()) {
            Some(1) => {}
            other => wrong.push(format!(
                "{}: {} dead letters of {}, must be one",
                expected.source,
                other.unwrap_or(0),
                expected.reason
            )),
        }
    }
    for ((source, reason), ids) in found {
        wrong.push(format!("{source}: {} unexpected dead letters of {reason}", ids.len()));
    }
}

/// Every repair is carried on the raw items that were read with it.
async fn repairs(desk: &Desk, manifest: &Manifest, wrong: &mut Vec<String>) {
    let raw = topic::read_all(desk, "raw.v1").await;
    for expected in &manifest.repairs {
        let counted = raw.iter().filter(|r| r.payload["source"]["id"] == expected.source.as_str()).any(|r| {
            r.payload["repairs"]
                .as_array()
                .into_iter()
                .flatten()
                .any(|repair| repair["kind"] == expected.kind.as_str())
        });
        if !counted {
            wrong.push(format!("{}: no raw item carries the repair {}", expected.source, expected.kind));
        }
    }
}

async fn sources(desk: &Desk, manifest: &Manifest, wrong: &mut Vec<String>) {
    for gone in &manifest.gone {
        let stopped: Option<String> = sqlx::query_scalar("SELECT stopped FROM source WHERE id = $1")
            .bind(gone.as_str())
            .fetch_one(desk.db())
            .await
            .unwrap_or_else(|e| panic!("{e}"));
        if stopped.is_none() {
            wrong.push(format!("{gone} is gone, and is still polled"));
        }
    }
    for not_feed in &manifest.not_feeds {
        let error: Option<String> = sqlx::query_scalar("SELECT last_error FROM source WHERE id = $1")
            .bind(not_feed.as_str())
            .fetch_one(desk.db())
            .await
            .unwrap_or_else(|e| panic!("{e}"));
        if error.is_none() {
            wrong.push(format!("{not_feed} is no feed, and its health does not say so"));
        }
    }
}

async fn outbox_is_empty(desk: &Desk, wrong: &mut Vec<String>) {
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM outbox")
        .fetch_one(desk.db())
        .await
        .unwrap_or_else(|e| panic!("{e}"));
    if left > 0 {
        wrong.push(format!("{left} outbox rows were never published, or never read back"));
    }
}
