//! Which lines a source repeats: on different dispatches, at different hours, on different days.
//!
//! A running story says the same again: its versions and leads share paragraphs, and so do an agency's resends and the
//! copies of a template (weather, lottery, closing prices). So dispatches whose prose is alike count as one, however
//! many ids they have, and a line that reads as prose must be on the greater part of all that the source sends.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Datelike;
use wiredesk_store::memory::SourceArticle;

use super::lines::is_prose;
use crate::strip::fingerprint::alike;

/// Fewest different dispatches that have the line.
const DISPATCHES: usize = 8;
/// Fewest different hours (UTC) in which they came.
const HOURS: usize = 6;
/// Fewest different days (UTC).
const DAYS: usize = 3;
/// Smallest share of the source's articles since the line was first seen.
const SHARE: f64 = 0.15;
/// The same for a line that reads as prose.
const PROSE_DISPATCHES: usize = 12;
const PROSE_DAYS: usize = 5;
const PROSE_SHARE: f64 = 0.5;
/// From this similarity of their prose on two dispatches are one; chance gives below 0.05.
const ALIKE: f64 = 0.25;
/// A known line that is on none of so many newest articles is over.
const UNSEEN: usize = 200;
/// Most lines of a source that count at a time.
const MOST_LINES: usize = 300;

/// What a lesson came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lesson {
    /// Lines that are repeated and not known yet, and on how many dispatches.
    pub repeated: BTreeMap<i64, u32>,
    /// Known lines that the source has dropped.
    pub over: Vec<i64>,
}

/// Learns from a source's newest articles, oldest first.
pub fn learn(articles: &[SourceArticle], known: &[i64]) -> Lesson {
    let mut carriers: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
    for (at, article) in articles.iter().enumerate() {
        for line in article.lines.iter().collect::<BTreeSet<_>>() {
            carriers.entry(*line).or_default().push(at);
        }
    }
    let mut lesson = Lesson::default();
    for (line, on) in &carriers {
        if known.contains(line) || known.len() + lesson.repeated.len() >= MOST_LINES {
            continue;
        }
        if let Some(dispatches) = repeated(*line, on, articles) {
            lesson.repeated.insert(*line, u32::try_from(dispatches).unwrap_or(u32::MAX));
        }
    }
    if articles.len() >= UNSEEN {
        let newest = articles.len() - UNSEEN;
        let unseen = |line: &&i64| carriers.get(line).is_none_or(|on| on.iter().all(|at| *at < newest));
        lesson.over = known.iter().filter(unseen).copied().collect();
    }
    lesson
}

/// On how many different dispatches the line is, where that makes it one that the source repeats.
fn repeated(line: i64, on: &[usize], articles: &[SourceArticle]) -> Option<usize> {
    let (fewest, days_needed, share) =
        if is_prose(line) { (PROSE_DISPATCHES, PROSE_DAYS, PROSE_SHARE) } else { (DISPATCHES, DAYS, SHARE) };
    let first = *on.first()?;
    let since = (articles.len() - first) as f64;
    if on.len() < fewest || (on.len() as f64) < since * share {
        return None;
    }
    let mut dispatches: Vec<&SourceArticle> = Vec::new();
    for article in on.iter().filter_map(|at| articles.get(*at)) {
        // One without prose is like any other: it proves nothing.
        let other = |known: &&SourceArticle| alike(&known.sketch, &article.sketch) >= ALIKE;
        if !article.sketch.is_empty() && !dispatches.iter().any(other) {
            dispatches.push(article);
        }
    }
    let hours: BTreeSet<i64> = dispatches.iter().map(|d| d.fetched_at.timestamp() / 3600).collect();
    let days: BTreeSet<i32> = dispatches.iter().map(|d| d.fetched_at.num_days_from_ce()).collect();
    let enough = dispatches.len() >= fewest && hours.len() >= HOURS && days.len() >= days_needed;
    (enough && dispatches.len() as f64 >= since * share).then_some(dispatches.len())
}
