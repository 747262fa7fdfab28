//! Runs the dedupe tool over JSON Lines (`id`, `title`, `text`, `published` in time order) from standard input:
//! `zcat items.jsonl.gz | cargo run --release -p wiredesk-cleaner --example dedupe [window hours]`.

use std::io::{BufRead, Write};

use wiredesk_cleaner::tool::Deduper;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let hours = std::env::args().nth(1).map_or(Ok(96), |h| h.parse())?;
    let mut deduper = Deduper::new(chrono::Duration::hours(hours));
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let answer = deduper.push(&serde_json::from_str(&line?)?);
        writeln!(out, "{answer}")?;
    }
    Ok(())
}
