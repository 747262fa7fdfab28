//! `extract FILE.html…`: one JSON object a page, as `wiredesk tool extract` writes it; the time goes to standard error.
//!
//! `extract --time FILE.html…` prints no pages: it reads all files, answers each once to warm up (models and matchers are
//! built at first use), then measures three rounds in one thread. Reading files is not timed; decoding, the language and
//! the JSON of the answer are. After each round the same pages are given to dom_smoothie, decoded, which tells the text
//! of an article alone.

use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

/// Rounds over all pages that `--time` measures.
const ROUNDS: usize = 3;

fn main() -> std::io::Result<()> {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    if args.first().is_some_and(|first| first == "--time") {
        return time(&args.split_off(1));
    }
    let mut out = std::io::stdout().lock();
    let mut times: Vec<Duration> = Vec::new();
    for file in args {
        let bytes = std::fs::read(&file)?;
        let start = Instant::now();
        let value = wiredesk_cleaner::tool::extract(&id(&file), &bytes);
        times.push(start.elapsed());
        writeln!(out, "{value}")?;
    }
    eprintln!("{}", told(times));
    Ok(())
}

fn id(file: &str) -> String {
    Path::new(file).file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default()
}

fn time(files: &[String]) -> std::io::Result<()> {
    let pages = files.iter().map(|file| Ok((id(file), std::fs::read(file)?)));
    let pages = pages.collect::<std::io::Result<Vec<(String, Vec<u8>)>>>()?;
    let once = |(id, bytes): &(String, Vec<u8>)| {
        let start = Instant::now();
        let value = wiredesk_cleaner::tool::extract(id, bytes).to_string();
        std::hint::black_box(value);
        start.elapsed()
    };
    let cold: Duration = pages.iter().map(once).sum();
    let decoded: Vec<_> = pages.iter().map(|(_, bytes)| String::from_utf8_lossy(bytes)).collect();
    let other = |html: &std::borrow::Cow<'_, str>| {
        let start = Instant::now();
        let article = dom_smoothie::Readability::new(&**html, None, None).and_then(|mut page| page.parse());
        std::hint::black_box(article.is_ok());
        start.elapsed()
    };
    let (mut ours, mut others) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours.extend(pages.iter().map(once));
        others.extend(decoded.iter().map(other));
    }
    println!("wiredesk      {}", told(ours));
    println!("dom_smoothie  {}", told(others));
    println!("first round of wiredesk {:.0} pages/s", pages.len() as f64 / cold.as_secs_f64());
    Ok(())
}

/// Pages a second, and how long a page takes: the median, of all but one in a hundred, the slowest.
fn told(mut times: Vec<Duration>) -> String {
    times.sort();
    let sum: Duration = times.iter().sum();
    let of = |percent: usize| times.get(times.len() * percent / 100).copied().unwrap_or_default();
    let worst = times.last().copied().unwrap_or_default();
    let speed = times.len() as f64 / sum.as_secs_f64();
    format!(
        "{} pages, {speed:.0} pages/s, p50 {:.2?}, p99 {:.2?}, worst {worst:.2?}",
        times.len(),
        of(50),
        of(99)
    )
}
