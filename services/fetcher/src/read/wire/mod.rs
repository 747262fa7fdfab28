//! Forms of the wires themselves.

use super::{Document, Hints, Tally, Unreadable};

/// Reads a document in one of these forms; None where it is in none.
pub fn read(_text: &str, _hints: &Hints, _repairs: &mut Tally) -> Option<Result<Document, Unreadable>> {
    None
}
