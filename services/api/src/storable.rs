//! What a request may ask the store for. Postgres refuses some texts and instants that a query string can hold, and its refusal
//! would read as a failure of ours.

use wiredesk_contract::Timestamp;

/// The first instant that Postgres holds, 4713 BC, in seconds; the last is beyond the last of ours.
const FIRST: i64 = -210_866_803_200;

/// Has the text no U+0000, which Postgres has in no text?
pub fn text(text: &str) -> bool {
    !text.contains('\0')
}

/// Is the instant one that Postgres holds?
pub fn instant(at: Timestamp) -> bool {
    at.timestamp() >= FIRST
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    #[test]
    fn what_postgres_holds() {
        assert!(text("pleno, ciudad") && !text("a\0b"));
        for (seconds, holds) in [(0, true), (FIRST, true), (FIRST - 1, false), (-8_000_000_000_000, false)] {
            assert_eq!(instant(DateTime::from_timestamp(seconds, 0).unwrap()), holds, "{seconds}");
        }
    }
}
