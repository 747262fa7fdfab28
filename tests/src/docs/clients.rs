//! The consumers of docs/clients, started as docs/consuming.md says: each reads every record, keeps every version once, and takes
//! out of what it keeps what an agency has taken back.

use std::collections::BTreeSet;

use super::blocks::{self, Block};
use super::workplace::{Workplace, said};
use crate::{Desk, topic};

/// The most that a client may take, in seconds: to install, to join its group, to read.
const PATIENCE: u32 = 240;
/// How long it runs before it is killed or told to stop, in seconds.
const A_WHILE: u32 = 5;

/// What is wrong, a sentence each.
pub async fn wrong(desk: &Desk, place: &Workplace) -> Vec<String> {
    let published = topic::read_all(desk, "items.v1").await;
    let canceled = published.iter().filter(|r| r.payload["pubStatus"] == "canceled").count();
    let items: BTreeSet<&str> = published.iter().map(|r| r.key.as_str()).collect();
    let mut wrong = Vec::new();
    if published.len() < 20 || canceled == 0 {
        wrong.push(format!(
            "{} records, {canceled} of them canceled, are too few to try a client",
            published.len()
        ));
    }
    let of =
        |word: &str| blocks::all().into_iter().filter(|b| b.says("test") && b.says(word)).collect::<Vec<_>>();
    for (word, look) in [("python", LOOK_PYTHON), ("rust", LOOK_RUST)] {
        if word == "python" && !installed(place) {
            continue;
        }
        match of(word).as_slice() {
            [block] => wrong.extend(
                one(place, block, (published.len(), items.len()), look)
                    .err()
                    .map(|why| format!("{}: {why}", block.place())),
            ),
            several => {
                wrong.push(format!("{} blocks are marked `sh test {word}`, must be one", several.len()))
            }
        }
    }
    wrong
}

/// Can what the Python client needs be had?
fn installed(place: &Workplace) -> bool {
    // From what was fetched before, else from the package index. The block of the page then finds it installed.
    let script = "python3 -m venv .venv; wanted='-q --disable-pip-version-check -r docs/clients/python/requirements.txt'
.venv/bin/pip install --no-index $wanted 2>/dev/null ||
  { .venv/bin/pip download -d \"$PIP_FIND_LINKS\" $wanted && .venv/bin/pip install --no-index $wanted; }";
    match place.run(script, PATIENCE, &[]) {
        Ok(output) if output.status.success() => true,
        Ok(output) => {
            wiredesk_testkit::skip(&format!(
                "the Python client does not run, its packages cannot be had: {}",
                said(&output)
            ));
            false
        }
        Err(why) => {
            wiredesk_testkit::skip(&format!("the Python client does not run: {why}"));
            false
        }
    }
}

/// Prints the items that were taken back and still have words.
const LOOK_PYTHON: &str = "\
.venv/bin/python -c \"import sqlite3; db = sqlite3.connect('items.db'); print(*db.execute('''SELECT item_id, version FROM item_version
WHERE (headline IS NOT NULL OR message IS NOT NULL) AND item_id IN (SELECT item_id FROM item WHERE status = 'canceled')'''), end='')\"";
const LOOK_RUST: &str = "\
for file in items/*.json; do jq -r 'select(.pubStatus == \"canceled\" and (.headlines + .bodies | length) > 0) | .item_id' $file; done";

fn one(place: &Workplace, block: &Block, (records, items): (usize, usize), look: &str) -> Result<(), String> {
    let run = |group: &str| {
        let output =
            place.run(&block.text, PATIENCE, &[("WIREDESK_GROUP", group)]).map_err(|e| e.to_string())?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let last = text.lines().last().unwrap_or_default().to_owned();
        if output.status.success() {
            Ok(last)
        } else {
            Err(format!("it fails ({}): {}", output.status, said(&output)))
        }
    };
    let same = |what: &str, found: String, wanted: String| {
        if found.starts_with(&wanted) {
            Ok(())
        } else {
            Err(format!("{what}: {found:?}, must be {wanted:?}"))
        }
    };
    let (first, second) = (wiredesk_testkit::unique("docs"), wiredesk_testkit::unique("docs"));
    // Killed anywhere on its way, and once more from where it had committed.
    let endless = block.text.replace(" --once", "");
    let endless = endless.trim_end();
    let (before, last) = endless.rsplit_once('\n').unwrap_or(("", endless));
    let ended = |signal: &str| {
        let script =
            format!("{before}\n{last} & client=$!; sleep {A_WHILE}; kill -{signal} $client; wait $client");
        place.run(&script, PATIENCE, &[("WIREDESK_GROUP", &first)]).map_err(|e| e.to_string())
    };
    ended("KILL")?;
    run(&first)?;
    same("where it stopped", run(&first)?, "0 records, 0 versions written".to_owned())?;
    // Nothing was lost by the kill: of all records, read again by another group, none is new.
    let all = format!("{records} records, 0 versions written, {items} items kept");
    same("all once more", run(&second)?, all)?;
    let left = place.run(look, PATIENCE, &[]).map_err(|e| e.to_string())?;
    if !left.status.success() || !left.stdout.is_empty() {
        return Err(format!("what was taken back is kept: {}", said(&left)));
    }
    // Told to stop while it waits for more.
    let output = ended("TERM")?;
    if !output.status.success() || !String::from_utf8_lossy(&output.stdout).contains("0 records, ") {
        return Err(format!("no graceful stop ({}): {}", output.status, said(&output)));
    }
    Ok(())
}
