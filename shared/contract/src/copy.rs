//! `copy`: the news of an entry with everything else stripped.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::{ContentHash, ItemId};
use crate::media::Media;
use crate::message::{Kind, Message};
use crate::raw::Repair;
use crate::source::SourceRef;
use crate::status::{CopyKind, PubStatus, WireSignal};
use crate::time::Timestamp;

/// Clean copy, before anybody asked whether it is a repeat. Key: language.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CopyItem {
    /// Version of this message's form.
    pub schema_version: u16,
    /// The item.
    pub item_id: ItemId,
    /// The fetcher's count of this entry's states; see [`crate::RawItem::revision`].
    pub revision: u32,
    /// Hash of the cleaned fields: [`CopyItem::hash`]. Never of fetch times or of enrichment.
    pub content_hash: ContentHash,
    /// The wire.
    pub source: SourceRef,
    /// Link to show, as given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// `rel=canonical` of the page or the cleaned link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub canonical_url: Option<String>,
    /// guid as given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guid: Option<String>,
    /// Headline, without marks.
    pub headline: String,
    /// Standfirst between headline and body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deck: Option<String>,
    /// The deck is the feed's own summary, not one that stands on the page.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deck_of_feed: bool,
    /// The first paragraph, or the feed's teaser where there is no body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead: Option<String>,
    /// Body as plain text, one block (paragraph, subhead, list entry) a line.
    pub text: String,
    /// Body as a small safe HTML: `p`, `h2`, `ul`, `li`, `blockquote` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub html: Option<String>,
    /// Dateline, taken out of the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dateline: Option<Dateline>,
    /// The agency that wrote it, by name (`Europa Press`), from dateline, signature or source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agency: Option<String>,
    /// Byline as printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub byline: Option<String>,
    /// People who wrote it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authors: Vec<String>,
    /// Slug or series, such as `TOPIC. (CRÓNICA RESUMEN)`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slugline: Option<String>,
    /// Sort of copy.
    #[serde(default)]
    pub kind: CopyKind,
    /// Wire marks as printed: `URGENTE`, `(HABRÁ AMPLIACIÓN)`, `(Foto)`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub markers: Vec<String>,
    /// What a mark says about this version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal: Option<WireSignal>,
    /// More is announced.
    #[serde(default)]
    pub developing: bool,
    /// 1 (flash) to 9; ninjs `urgency`.
    pub urgency: u8,
    /// May it be used?
    #[serde(default)]
    pub pub_status: PubStatus,
    /// End of the embargo.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub embargoed_until: Option<Timestamp>,
    /// Note to editors, such as the text of a correction notice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ed_note: Option<String>,
    /// BCP 47 language of the text, `und` where it could not be told.
    pub language: String,
    /// 0 to 1.
    #[serde(deserialize_with = "crate::number::finite")]
    pub language_confidence: f32,
    /// When the wire says that it was published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<Timestamp>,
    /// When the wire says that it was last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated: Option<Timestamp>,
    /// When the bytes arrived.
    pub fetched_at: Timestamp,
    /// Section and categories as given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    /// Pictures.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub media: Vec<Media>,
    /// Copyright line as printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copyright_notice: Option<String>,
    /// Terms of use as printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage_terms: Option<String>,
    /// What was taken out, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removed: Vec<Removed>,
    /// Version of the source's memory of repeated lines that it was stripped with; absent before the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_version: Option<u32>,
    /// For the search of repeats.
    pub fingerprint: Fingerprint,
    /// What was mended to read it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub repairs: Vec<Repair>,
    /// The feed's document ended early.
    #[serde(default)]
    pub partial: bool,
}

/// `MADRID, 15 Feb. (EUROPA PRESS) -`, parsed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Dateline {
    /// As printed.
    pub raw: String,
    /// Place as printed, `MADRID`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// State, region or country as printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The date, its year resolved from the publication time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<NaiveDate>,
    /// Agency by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agency: Option<String>,
}

/// A passage that was taken out of the copy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Removed {
    /// The passage; long ones are cut to 200 characters.
    pub text: String,
    /// A short stable name: `dateline`, `repeated_title`, `share_row`, `cookie_notice`, `repeated_on_source` …
    pub reason: String,
}

/// What the search for repeats needs, computed once by the strip stage.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Fingerprint {
    /// 128-bit hash of the normalised text, 32 hexadecimal digits; empty for an empty text.
    pub exact: String,
    /// MinHash signature: 128 little-endian u32, base64 without padding; empty for an empty text.
    pub minhash: String,
}

impl CopyItem {
    /// Hash of the cleaned fields that make a version: what a reader would see as changed.
    pub fn hash(&self) -> ContentHash {
        let embargo = self.embargoed_until.map(|t| t.to_rfc3339()).unwrap_or_default();
        ContentHash::of(&[
            &self.headline,
            self.deck.as_deref().unwrap_or_default(),
            &self.text,
            if self.text.is_empty() { self.lead.as_deref().unwrap_or_default() } else { "" },
            self.pub_status.as_str(),
            &embargo,
            self.ed_note.as_deref().unwrap_or_default(),
        ])
    }

    /// The time that the window of the search for repeats goes by: published, else when the bytes arrived.
    pub fn event_time(&self) -> Timestamp {
        self.published.unwrap_or(self.fetched_at)
    }
}

impl Message for CopyItem {
    const KIND: Kind = Kind::Copy;
    const VERSION: u16 = 1;
    fn key(&self) -> &str {
        &self.language
    }
    fn id(&self) -> String {
        format!("{}/{}/{}", self.item_id, self.revision, self.content_hash)
    }
    fn subject(&self) -> &str {
        self.item_id.as_str()
    }
    fn source(&self) -> String {
        format!("/wiredesk/sources/{}", self.source.id)
    }
}
