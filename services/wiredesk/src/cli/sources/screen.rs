//! One screen about a source.

use wiredesk_contract::Timestamp;
use wiredesk_contract::time::span_words;

use crate::cli::style::{Paint, ago, cut, safe};
use crate::parts::fetcher::health::{Report, Weight};
use crate::parts::fetcher::look::Look;

/// The screen.
pub fn text(look: &Look, block: &str, now: Timestamp, paint: Paint) -> String {
    let report = &look.report;
    let mut out = String::new();
    let title = report.title.as_deref().map_or_else(|| "(no title)".to_owned(), safe);
    out.push_str(&format!("{}  {}\n", paint.bold(&title), paint.quiet(&safe(&report.url))));
    for (name, value) in facts(look, now) {
        out.push_str(&format!("  {} {}\n", paint.quiet(&format!("{name:<12}")), safe(&value)));
    }
    out.push('\n');
    if report.problems.is_empty() {
        out.push_str(&format!("{}\n", paint.good("nothing is wrong with it")));
    } else {
        out.push_str(&format!("{}\n", paint.bold("what is wrong with it")));
        for problem in &report.problems {
            let mark = match problem.weight {
                Weight::Bad => paint.bad("bad "),
                Weight::Poor => paint.warn("poor"),
                Weight::Note => paint.quiet("note"),
            };
            out.push_str(&format!("  {mark}  {}\n", safe(&problem.what)));
        }
    }
    out.push_str(&format!("\n{}\n{block}", paint.bold("to list it")));
    out
}

fn facts(look: &Look, now: Timestamp) -> Vec<(&'static str, String)> {
    let report = &look.report;
    let mut facts = Vec::new();
    if let Some(first) = look.found.first() {
        facts.push(("found", format!("{} ({})", report.url, first.why.words())));
        for other in look.found.iter().skip(1).take(8) {
            let title = other.title.as_deref().unwrap_or("no title");
            facts.push((
                "also there",
                format!("{} ({}, {}, {} items)", other.url, other.kind, cut(title, 40), other.entries),
            ));
        }
    }
    if let Some(to) = &report.moved_to {
        facts.push(("moved", format!("for good, to {to}")));
    } else if let Some(to) = &report.redirected_to {
        facts.push(("redirected", format!("for now, to {to}")));
    }
    let language = report.language.as_deref().unwrap_or("not said");
    let kilobytes = report.bytes.div_ceil(1024);
    let what = if report.sitemaps > 0 { format!("{} sitemaps, ", report.sitemaps) } else { String::new() };
    facts.push((
        "form",
        format!("{}, {what}{} items, {kilobytes} kB, language {language}", report.form, report.items),
    ));
    let rhythm = &report.rhythm;
    if let (Some(newest), Some(oldest)) = (rhythm.newest, rhythm.oldest) {
        let at = |t: Timestamp| t.format("%-d %b %Y %H:%M UTC").to_string();
        facts.push(("newest", format!("{}, {}", at(newest), ago(Some(newest), now))));
        facts.push(("oldest", format!("{}, {}", at(oldest), ago(Some(oldest), now))));
    }
    if let Some(gap) = rhythm.gap_seconds {
        let window =
            rhythm.window_seconds.map(|w| format!("; they cover {}", span_words(w))).unwrap_or_default();
        let busiest = rhythm.busiest_window_seconds.map(|w| format!(", at the busiest {}", span_words(w)));
        facts.push((
            "rhythm",
            format!("one about every {}{window}{}", span_words(gap), busiest.unwrap_or_default()),
        ));
    }
    facts.extend(http(report));
    for (name, value) in &report.asks {
        facts.push(("asks for", format!("{name} {value}")));
    }
    for hub in &report.hubs {
        facts.push(("hub", format!("{hub} (pushes by WebSub)")));
    }
    if let Some(robots) = &report.robots {
        facts.push(("robots.txt", robots.clone()));
    }
    let every = span_words(report.outlook.seconds);
    facts.push(("polling", format!("every {every} at first, {}", report.outlook.why)));
    facts
}

fn http(report: &Report) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    if report.http.is_empty() {
        return facts;
    }
    let named = [("etag", "ETag"), ("last-modified", "Last-Modified")];
    let validators: Vec<String> =
        named.iter().filter_map(|(key, name)| Some(format!("{name} {}", report.http.get(key)?))).collect();
    let validators = if validators.is_empty() { "none".to_owned() } else { validators.join(", ") };
    facts.push(("validators", validators));
    let named = [("cache-control", "Cache-Control"), ("expires", "Expires")];
    let caching: Vec<String> =
        named.iter().filter_map(|(key, name)| Some(format!("{name} {}", report.http.get(key)?))).collect();
    if !caching.is_empty() {
        facts.push(("caching", caching.join(", ")));
    }
    facts
}
