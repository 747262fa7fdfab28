//! `item`: what consumers read. Names and meanings follow IPTC ninjs 3.x where it has them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::copy::Dateline;
use crate::enrichment::{
    DateMention, EnrichReport, Entity, EventPlace, Figure, Keyword, Place, Provenance, Quote, Sentiment,
    Summary, Topic,
};
use crate::ids::{ContentHash, ItemId, StoryId};
use crate::media::Media;
use crate::message::{Kind, Message};
use crate::source::SourceRef;
use crate::status::{CopyKind, PubStatus};
use crate::time::Timestamp;
use crate::verdict::{Change, Verdict};

/// A published version of an item. Key: item id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Item {
    /// Version of this message's form.
    pub schema_version: u16,
    /// `urn:wiredesk:item:<item_id>`; ninjs `uri`.
    pub uri: String,
    /// The item.
    pub item_id: ItemId,
    /// 1 for the first; given out by the ledger alone.
    pub version: u32,
    /// When this version was written to the ledger.
    #[serde(rename = "versionCreated")]
    pub version_created: Timestamp,
    /// When the first version was written to the ledger.
    #[serde(rename = "firstCreated")]
    pub first_created: Timestamp,
    /// When the wire says that it was published.
    #[serde(rename = "contentCreated", default, skip_serializing_if = "Option::is_none")]
    pub content_created: Option<Timestamp>,
    /// May it be used?
    #[serde(rename = "pubStatus")]
    pub pub_status: PubStatus,
    /// End of the embargo of a withheld item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub embargoed_until: Option<Timestamp>,
    /// 1 (flash) to 9.
    pub urgency: u8,
    /// Sort of copy.
    pub kind: CopyKind,
    /// BCP 47.
    pub language: String,
    /// 0 to 1.
    #[serde(deserialize_with = "crate::number::finite")]
    pub language_confidence: f32,
    /// Headline (`main`).
    pub headlines: Vec<RoleText>,
    /// Lead and deck (`lead`, `deck`).
    #[serde(default)]
    pub descriptions: Vec<RoleText>,
    /// Body as plain text and small HTML; only where the source's rights are `full_text`.
    #[serde(default)]
    pub bodies: Vec<Body>,
    /// Byline; ninjs `by`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Slug.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slugline: Option<String>,
    /// Media Topics.
    #[serde(default)]
    pub subjects: Vec<Topic>,
    /// Place of the dateline by name; ninjs `located`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub located: Option<String>,
    /// Wire and agency.
    #[serde(rename = "infoSources", default)]
    pub info_sources: Vec<InfoSource>,
    /// guid, link and canonical link.
    #[serde(rename = "altIds", default)]
    pub alt_ids: Vec<AltId>,
    /// Note to editors.
    #[serde(rename = "edNote", default, skip_serializing_if = "Option::is_none")]
    pub ed_note: Option<String>,
    /// Copyright holder.
    #[serde(rename = "copyrightHolder", default, skip_serializing_if = "Option::is_none")]
    pub copyright_holder: Option<String>,
    /// Copyright line as printed.
    #[serde(rename = "copyrightNotice", default, skip_serializing_if = "Option::is_none")]
    pub copyright_notice: Option<String>,
    /// Terms of use.
    #[serde(rename = "usageTerms", default, skip_serializing_if = "Option::is_none")]
    pub usage_terms: Option<String>,
    /// Link to show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Pictures.
    #[serde(default)]
    pub media: Vec<Media>,
    /// The wire as configured.
    pub source: SourceRef,
    /// Dateline, parsed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dateline: Option<Dateline>,
    /// The dateline's place, resolved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dateline_place: Option<Place>,
    /// Wire marks as printed.
    #[serde(default)]
    pub markers: Vec<String>,
    /// More is announced.
    #[serde(default)]
    pub developing: bool,
    /// What this version is to the one before.
    pub change: Change,
    /// The item that this one repeats, its relation and the evidence, in one object and, for queries, at the top level.
    #[serde(flatten)]
    pub verdict: ItemVerdict,
    /// Mentions, with offsets into the plain text body.
    #[serde(default)]
    pub entities: Vec<Entity>,
    /// Places that the text is about.
    #[serde(default)]
    pub places: Vec<Place>,
    /// Where the story happens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_place: Option<EventPlace>,
    /// Quotations.
    #[serde(default)]
    pub quotes: Vec<Quote>,
    /// Keywords.
    #[serde(default)]
    pub keywords: Vec<Keyword>,
    /// Money, percentages, measures and counts of the text.
    #[serde(default)]
    pub figures: Vec<Figure>,
    /// Dates of the text.
    #[serde(default)]
    pub dates: Vec<DateMention>,
    /// Feed's own summary, deck or lead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<Summary>,
    /// How long a person reads the text, in seconds.
    #[serde(default)]
    pub reading_seconds: u32,
    /// Tone, where an engine is plugged in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sentiment: Option<Sentiment>,
    /// The story, once the stories stage has placed the item; only in API answers, never in the topic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub story: Option<StoryId>,
    /// Categories as the wire gave them.
    #[serde(default)]
    pub categories: Vec<String>,
    /// Hash of the cleaned fields.
    pub content_hash: ContentHash,
    /// When the bytes of this version arrived.
    pub fetched_at: Timestamp,
    /// Which enrichments failed.
    #[serde(default)]
    pub enrich: EnrichReport,
    /// Who made each enrichment.
    #[serde(default)]
    pub provenance: Vec<Provenance>,
}

