//! What is wrong with a source, in sentences.

use std::collections::BTreeMap;

use serde::Serialize;
use wiredesk_contract::Timestamp;
use wiredesk_contract::time::span_words;
use wiredesk_net::Response;

use super::rhythm::Rhythm;
use super::{scan, words};
use crate::read::{Document, decode};
use crate::source::SourceConfig;

/// How much a problem matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Weight {
    /// Items are lost or wrong because of it.
    Bad,
    /// It costs something, or could go wrong.
    Poor,
    /// Worth knowing.
    Note,
}

/// Something that is wrong with a source.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Problem {
    /// How much it matters.
    pub weight: Weight,
    /// A short stable name.
    pub kind: String,
    /// What is wrong, and what the publisher should mend.
    pub what: String,
}

/// A clock may be off by so many seconds before a date counts as in the future.
const CLOCK_SECONDS: i64 = 300;
/// A document that runs full sooner than this, in seconds, loses items to whoever polls it at the usual five minutes.
const SMALL_WINDOW_SECONDS: f64 = 1800.0;
/// Silence shorter than this, in seconds, is never an alarm: a night.
const MIN_SILENCE_SECONDS: f64 = 3600.0;

struct Problems(Vec<Problem>);

impl Problems {
    fn add(&mut self, weight: Weight, kind: &str, what: String) {
        self.0.push(Problem { weight, kind: kind.to_owned(), what });
    }
}

/// All that is wrong, the worst first.
pub(super) fn of(
    source: &SourceConfig,
    bytes: &[u8],
    document: &Document,
    response: Option<&Response>,
    rhythm: &Rhythm,
    now: Timestamp,
) -> Vec<Problem> {
    let mut found = Problems(Vec::new());
    content(source, document, now, &mut found);
    pace(document, rhythm, now, &mut found);
    let text = decode::decode(bytes, response.and_then(|r| r.content_type.as_deref())).text;
    let naked = scan::dates_without_zone(&text);
    if naked > 0 {
        let reading = match source.zone() {
            Some(zone) => format!("they are read as {zone}"),
            None => "they are read as UTC; set the source's time_zone".to_owned(),
        };
        let what = format!(
            "{naked} of its dates say no time zone ({reading}); the publisher should write it, as in +0100"
        );
        found.add(Weight::Poor, "no_zone", what);
    }
    if let Some(length) = scan::one_length_for_all(&text) {
        let what =
            format!("every enclosure says length=\"{length}\", which cannot be; write the real length, or 0");
        found.add(Weight::Note, "false_length", what);
    }
    for repair in document.repairs.repairs() {
        let times = if repair.count > 1 { format!(" ({} times)", repair.count) } else { String::new() };
        let what = format!("mended{times}: {}", words::repair_words(&repair.kind));
        found.add(Weight::Poor, &repair.kind, what);
    }
    if let Some(response) = response {
        http(source, bytes, response, &mut found);
    }
    found.0.sort_by_key(|p| p.weight);
    found.0
}

