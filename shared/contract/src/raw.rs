//! `raw`: one entry of one wire as it was fetched, before anybody judged it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::ItemId;
use crate::media::Media;
use crate::message::{Kind, Message};
use crate::source::SourceRef;
use crate::status::PubStatus;
use crate::time::Timestamp;

/// One entry of one wire as it was fetched. Key: item id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RawItem {
    /// Version of this message's form; see [`Message::VERSION`].
    pub schema_version: u16,
    /// Derived from the wire and the entry's identity within it.
    pub item_id: ItemId,
    /// How many different states of this entry the fetcher has seen, 1 for the first. It orders versions without a clock.
    pub revision: u32,
    /// The wire.
    pub source: SourceRef,
    /// What the feed said.
    pub entry: FeedEntry,
    /// The article page, where the source is configured to fetch pages and it could be had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<Page>,
    /// When the bytes arrived.
    pub fetched_at: Timestamp,
    /// What was mended to read the feed, by kind.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub repairs: Vec<Repair>,
    /// The document ended early: entries after this one may be missing.
    #[serde(default)]
    pub partial: bool,
}

/// An entry as the feed said it: strings trimmed, HTML not yet cleaned.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FeedEntry {
    /// guid, atom:id or rdf:about, trimmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guid: Option<String>,
    /// Address of the article, absolute, trimmed, as given otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// Title as given; may hold entities or tags.
    #[serde(default)]
    pub title: String,
    /// Teaser as given, often HTML.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary_html: Option<String>,
    /// Full content, where the feed carries it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_html: Option<String>,
    /// When the wire says that it was published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<Timestamp>,
    /// When the wire says that it was last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated: Option<Timestamp>,
    /// Authors as given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authors: Vec<String>,
    /// Categories as given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    /// Language of the entry or feed, as given (BCP 47).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Enclosures and media.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub media: Vec<Media>,
    /// 1 (flash) to 9, where the format carries it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urgency: Option<u8>,
    /// Status, where the format carries it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pub_status: Option<PubStatus>,
    /// End of the embargo, where the format carries it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub embargoed_until: Option<Timestamp>,
    /// Note to editors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ed_note: Option<String>,
    /// Copyright line of the entry or feed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copyright: Option<String>,
}

/// The article page as fetched, decoded to UTF-8.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Page {
    /// Where it was in the end, after redirects.
    pub url: String,
    /// MIME type without parameters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// The document.
    pub html: String,
}

/// Something that was mended so that a document could be read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Repair {
    /// A short stable name, such as `bare_ampersand` or `truncated`.
    pub kind: String,
    /// How often.
    pub count: u32,
}

impl Message for RawItem {
    const KIND: Kind = Kind::Raw;
    const VERSION: u16 = 1;
    fn key(&self) -> &str {
        self.item_id.as_str()
    }
    fn id(&self) -> String {
        format!("{}/{}", self.item_id, self.revision)
    }
    fn subject(&self) -> &str {
        self.item_id.as_str()
    }
    fn source(&self) -> String {
        format!("/wiredesk/sources/{}", self.source.id)
    }
}
