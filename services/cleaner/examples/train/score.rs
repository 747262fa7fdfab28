//! How right a text is: runs of four words that it shares with the labelled one.

use std::collections::HashMap;

use crate::label::words;

/// Precision, recall and their harmonic mean.
#[derive(Clone, Copy, Debug, Default)]
pub struct Score {
    pub precision: f64,
    pub recall: f64,
    pub f1: f64,
}

fn runs(text: &str) -> HashMap<Vec<u64>, i64> {
    let words = words(text);
    let mut runs = HashMap::new();
    if words.is_empty() {
        return runs;
    }
    for run in words.windows(4.min(words.len())) {
        *runs.entry(run.to_vec()).or_default() += 1;
    }
    runs
}

/// Of one page.
pub fn of(got: &str, wanted: &str) -> Score {
    let (got, wanted) = (runs(got), runs(wanted));
    let hits: i64 = got.iter().map(|(run, n)| *n.min(wanted.get(run).unwrap_or(&0))).sum();
    let part = |all: i64| if all > 0 { hits as f64 / all as f64 } else { 0.0 };
    let (precision, recall) = (part(got.values().sum()), part(wanted.values().sum()));
    Score { precision, recall, f1: harmonic(precision, recall) }
}

/// Harmonic mean.
pub fn harmonic(a: f64, b: f64) -> f64 {
    if a + b > 0.0 { 2.0 * a * b / (a + b) } else { 0.0 }
}
