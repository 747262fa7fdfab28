//! What the index keeps of a copy.

use serde::{Deserialize, Serialize};
use wiredesk_contract::status::PubStatus;
use wiredesk_contract::{Change, CopyItem, ItemId, Relation, Timestamp, Verdict};

use super::digits::Digits;
use super::kept;
use super::sketch::Sketch;

/// The newest version of an item, as the index keeps it: hashes and ids, no text.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The item.
    pub(super) item: Digits,
    /// The version.
    pub(super) hash: Digits,
    /// The fetcher's count of the entry's states.
    pub(super) revision: u32,
    /// What the window goes by.
    pub(super) event_time: Timestamp,
    /// Where it comes from.
    pub(super) origin: Origin,
    /// What was said of it.
    pub(super) said: Said,
    /// Its text.
    pub(super) sketch: Sketch,
}

/// Where a copy comes from, and whether it may be used.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Origin {
    pub(super) status: PubStatus,
    /// End of the embargo, in whole seconds.
    pub(super) embargoed_until: Option<Timestamp>,
    /// The agency whose own wire it came by.
    pub(super) agency: Option<Box<str>>,
    /// The agency that an outlet credits for it.
    pub(super) credited: Option<Box<str>>,
    /// Hash of the wire's id: enough to tell that two came by the same.
    pub(super) source: u64,
}

/// A verdict without its evidence.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Said {
    pub(super) change: Change,
    pub(super) relation: Option<Relation>,
    pub(super) similarity: f32,
    pub(super) duplicate_of: Option<Digits>,
    pub(super) links: Option<Box<Links>>,
}

/// Links that few verdicts have.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Links {
    pub(super) syndicated_from: Option<Digits>,
    pub(super) repeats: Option<Digits>,
}

impl Links {
    pub(super) fn of(syndicated_from: Option<Digits>, repeats: Option<Digits>) -> Option<Box<Self>> {
        (syndicated_from.is_some() || repeats.is_some()).then(|| Box::new(Self { syndicated_from, repeats }))
    }
}

/// The text of a version, kept for evidence and for the difference to the version after it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StoredText {
    /// Headline.
    pub title: String,
    /// Body, or the teaser where there is no body.
    pub text: String,
}

impl StoredText {
    /// The text of a copy; of a killed one, nothing. Without NUL, which Postgres does not store.
    pub fn of(copy: &CopyItem) -> Self {
        if copy.pub_status == PubStatus::Canceled {
            return Self::default();
        }
        Self { title: copy.headline.replace('\0', " "), text: body(copy).replace('\0', " ") }
    }
}

/// The text that repeats are looked for in.
fn body(copy: &CopyItem) -> &str {
    if copy.text.trim().is_empty() { copy.lead.as_deref().unwrap_or_default() } else { &copy.text }
}

/// The agency that an outlet credits, in the byline or the dateline; none on the agency's own wire.
fn credited(copy: &CopyItem) -> Option<&str> {
    if copy.source.agency.is_some() {
        return None;
    }
    let dateline = copy.dateline.as_ref().and_then(|d| d.agency.as_deref());
    copy.agency.as_deref().or(dateline)
}

/// The time that the window goes by: a wire's clock may run ahead, but no copy was published after it arrived.
pub(super) fn event_time(copy: &CopyItem) -> Timestamp {
    copy.event_time().min(copy.fetched_at)
}

impl Entry {
    /// The entry of a copy on which `verdict` was given.
    pub fn of(copy: &CopyItem, verdict: &Verdict) -> Self {
        let killed = copy.pub_status == PubStatus::Canceled;
        let sketch = match killed {
            true => Sketch::of("", "", ""),
            false => Sketch::of(&copy.headline, body(copy), &copy.fingerprint.exact),
        };
        Self {
            item: Digits::new(copy.item_id.as_str()),
            hash: Digits::new(copy.content_hash.as_str()),
            revision: copy.revision,
            event_time: event_time(copy),
            origin: Origin {
                status: copy.pub_status,
                embargoed_until: copy.embargoed_until.map(whole_second),
                agency: copy.source.agency.as_deref().map(Into::into),
                credited: credited(copy).map(Into::into),
                source: Digits::new(copy.source.id.as_str()).spread(),
            },
            said: Said::of(verdict),
            sketch,
        }
    }

