//! Wire conventions: what an agency prints around its text, taken out and named.

pub mod agencies;
pub(crate) mod apply;
pub(crate) mod dateline;
pub(crate) mod embargo;
pub(crate) mod kind;
pub(crate) mod marks;
pub(crate) mod months;
pub(crate) mod signature;

pub(crate) use apply::{Context, Draft, apply};

/// Is this line nothing but a dateline, a byline above one, or wire marks?
pub(crate) fn own_line(text: &str) -> bool {
    let short = text.chars().count() <= 120;
    let marks = || marks::of_end(text, &mut marks::Marks::default()).is_empty();
    short
        && (dateline::is_line(text)
            || marks()
            || signature::of(text) == Some(signature::Line::Correction)
            || embargo::is_embargo(text))
}

/// Does the line open with a dateline that names a known agency?
pub(crate) fn has_dateline(text: &str) -> bool {
    // No dateline lacks its brackets but those of ACN.
    (text.contains('(') || text.starts_with("ACN")) && dateline::opens(text)
}

/// Is this a copyright line?
pub(crate) fn copyright(text: &str) -> bool {
    matches!(signature::of(text), Some(signature::Line::Copyright { .. }))
}
