//! Sections of a document that hold no markup.

/// The end of a CDATA section or comment that starts here.
pub fn opaque_end(rest: &str) -> Option<usize> {
    for (open, close) in [("<![CDATA[", "]]>"), ("<!--", "-->")] {
        if rest.starts_with(open) {
            return Some(rest.find(close).map_or(rest.len(), |n| n + close.len()));
        }
    }
    None
}
