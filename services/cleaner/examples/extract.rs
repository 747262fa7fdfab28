//! `extract FILE.html…`: one JSON object a page, as `wiredesk tool extract` writes it; the time goes to standard error.

use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    let mut times: Vec<Duration> = Vec::new();
    for file in std::env::args().skip(1) {
        let bytes = std::fs::read(&file)?;
        let id = Path::new(&file).file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        let start = Instant::now();
        let value = wiredesk_cleaner::tool::extract(&id, &bytes);
        times.push(start.elapsed());
        writeln!(out, "{value}")?;
    }
    times.sort();
    let sum: Duration = times.iter().sum();
    let p99 = times.get(times.len() * 99 / 100).copied().unwrap_or_default();
    eprintln!("{} pages, {:.0} pages/s, p99 {p99:.2?}", times.len(), times.len() as f64 / sum.as_secs_f64());
    Ok(())
}
