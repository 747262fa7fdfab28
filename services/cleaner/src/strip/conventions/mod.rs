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
    let capitals = !text.chars().any(char::is_lowercase);
    let marks = || marks::of_line(text, capitals, &mut marks::Marks::default());
    short
        && (dateline::is_line(text)
            || marks()
            || signature::of(text) == Some(signature::Line::Correction)
            || embargo::is_embargo(text))
}

/// The dateline at the start of a text that was published on the day `near`, and the byte at which the text after it begins.
pub fn dateline_of(
    text: &str,
    near: Option<chrono::NaiveDate>,
) -> Option<(wiredesk_contract::copy::Dateline, usize)> {
    dateline::find(text, near, &agencies::Agencies::default()).map(|found| (found.dateline, found.rest))
}

/// Does the line open with a dateline that names a known agency?
pub(crate) fn has_dateline(text: &str) -> bool {
    // The patterns cost more than a look at the first bytes.
    let head = text.as_bytes().get(..120.min(text.len())).unwrap_or_default();
    let capitals = head.iter().take(2).all(u8::is_ascii_uppercase)
        || head.starts_with(b"dpa")
        || head.starts_with(b"Efe");
    (head.contains(&b'(') || capitals) && dateline::opens(text)
}

/// Is this a copyright line?
pub(crate) fn copyright(text: &str) -> bool {
    // Few lines may be one, and to be sure of another sort costs more.
    signature::may_be_copyright(text)
        && matches!(signature::of(text), Some(signature::Line::Copyright { .. }))
}
