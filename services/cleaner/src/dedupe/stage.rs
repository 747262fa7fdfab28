//! The shell of dedupe: one index a language, verdicts stored before they are sent.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use wiredesk_contract::message::Message;
use wiredesk_contract::status::PubStatus;
use wiredesk_contract::{CleanItem, CopyItem, ItemId, Outcome, Timestamp};
use wiredesk_runtime::{Deps, Emitter, Output, Stage, StageError, Work};
use wiredesk_store::verdict::{self, MemoKey, VerdictRow};

use super::config::DedupeConfig;
use super::decide::{PreviousVersion, decide};
use super::entry::{Entry, StoredEntry, event_time};
use super::index::{Index, IndexChange};

/// Runs the dedupe stage until `deps.shutdown` is cancelled.
///
/// # Errors
/// [`StageError`] that trying again does not help.
pub async fn run_dedupe(config: DedupeConfig, deps: Deps) -> Result<(), StageError> {
    let stage = DedupeStage::new(config.clone(), &deps).await?;
    wiredesk_runtime::run_stage(stage, &config.run, &deps).await
}

/// The dedupe stage. It owns every language whose partition is its own: an index is loaded from the stored verdicts when
/// a language is first seen after an assignment, and all are dropped when a partition goes away.
pub struct DedupeStage {
    config: DedupeConfig,
    deps: Deps,
    emitter: Emitter,
    indexes: BTreeMap<String, Index>,
    /// Stored verdicts on versions of the batch in hand: they are sent again as they are.
    memo: BTreeMap<MemoKey, VerdictRow>,
    /// Versions before, of items of the batch that no index knows.
    previous: BTreeMap<ItemId, PreviousVersion>,
    forgotten_at: Option<Timestamp>,
}

/// A verdict that the core gave or found.
#[derive(Clone, Debug)]
pub struct Decided {
    /// The clean message.
    pub clean: CleanItem,
    /// What is to be stored; `None` where it was stored before.
    pub row: Option<VerdictRow>,
}

impl DedupeStage {
    /// A stage without any index yet.
    ///
    /// # Errors
    /// [`StageError`] where the bus gives no producer.
    pub async fn new(config: DedupeConfig, deps: &Deps) -> Result<Self, StageError> {
        Ok(Self {
            config,
            deps: deps.clone(),
            emitter: Emitter::new(deps).await?,
            indexes: BTreeMap::new(),
            memo: BTreeMap::new(),
            previous: BTreeMap::new(),
            forgotten_at: None,
        })
    }

    async fn load(&self, language: &str) -> Result<Index, StageError> {
        let rows =
            verdict::window(&self.deps.db, language, self.config.window(), self.config.max_entries).await?;
        let mut index = Index::new(self.config.window());
        for row in &rows {
            index.apply(change_of(row));
        }
        tracing::info!(language, entries = index.len(), "loaded {} copies in {language:?}", index.len());
        Ok(index)
    }

    fn drop_all(&mut self) {
        self.indexes.clear();
        self.memo.clear();
        self.previous.clear();
    }

    /// Forgets old texts, once an hour.
    async fn forget(&mut self, now: Timestamp) -> Result<(), StageError> {
        if self.forgotten_at.is_some_and(|at| now - at < chrono::Duration::hours(1)) {
            return Ok(());
        }
        let keep =
            chrono::Duration::hours(i64::from(self.config.keep_text_hours.max(self.config.window_hours)));
        let forgotten = verdict::forget_entries(&self.deps.db, now - keep).await?;
        if forgotten > 0 {
            tracing::info!(forgotten, "forgot the text of {forgotten} old copies");
        }
        self.forgotten_at = Some(now);
        Ok(())
    }
}

#[async_trait]
impl Stage for DedupeStage {
    type In = CopyItem;
    type Out = Decided;