/// The verdict as an item carries it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ItemVerdict {
    /// The item that this one repeats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duplicate_of: Option<ItemId>,
    /// What it is to that item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relation: Option<crate::verdict::Relation>,
    /// 0 to 1.
    #[serde(deserialize_with = "crate::number::finite")]
    pub similarity: f32,
    /// The id of the original.
    pub cluster: ItemId,
    /// The agency's dispatch that an outlet's copy carries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub syndicated_from: Option<ItemId>,
    /// The outlets' copies of this dispatch that came before it; `syndicated_from` is set on them afterwards.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub carried_by: Vec<ItemId>,
    /// An equal text from before the window.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeats: Option<ItemId>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<crate::verdict::Evidence>,
}

impl From<Verdict> for ItemVerdict {
    fn from(v: Verdict) -> Self {
        Self {
            duplicate_of: v.duplicate_of,
            relation: v.relation,
            similarity: v.similarity,
            cluster: v.cluster,
            syndicated_from: v.syndicated_from,
            carried_by: v.carried_by,
            repeats: v.repeats,
            evidence: v.evidence,
        }
    }
}

/// Text with a role; ninjs `headlines` and `descriptions`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RoleText {
    /// `main`, `lead`, `deck`.
    pub role: String,
    /// The text.
    pub value: String,
}

/// A body; ninjs `bodies`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Body {
    /// `main`.
    pub role: String,
    /// `text/plain` or `text/html`.
    #[serde(rename = "contentType")]
    pub content_type: String,
    /// Characters of the plain text.
    #[serde(rename = "charCount")]
    pub char_count: u32,
    /// Words of the plain text.
    #[serde(rename = "wordCount")]
    pub word_count: u32,
    /// The text.
    pub value: String,
}

/// A source of information; ninjs `infoSources`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct InfoSource {
    /// Name.
    pub name: String,
    /// `wire` (where it was read) or `agency` (who wrote it).
    pub role: String,
}

/// Another id of the item; ninjs `altIds`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AltId {
    /// `guid`, `link`, `canonical`.
    pub role: String,
    /// The id.
    pub value: String,
}

impl Item {
    /// The `uri` of an item.
    pub fn uri_of(item: &ItemId) -> String {
        format!("urn:wiredesk:item:{item}")
    }

    /// The item without anything that was taken from its text. Topics, the dateline's place and who made what say nothing of it
    /// that a withheld item may not say.
    #[must_use]
    pub fn without_findings(self) -> Self {
        Self {
            entities: Vec::new(),
            places: Vec::new(),
            event_place: None,
            quotes: Vec::new(),
            keywords: Vec::new(),
            figures: Vec::new(),
            dates: Vec::new(),
            summary: None,
            reading_seconds: 0,
            sentiment: None,
            ..self
        }
    }

    /// The main headline, empty where there is none.
    pub fn headline(&self) -> &str {
        self.headlines.first().map(|h| h.value.as_str()).unwrap_or_default()
    }

    /// The id of the record that publishes `version` of `item`: what the relay reads back.
    pub fn event_id(item: &ItemId, version: u32) -> String {
        format!("{item}/{version}")
    }

    /// The CloudEvents type of this version: `news.item.published`, `.updated`, `.corrected` or `.withdrawn`.
    pub fn event_type(&self) -> &'static str {
        match (self.pub_status, self.change) {
            (PubStatus::Canceled, _) => "news.item.withdrawn",
            (_, Change::New) => "news.item.published",
            (_, Change::Corrected) => "news.item.corrected",
            _ => "news.item.updated",
        }
    }
}

impl Message for Item {
    const KIND: Kind = Kind::Item;
    const VERSION: u16 = 1;
    fn key(&self) -> &str {
        self.item_id.as_str()
    }
    fn id(&self) -> String {
        Self::event_id(&self.item_id, self.version)
    }
    fn subject(&self) -> &str {
        self.item_id.as_str()
    }
    fn source(&self) -> String {
        format!("/wiredesk/sources/{}", self.source.id)
    }
    fn event_type(&self) -> String {
        Item::event_type(self).to_owned()
    }
}
