//! feed-rs, kept from panicking outward and from reading dates and ids its own way.

use std::panic::{AssertUnwindSafe, catch_unwind};

use feed_rs::model::Feed;

use super::{Hints, dates};

/// Parses a document.
///
/// # Errors
/// feed-rs's words, or that it panicked: 3.0.0 does so on some authors with multi-byte characters.
pub(super) fn parse(text: &str, hints: &Hints) -> Result<Feed, String> {
    let zone = hints.zone;
    let parser = feed_rs::parser::Builder::new()
        .base_uri(hints.url.as_deref())
        // Ids made up of link and title would hide that there is none.
        .id_generator(|_, _, _| String::new())
        .timestamp_parser(move |date| dates::parse(date, zone))
        .sanitize_content(false)
        .build();
    match catch_unwind(AssertUnwindSafe(|| parser.parse(text.as_bytes()))) {
        Ok(Ok(feed)) => Ok(feed),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("the parser failed on it".to_owned()),
    }
}
