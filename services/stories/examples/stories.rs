//! Runs the stories tool over JSON Lines (`id`, `title`, `text`, `published`, `language` in time order) from standard
//! input: `zcat items.jsonl.gz | cargo run --release -p wiredesk-stories --example stories [threshold cross_threshold]`.

use std::io::{BufRead, Write};

use wiredesk_stories::Config;
use wiredesk_stories::tool::Clusterer;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut config = Config::default();
    let mut args = std::env::args().skip(1);
    if let Some(threshold) = args.next() {
        config.threshold = threshold.parse()?;
    }
    if let Some(threshold) = args.next() {
        config.cross_threshold = threshold.parse()?;
    }
    let mut clusterer = Clusterer::with(config);
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        writeln!(out, "{}", clusterer.push(&serde_json::from_str(&line?)?))?;
    }
    Ok(())
}
