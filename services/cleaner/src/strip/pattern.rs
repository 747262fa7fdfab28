//! Constant patterns, compiled once.

use regex::Regex;

/// Compiles a constant pattern. A wrong one fails the first test that touches it.
#[expect(clippy::expect_used, reason = "every caller passes a constant, and the tests compile each")]
pub(crate) fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a constant pattern")
}
