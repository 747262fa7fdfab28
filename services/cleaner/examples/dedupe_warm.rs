//! How long a restart takes: stores verdicts on a stream of `id<TAB>text` lines, as `gen_wire.py` writes it, in an empty, migrated
//! database, and loads the index back: `cargo run --release --example dedupe_warm -- DATABASE_URL STREAM.tsv [ITEMS]`.

use std::error::Error;
use std::time::Instant;

use chrono::{TimeZone, Utc};
use sqlx::PgPool;
use wiredesk_cleaner::DedupeConfig;
use wiredesk_cleaner::dedupe::stage::{load, row_of};
use wiredesk_cleaner::dedupe::{Before, Index, decide};
use wiredesk_cleaner::strip::fingerprint::fingerprint;
use wiredesk_contract::{CopyItem, ItemId, SourceId};

/// Verdicts of one insert.
const BATCH: usize = 1_000;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let usage = "usage: dedupe_warm DATABASE_URL STREAM.tsv [ITEMS]";
    let db = PgPool::connect(&args.next().ok_or(usage)?).await?;
    let stream = std::fs::read_to_string(args.next().ok_or(usage)?)?;
    let items: usize = args.next().map_or(Ok(1_000_000), |n| n.parse())?;
    wiredesk_store::MIGRATIONS.run(&db).await?;
    let lines: Vec<&str> = stream.lines().filter_map(|l| l.split_once('\t').map(|(_, text)| text)).collect();
    let config = DedupeConfig { max_entries: u32::try_from(items)?, ..DedupeConfig::default() };
    let step = config.window() / i32::try_from(items + 1)?;
    let mut index = Index::new(config.window());
    let mut rows = Vec::with_capacity(BATCH);
    for n in 0..items {
        let text = lines.get(n % lines.len().max(1)).copied().unwrap_or_default().to_owned();
        let at = Utc.timestamp_opt(1_770_000_000, 0).single().unwrap_or_default() + step * n as i32;
        let mut copy: CopyItem = serde_json::from_value(serde_json::json!({
            "schema_version": 1, "item_id": ItemId::derive(&SourceId::new("bench"), &n.to_string()), "revision": 1,
            "content_hash": "", "source": {"id": "bench", "name": "bench"}, "headline": "", "text": text, "urgency": 5,
            "language": "en", "language_confidence": 1.0, "published": at, "fetched_at": at,
            "fingerprint": fingerprint(&text),
        }))?;
        copy.content_hash = copy.hash();
        let (verdict, change) = decide(&copy, &index, Before::default());
        rows.push(row_of(&copy, change.entry(), &verdict));
        index.apply(change);
        if rows.len() == BATCH || n + 1 == items {
            wiredesk_store::verdict::insert(&db, &rows).await?;
            rows.clear();
        }
    }
    let start = Instant::now();
    let loaded = load(&db, "en", &config).await?;
    println!("{} of {} entries loaded in {:.1?}", loaded.len(), index.len(), start.elapsed());
    Ok(())
}