    /// The entry of a stored row; `None` where `kept` is not in the form of [`Entry::kept`].
    pub fn restore(
        (item, hash): (&str, &str),
        revision: u32,
        event_time: Timestamp,
        kept: &[u8],
    ) -> Option<Self> {
        let (origin, said, sketch) = kept::read(kept)?;
        Some(Self {
            item: Digits::new(item),
            hash: Digits::new(hash),
            revision,
            event_time,
            origin,
            said,
            sketch,
        })
    }

    /// The entry of a row whose text was blanked: known, and nobody's original.
    pub fn blanked(
        (item, hash): (&str, &str),
        revision: u32,
        event_time: Timestamp,
        verdict: &Verdict,
    ) -> Self {
        Self {
            item: Digits::new(item),
            hash: Digits::new(hash),
            revision,
            event_time,
            origin: Origin { status: PubStatus::Canceled, ..Origin::default() },
            said: Said::of(verdict),
            sketch: Sketch::of("", "", ""),
        }
    }

    /// What has to be stored of it, so that the index can be rebuilt.
    pub fn kept(&self) -> Vec<u8> {
        kept::write(self)
    }

    /// The same entry after another verdict.
    pub fn with(self, verdict: &Verdict) -> Self {
        Self { said: Said::of(verdict), ..self }
    }

    /// The item.
    pub fn item_id(&self) -> ItemId {
        ItemId::new(self.item.to_string())
    }

    /// The verdict on it, without the evidence.
    pub fn verdict(&self) -> Verdict {
        let id = |digits: &Digits| ItemId::new(digits.to_string());
        let links = self.said.links.as_deref();
        Verdict {
            change: self.said.change,
            duplicate_of: self.said.duplicate_of.as_ref().map(id),
            relation: self.said.relation,
            similarity: self.said.similarity,
            cluster: id(self.cluster()),
            syndicated_from: links.and_then(|l| l.syndicated_from.as_ref()).map(id),
            // Said once: later versions need not repeat it.
            carried_by: Vec::new(),
            repeats: links.and_then(|l| l.repeats.as_ref()).map(id),
            evidence: None,
        }
    }

    /// Brings what a candidate is chosen by near: it lies in several lines of memory.
    pub(super) fn touch(&self) -> u64 {
        let item = matches!(self.item, Digits::Hex(_));
        let links = self.said.duplicate_of.is_some();
        let (origin, time) = (self.origin.source, self.event_time.timestamp_subsec_nanos());
        origin ^ u64::from(time) ^ u64::from(self.sketch.shift) ^ u64::from(item) ^ u64::from(links)
    }

    /// The item that this entry is a repeat of, itself where it is the original.
    pub(super) fn cluster(&self) -> &Digits {
        self.said.duplicate_of.as_ref().unwrap_or(&self.item)
    }

    /// Is this an outlet's copy that credits the agency whose own wire `other` came by?
    pub(super) fn credits(&self, other: &Self) -> bool {
        match (&self.origin.credited, &other.origin.agency) {
            (Some(credited), Some(agency)) => credited.eq_ignore_ascii_case(agency),
            _ => false,
        }
    }

    /// Is it the same version with the same verdict?
    pub(super) fn same_as(&self, other: &Self) -> bool {
        self.hash == other.hash && self.said == other.said
    }

    /// May others' copies be measured against it at this time? A withheld or killed copy is nobody's original: marking the
    /// only usable copy as its repeat would take the news away from readers.
    pub(super) fn usable_at(&self, now: Timestamp) -> bool {
        match self.origin.status {
            PubStatus::Usable => true,
            PubStatus::Withheld => self.origin.embargoed_until.is_some_and(|end| end <= now),
            PubStatus::Canceled => false,
        }
    }
}

impl Said {
    fn of(verdict: &Verdict) -> Self {
        let digits = |id: &Option<ItemId>| id.as_ref().map(|id| Digits::new(id.as_str()));
        Self {
            change: verdict.change,
            relation: verdict.relation,
            similarity: verdict.similarity,
            duplicate_of: digits(&verdict.duplicate_of),
            links: Links::of(digits(&verdict.syndicated_from), digits(&verdict.repeats)),
        }
    }
}

/// Rounded up: an embargo that ends within a second has not ended at its beginning.
pub(super) fn whole_second(time: Timestamp) -> Timestamp {
    let whole = time.timestamp() + i64::from(time.timestamp_subsec_nanos() > 0);
    Timestamp::from_timestamp(whole, 0).unwrap_or(time)
}
