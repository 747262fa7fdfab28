//! Speed and memory of the index of repeats on a stream of `id<TAB>text` lines, as `gen_wire.py` writes it:
//! `cargo run --release --example dedupe_speed -- STREAM.tsv [ITEMS] [PACED]`.
//!
//! The stream is repeated with other words until ITEMS (1,000,000) are in the window, then goes on with the window sliding, then
//! PACED items (2,000) come at 100 a second. Times are CPU time of this one thread, over the last 10,000 items before each
//! checkpoint; "decide" is everything from the copy to the changed index, "with fingerprint" adds what the strip stage computes.

use std::error::Error;
use std::fs;
use std::time::{Duration as Wait, Instant};

use chrono::{Duration, TimeZone, Utc};
use wiredesk_cleaner::dedupe::{Before, Index, decide};
use wiredesk_cleaner::strip::fingerprint::fingerprint;
use wiredesk_contract::{CopyItem, ItemId, SourceId};

/// Items over which a rate is measured.
const SPAN: usize = 10_000;

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let path = args.next().ok_or("usage: dedupe_speed STREAM.tsv [ITEMS] [PACED]")?;
    let items: usize = args.next().map_or(Ok(1_000_000), |n| n.parse())?;
    let paced: usize = args.next().map_or(Ok(2_000), |n| n.parse())?;
    let stream = fs::read_to_string(path)?;
    let lines: Vec<&str> = stream.lines().filter_map(|l| l.split_once('\t').map(|(_, text)| text)).collect();
    if lines.is_empty() {
        return Err("the stream has no line of id, tab, text".into());
    }
    let window = Duration::hours(96);
    let mut index = Index::new(window);
    // The window holds ITEMS items: the next one lets the oldest go.
    let step = window / i32::try_from(items)?;
    let template = template()?;
    let make = |n: usize| {
        let text = reworded(lines.get(n % lines.len()).copied().unwrap_or_default(), n / lines.len());
        let at = Utc.timestamp_opt(1_770_000_000, 0).single().unwrap_or_default() + step * n as i32;
        let item_id = ItemId::derive(&SourceId::new("bench"), &n.to_string());
        CopyItem { item_id, published: Some(at), fetched_at: at, text, ..template.clone() }
    };
    let empty = resident();
    let mut repeats = 0usize;
    let mut n = 0;
    let checkpoints = [items / 100, items / 10, items, items + items / 10];
    for checkpoint in checkpoints {
        let (mut decided, mut printed, mut measured) = (Wait::ZERO, Wait::ZERO, 0usize);
        let from = checkpoint.saturating_sub(SPAN);
        while n < checkpoint {
            let batch = if n < from { SPAN.min(from - n) } else { checkpoint - n };
            let mut copies: Vec<CopyItem> = (n..n + batch).map(make).collect();
            let before = cpu();
            copies.iter_mut().for_each(|copy| copy.fingerprint = fingerprint(&copy.text));
            let between = cpu();
            for copy in &copies {
                let (verdict, change) = decide(copy, &index, Before::default());
                index.apply(change);
                repeats += usize::from(verdict.duplicate_of.is_some());
            }
            if n >= from {
                decided += cpu().saturating_sub(between);
                printed += between.saturating_sub(before);
                measured += batch;
            }
            n += batch;
        }
        let rate = |time: Wait| (measured as f64 / time.as_secs_f64()) as u64;
        println!(
            "{checkpoint} items: {} in the window, {} decide/s, {} with fingerprint/s, {} bytes an entry (resident), {} repeats",
            index.len(),
            rate(decided),
            rate(decided + printed),
            resident().saturating_sub(empty) / index.len().max(1),
            repeats,
        );
    }
    let mut took: Vec<Wait> = Vec::with_capacity(paced);
    for copy in (n..n + paced).map(make) {
        std::thread::sleep(Wait::from_millis(10));
        let start = Instant::now();
        let copy = CopyItem { fingerprint: fingerprint(&copy.text), ..copy };
        let (_, change) = decide(&copy, &index, Before::default());
        index.apply(change);
        took.push(start.elapsed());
    }
    took.sort_unstable();
    let at = |share: usize| took.get((took.len() * share / 1_000).min(took.len().saturating_sub(1))).copied();
    if let (Some(p50), Some(p99), Some(worst)) = (at(500), at(990), took.last()) {
        println!(
            "{paced} items at 100/s: p50 {p50:?}, p99 {p99:?}, worst {worst:?} (wall, with fingerprint)"
        );
    }
    Ok(())
}

fn template() -> Result<CopyItem, serde_json::Error> {
    serde_json::from_value(serde_json::json!({
        "schema_version": 1, "item_id": "", "revision": 1, "content_hash": "0123456789abcdef0123456789abcdef",
        "source": {"id": "bench", "name": "bench"}, "headline": "", "text": "", "urgency": 5, "language": "en",
        "language_confidence": 1.0, "fetched_at": "2026-01-01T00:00:00Z", "fingerprint": {"exact": "", "minhash": ""},
    }))
}

/// The same text in other words for each round: every word gets the round's number.
fn reworded(text: &str, round: usize) -> String {
    if round == 0 {
        return text.to_owned();
    }
    let mark = round.to_string();
    text.split(' ').map(|word| format!("{word}{mark} ")).collect()
}

/// CPU time of this process, from the kernel's clock ticks (a hundredth of a second).
fn cpu() -> Wait {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let ticks: u64 = stat
        .rsplit(')')
        .next()
        .map(|rest| rest.split_whitespace().skip(11).take(2).filter_map(|t| t.parse::<u64>().ok()).sum())
        .unwrap_or_default();
    Wait::from_millis(ticks * 10)
}

/// Resident memory in bytes.
fn resident() -> usize {
    let statm = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    statm.split_whitespace().nth(1).and_then(|pages| pages.parse::<usize>().ok()).unwrap_or(0) * 4096
}
