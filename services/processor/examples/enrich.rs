//! JSON Lines in, enriched JSON Lines out, with the time that it took on standard error: for measuring.

use std::io::{BufRead, Write};
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let begin = Instant::now();
    let enricher = wiredesk_processor::tool::Enricher::new();
    let loaded = begin.elapsed();
    let (mut lines, mut bytes, begin) = (0_u32, 0, Instant::now());
    let mut each = Vec::new();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        bytes += line.len();
        lines += 1;
        let value = serde_json::from_str(&line)?;
        let one = Instant::now();
        let answer = enricher.enrich(&value);
        each.push(one.elapsed());
        writeln!(out, "{answer}")?;
    }
    let spent = begin.elapsed().as_secs_f64();
    let memory = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let resident = memory.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
    each.sort_unstable();
    let at = |share: usize| each.get(each.len() * share / 1000).copied().unwrap_or_default();
    eprintln!("p50 {:?}, p99 {:?}, p99.9 {:?}", at(500), at(990), at(999));
    eprintln!(
        "loaded in {loaded:?}; {lines} lines, {bytes} bytes in {spent:.2} s: {:.0} lines/s; {resident}",
        f64::from(lines) / spent
    );
    Ok(())
}