fn content(source: &SourceConfig, document: &Document, now: Timestamp, found: &mut Problems) {
    let entries = &document.entries;
    if entries.is_empty() && document.children.is_empty() {
        found.add(
            Weight::Bad,
            "empty",
            "it can be read but holds no item; ask its publisher, or watch it".to_owned(),
        );
    }
    if document.partial {
        let what = "the document ends early: its last items are missing; look for a time limit or a cache that cuts it";
        found.add(Weight::Bad, "partial", what.to_owned());
    }
    if !document.broken.is_empty() {
        let first = document.broken.first().map(|b| b.why.clone()).unwrap_or_default();
        let what = format!("{} items cannot be read ({first}); their neighbours can", document.broken.len());
        found.add(Weight::Bad, "broken_items", what);
    }
    let count =
        |test: fn(&wiredesk_contract::raw::FeedEntry) -> bool| entries.iter().filter(|e| test(e)).count();
    let undated = count(|e| e.published.is_none() && e.updated.is_none());
    if undated > 0 {
        let what = format!(
            "{} carry no date; they count as of the moment at which they arrive",
            of_all(undated, entries.len())
        );
        found.add(Weight::Poor, "no_date", what);
    }
    let latest = now + chrono::Duration::seconds(CLOCK_SECONDS);
    let future = entries.iter().filter(|e| e.published.or(e.updated).is_some_and(|d| d > latest)).count();
    if future > 0 {
        let what = format!(
            "{} are dated in the future; the publisher's clock or time zone is wrong",
            of_all(future, entries.len())
        );
        found.add(Weight::Bad, "future", what);
    }
    let nameless = count(|e| e.guid.is_none());
    if nameless > 0 {
        let what = format!(
            "{} have no guid or id: they are told apart by their link, and a changed link makes a new item; write a guid that stays",
            of_all(nameless, entries.len())
        );
        found.add(Weight::Poor, "no_guid", what);
    }
    let mut guids: BTreeMap<&str, usize> = BTreeMap::new();
    for guid in entries.iter().filter_map(|e| e.guid.as_deref()) {
        *guids.entry(guid).or_default() += 1;
    }
    if let Some((guid, n)) = guids.iter().find(|(_, n)| **n > 1) {
        let what =
            format!("{n} items share the guid {guid:?}: only the first counts; give each item its own");
        found.add(Weight::Bad, "same_guid", what);
    }
    let untitled = count(|e| e.title.trim().is_empty());
    if untitled > 0 {
        found.add(Weight::Poor, "no_title", format!("{} have no title", of_all(untitled, entries.len())));
    }
    let linkless = count(|e| e.link.is_none());
    if linkless > 0 {
        let pages = if source.pages { "; their pages cannot be fetched" } else { "" };
        found.add(
            Weight::Poor,
            "no_link",
            format!("{} have no link{pages}", of_all(linkless, entries.len())),
        );
    }
    if let (Some(said), Some(configured)) = (&document.meta.language, &source.language) {
        let main = |t: &str| t.split(['-', '_']).next().unwrap_or_default().to_lowercase();
        if main(said) != main(configured) {
            let what = format!(
                "it says that its language is {said}, but {configured} is configured; one of them is wrong"
            );
            found.add(Weight::Poor, "language", what);
        }
    }
}

fn pace(document: &Document, rhythm: &Rhythm, now: Timestamp, found: &mut Problems) {
    if let Some(busiest) = rhythm.busiest_window_seconds
        && busiest < SMALL_WINDOW_SECONDS
    {
        let what = format!(
            "its {} items are soon pushed out: at its busiest all of them within {}; a poll less often than that loses items, so the publisher should list more",
            document.entries.len(),
            span_words(busiest)
        );
        found.add(Weight::Poor, "small_window", what);
    }
    if let (Some(gap), Some(newest)) = (rhythm.gap_seconds, rhythm.newest) {
        let age = (now - newest).num_seconds() as f64;
        if age > (5.0 * gap).max(MIN_SILENCE_SECONDS) {
            let what = format!(
                "silent: the newest item is {} old, though one usually comes every {}; it may have been given up, look for its successor",
                span_words(age),
                span_words(gap)
            );
            found.add(Weight::Bad, "silent", what);
        }
    }
}

fn http(source: &SourceConfig, bytes: &[u8], response: &Response, found: &mut Problems) {
    if let Some(to) = response.moved_to.as_ref().filter(|to| **to != source.url) {
        found.add(Weight::Poor, "moved", format!("it has moved for good to {to}; use that address"));
    }
    if response.etag.is_none() && response.last_modified.is_none() {
        let what = format!(
            "the server sends neither ETag nor Last-Modified: every poll costs {} kB; it should send one",
            bytes.len().div_ceil(1024)
        );
        found.add(Weight::Note, "no_validators", what);
    }
    let html = response.content_type.as_deref().is_some_and(|t| t.to_lowercase().starts_with("text/html"));
    if html {
        let what = "the server says that it is a web page (text/html); it should say application/rss+xml or the like";
        found.add(Weight::Note, "content_type", what.to_owned());
    }
}

/// `all 10 items`, `3 of 10 items`.
fn of_all(n: usize, all: usize) -> String {
    if n == all { format!("all {all} items") } else { format!("{n} of {all} items") }
}
