//! Items in the forms that other programs read: what follows is told in a `Link` header (RFC 8288) where the form has no place for
//! it.

mod feed;
mod jsonld;
mod table;

use axum::body::Bytes;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use chrono::SecondsFormat;
use wiredesk_contract::{Item, Timestamp};

use crate::answers::ItemList;
use crate::error::ApiError;

pub use jsonld::news_article;

/// The forms of a list, as `format` names them.
pub const LISTS: [&str; 5] = ["json", "ndjson", "csv", "jsonfeed", "atom"];

/// A form that a list is asked for in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListFormat {
    /// One document: items and what follows.
    Json,
    /// An item a line (JSON Lines).
    Ndjson,
    /// RFC 4180, a line an item.
    Csv,
    /// JSON Feed 1.1.
    JsonFeed,
    /// Atom (RFC 4287).
    Atom,
}

impl ListFormat {
    /// Of the parameter; JSON where there is none.
    ///
    /// # Errors
    /// [`ApiError::BadRequest`] for a name that no form has.
    pub fn read(name: Option<&str>) -> Result<Self, ApiError> {
        Ok(match name.unwrap_or_default() {
            "" | "json" => Self::Json,
            "ndjson" => Self::Ndjson,
            "csv" => Self::Csv,
            "jsonfeed" => Self::JsonFeed,
            "atom" => Self::Atom,
            other => {
                return Err(ApiError::BadRequest(format!("format={other}: say {}", LISTS.join(", "))));
            }
        })
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Ndjson => "application/x-ndjson",
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::JsonFeed => "application/feed+json",
            Self::Atom => "application/atom+xml",
        }
    }

    /// The list in this form. `own` is the path and query that it was asked for by, `next` those of what follows.
    pub fn answer(self, list: &ItemList, own: &str, next: Option<&str>) -> Response {
        let body = match self {
            Self::Json => serde_json::to_string(list).unwrap_or_default(),
            Self::Ndjson => lines(&list.items),
            Self::Csv => table::csv(&list.items),
            Self::JsonFeed => feed::json(&list.items, own, next),
            Self::Atom => feed::atom(&list.items, own, next),
        };
        let mut response = Bytes::from(body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.media_type()));
        if let Some(link) =
            next.and_then(|next| HeaderValue::from_str(&format!("<{next}>; rel=\"next\"")).ok())
        {
            headers.insert(header::LINK, link);
        }
        response
    }
}

fn lines(items: &[Item]) -> String {
    let mut lines = String::new();
    for item in items {
        lines.push_str(&serde_json::to_string(item).unwrap_or_default());
        lines.push('\n');
    }
    lines
}

fn rfc3339(at: Timestamp) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// Where people read it; only addresses of the web: a feed may carry `javascript:` or `data:` ones.
pub(crate) fn page(item: &Item) -> Option<&str> {
    item.url.as_deref().filter(|url| url.starts_with("https://") || url.starts_with("http://"))
}

/// The first paragraph of the item.
pub(crate) fn lead(item: &Item) -> Option<&str> {
    item.descriptions.iter().find(|d| d.role == "lead").map(|d| d.value.as_str())
}

/// A body of the item, by its media type.
pub(crate) fn body<'a>(item: &'a Item, content_type: &str) -> Option<&'a str> {
    item.bodies.iter().find(|body| body.content_type == content_type).map(|body| body.value.as_str())
}