    fn name(&self) -> &'static str {
        "dedupe"
    }

    async fn prepare(&mut self, inputs: &[CopyItem]) -> Result<(), StageError> {
        let languages: BTreeSet<&str> = inputs.iter().map(|copy| copy.language.as_str()).collect();
        for language in languages {
            if !self.indexes.contains_key(language) {
                let index = self.load(language).await?;
                self.indexes.insert(language.to_owned(), index);
            }
        }
        let keys: Vec<MemoKey> = inputs.iter().map(key_of).collect();
        self.memo = verdict::memoised(&self.deps.db, &keys).await?;
        let unknown: BTreeSet<ItemId> = inputs
            .iter()
            .filter(|copy| !self.memo.contains_key(&key_of(copy)))
            .filter(|copy| {
                self.indexes.get(&copy.language).is_none_or(|index| index.get(&copy.item_id).is_none())
            })
            .map(|copy| copy.item_id.clone())
            .collect();
        self.previous.clear();
        if !unknown.is_empty() {
            let unknown: Vec<ItemId> = unknown.into_iter().collect();
            let rows = verdict::newest(&self.deps.db, &unknown).await?;
            self.previous = rows
                .into_iter()
                .map(|(item, row)| (item, PreviousVersion { stored: stored_of(&row), verdict: row.verdict }))
                .collect();
        }
        Ok(())
    }

    fn core(&mut self, copy: CopyItem, _now: Timestamp) -> Outcome<Decided> {
        let window = self.config.window();
        let index = self.indexes.entry(copy.language.clone()).or_insert_with(|| Index::new(window));
        let (verdict, row, change) = match self.memo.get(&key_of(&copy)) {
            Some(row) => (row.verdict.clone(), None, change_of(row)),
            None => {
                let known = index.get(&copy.item_id).map(PreviousVersion::of);
                let previous = known.as_ref().or_else(|| self.previous.get(&copy.item_id));
                let (verdict, change) = decide(&copy, index, previous);
                let row = row_of(&copy, change.entry());
                (verdict, Some(row), change)
            }
        };
        index.apply(change);
        if let Some(row) = &row {
            self.memo.insert(key_of(&copy), row.clone());
        }
        let clean = CleanItem { schema_version: CleanItem::VERSION, copy, verdict };
        Outcome::Emit(vec![Decided { clean, row }])
    }

    fn born(&self, decided: &Decided) -> Option<Timestamp> {
        Some(decided.clean.copy.fetched_at)
    }

    async fn store(&mut self, work: &Work<Decided>) -> Result<(), StageError> {
        let rows: Vec<VerdictRow> = work.outputs.iter().filter_map(|o| o.value.row.clone()).collect();
        let stored: BTreeMap<MemoKey, VerdictRow> = verdict::insert(&self.deps.db, &rows)
            .await?
            .into_iter()
            .map(|row| ((row.item_id.clone(), row.content_hash.clone()), row))
            .collect();
        let mut outputs = Vec::with_capacity(work.outputs.len());
        for output in &work.outputs {
            let mut clean = output.value.clean.clone();
            if let Some(row) = stored.get(&key_of(&clean.copy))
                && row.verdict != clean.verdict
            {
                tracing::warn!(
                    item_id = %clean.copy.item_id,
                    "another owner's verdict on {} was stored first; it counts",
                    clean.copy.item_id
                );
                clean.verdict = row.verdict.clone();
                if let Some(index) = self.indexes.get_mut(&clean.copy.language) {
                    index.apply(change_of(row));
                }
            }
            outputs.push(Output { value: clean, origin: output.origin.clone() });
        }
        self.emitter.send(&outputs, (self.deps.clock)()).await?;
        for output in &outputs {
            count(&output.value);
        }
        for (language, index) in &self.indexes {
            metrics::gauge!("wiredesk_dedupe_index_entries", "language" => language.clone())
                .set(index.len() as f64);
        }
        self.forget((self.deps.clock)()).await
    }

    async fn assigned(&mut self, _partitions: &[i32]) -> Result<(), StageError> {
        self.drop_all();
        Ok(())
    }

    async fn revoked(&mut self, _partitions: &[i32]) {
        self.drop_all();
    }
}

fn key_of(copy: &CopyItem) -> MemoKey {
    (copy.item_id.clone(), copy.content_hash.clone())
}

fn row_of(copy: &CopyItem, entry: &Entry) -> VerdictRow {
    VerdictRow {
        item_id: copy.item_id.clone(),
        content_hash: copy.content_hash.clone(),
        language: copy.language.clone(),
        event_time: event_time(copy),
        revision: copy.revision,
        verdict: entry.verdict.clone(),
        // The types hold nothing that JSON cannot.
        entry: serde_json::to_value(&entry.stored).ok(),
    }
}

fn stored_of(row: &VerdictRow) -> Option<StoredEntry> {
    row.entry.clone().and_then(|entry| serde_json::from_value(entry).ok())
}

/// The change that a stored row stands for. A blanked one is kept as killed: known, and nobody's original.
fn change_of(row: &VerdictRow) -> IndexChange {
    let stored = stored_of(row)
        .unwrap_or_else(|| StoredEntry { status: PubStatus::Canceled, ..StoredEntry::default() });
    let key = (row.item_id.clone(), row.content_hash.clone());
    IndexChange::put(Entry::restore(key, row.revision, row.event_time, row.verdict.clone(), stored))
}

fn count(clean: &CleanItem) {
    let name = |value: serde_json::Result<serde_json::Value>| {
        value.ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_else(|| "none".to_owned())
    };
    metrics::counter!(
        "wiredesk_dedupe_verdicts_total",
        "change" => name(serde_json::to_value(clean.verdict.change)),
        "relation" => name(serde_json::to_value(clean.verdict.relation)),
    )
    .increment(1);
}
