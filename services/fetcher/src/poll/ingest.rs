//! One way in for documents: a poll's, a hub's, an agency's post, a file. They are read, compared with what was sent, and
//! published; what is to be remembered is saved only after the bus has acknowledged.

use bytes::Bytes;
use wiredesk_contract::{SourceId, Timestamp};
use wiredesk_runtime::Answered;
use wiredesk_runtime::StageError;
use wiredesk_store::source::{self as table, Found};

use super::{Poller, Wire};
use crate::changes;
use crate::identity;
use crate::push::websub::GRACE;
use crate::read::{self, Child, FeedMeta, Hints};
use crate::refuse::Refusal;

/// How a document came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// We asked.
    Poll,
    /// A hub sent it.
    WebSub,
    /// An agency posted it.
    Webhook,
    /// It lay in a folder.
    Folder,
}

impl Via {
    /// A short stable name, used as a metric label.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Poll => "poll",
            Self::WebSub => "websub",
            Self::Webhook => "webhook",
            Self::Folder => "folder",
        }
    }
}

/// What a document that was pushed came to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ingested {
    /// Entries that were never sent before.
    pub new: usize,
    /// Entries that were sent before in another state.
    pub changed: usize,
    /// Entries that are as they were sent.
    pub unchanged: usize,
    /// Entries that could not be read: each is a dead letter.
    pub broken: usize,
    /// The document ended early; its whole entries were taken.
    pub partial: bool,
    /// It could not be read at all and is a dead letter: why, in words.
    pub unreadable: Option<String>,
    /// What it says about itself: hubs, pace.
    pub meta: FeedMeta,
}

/// What a document came to: published, not yet saved.
#[derive(Debug, Default)]
pub(super) struct Taken {
    /// To be saved.
    pub found: Found,
    /// What it says about itself.
    pub meta: FeedMeta,
    /// Entries that are new, that changed, and that could not be read.
    pub new: usize,
    pub changed: usize,
    pub broken: usize,
    /// Entries in the document, and the oldest date among them.
    pub window: usize,
    pub oldest: Option<Timestamp>,
    /// Newest date of a new entry that a hub should have sent by now.
    pub late: Option<Timestamp>,
    /// Other documents that it lists.
    pub children: Vec<Child>,
    /// It could not be read: why, in words.
    pub unreadable: Option<String>,
}

impl Poller {
    /// Takes a document that was pushed: reads it, publishes what is new or changed, and saves what was sent, in this
    /// order, so that a crash in between sends the same revisions again. A document that cannot be read becomes a dead
    /// letter and is no error. No lease is needed: the same entry sent twice has the same id and revision.
    ///
    /// # Errors
    /// [`StageError`] of the bus or Postgres: nothing was saved, give the document again.
    pub async fn ingest(
        &self,
        wire: &Wire,
        bytes: Bytes,
        content_type: Option<&str>,
        via: Via,
    ) -> Result<Ingested, StageError> {
        let at = (self.clock)();
        let url = Some(wire.config.url.clone()).filter(|u| !u.is_empty());
        let hints = Hints { content_type: content_type.map(str::to_owned), url, zone: wire.config.zone() };
        let taken = self.take(wire, bytes, hints, at, via).await?;
        let id = SourceId::new(&wire.config.id);
        table::save_pushed(&self.db, &id, at, taken.new > 0, &taken.found).answered_late().await?;
        Ok(Ingested {
            new: taken.new,
            changed: taken.changed,
            unchanged: taken.found.touched.len(),
            broken: taken.broken,
            partial: taken.found.partial.unwrap_or(false),
            unreadable: taken.unreadable,
            meta: taken.meta,
        })
    }

    /// Reads a document and publishes what is new or changed in it. What it answers is to be saved.
    pub(super) async fn take(
        &self,
        wire: &Wire,
        bytes: Bytes,
        hints: Hints,
        at: Timestamp,
        via: Via,
    ) -> Result<Taken, StageError> {
        let source = &wire.config;
        let mut taken = Taken::default();
        let body = bytes.clone();
        // Up to a second of a core for a body at the cap: not on the threads that serve the network.
        let reading = tokio::task::spawn_blocking(move || read::read(&body, &hints)).await;
        let document = match reading {
            Ok(Ok(document)) => document,
            unread => {
                let (reason, error) = match unread {
                    Ok(Err(error)) => (error.reason(), error.to_string()),
                    _ => (
                        "panic",
                        "reading the document failed; please report it with the dead letter".to_owned(),
                    ),
                };
                let refusal = Refusal {
                    bytes: bytes.to_vec(),
                    reason,
                    explanation: format!("a document of {} cannot be read: {error}", source.shown()),
                };
                self.refuse(source, &[refusal], at, &mut taken.found).await?;
                taken.unreadable = Some(error);
                return Ok(taken);
            }
        };
        for repair in document.repairs.repairs() {
            metrics::counter!("wiredesk_fetch_parse_repairs_total", "kind" => repair.kind)
                .increment(repair.count.into());
        }
        let (ids, seen) =
            identity::known(&self.db, &SourceId::new(&source.id), &document.entries).answered().await?;
        let what = changes::changes(source, &document, &ids, &seen, at);
        metrics::counter!("wiredesk_fetch_entries_total", "source" => source.id.clone(), "via" => via.as_str())
            .increment(what.raws.len() as u64);
        let broken: Vec<Refusal> = document
            .broken
            .iter()
            .map(|b| Refusal {
                bytes: b.text.clone().into_bytes(),
                reason: "broken_entry",
                explanation: format!(
                    "an entry of {} cannot be read ({}); its neighbours were",
                    source.shown(),
                    b.why
                ),
            })
            .collect();
        taken.new = what.raws.iter().filter(|(raw, _)| raw.revision == 1).count();
        taken.changed = what.raws.len() - taken.new;
        taken.broken = broken.len();
        let new = what.raws.iter().filter(|(raw, _)| raw.revision == 1);
        taken.late = new.filter_map(|(raw, _)| raw.entry.published).filter(|d| *d < at - GRACE).max();
        taken.window = document.entries.len();
        taken.oldest = what.oldest;
        taken.found.newest_item = what.newest;
        taken.found.touched = what.touched;
        taken.found.partial = Some(document.partial);
        taken.found.form = Some(document.meta.form.to_owned()).filter(|f| !f.is_empty());
        taken.found.repairs = serde_json::to_value(document.repairs.repairs()).ok();
        taken.meta = document.meta;
        taken.children = document.children;
        self.publish(wire, what.raws, at, &mut taken.found).await?;
        self.refuse(source, &broken, at, &mut taken.found).await?;
        Ok(taken)
    }
}
