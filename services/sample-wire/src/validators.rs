//! Validators: a document's ETag and Last-Modified, and whether the client has it already.

use chrono::{DateTime, Utc};
use wiredesk_contract::{ContentHash, Timestamp};

use crate::feeds::http_date;

/// Both validators of a document.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Validators {
    /// Quoted, strong.
    pub(crate) etag: String,
    pub(crate) last_modified: Timestamp,
}

impl Validators {
    /// Of these bytes, last changed at this time.
    pub(crate) fn of(bytes: &[u8], last_modified: Timestamp) -> Self {
        let hash = ContentHash::of(&[&String::from_utf8_lossy(bytes)]);
        Self { etag: format!("\"{hash}\""), last_modified }
    }

    /// Last-Modified as HTTP writes it.
    pub(crate) fn last_modified(&self) -> String {
        http_date(self.last_modified)
    }

    /// Has the client this very document? If-None-Match decides where it is sent (RFC 9110, section 13.2.2).
    pub(crate) fn fresh(&self, if_none_match: Option<&str>, if_modified_since: Option<&str>) -> bool {
        if let Some(tags) = if_none_match {
            return tags
                .split(',')
                .any(|tag| matches!(tag.trim(), "*") || tag.trim().trim_start_matches("W/") == self.etag);
        }
        if_modified_since
            .and_then(|date| DateTime::parse_from_rfc2822(date.trim()).ok())
            .is_some_and(|date| date.with_timezone(&Utc) >= self.last_modified)
    }
}
