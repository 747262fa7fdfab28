//! The shell of dedupe: one index a language, verdicts stored before they are sent.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use sqlx::PgPool;
use wiredesk_contract::message::Message;
use wiredesk_contract::status::PubStatus;
use wiredesk_contract::{Change, CleanItem, CopyItem, ItemId, Outcome, Timestamp, Verdict};
use wiredesk_runtime::{Answered, Deps, Emitter, Output, Running, Stage, StageError, Work};
use wiredesk_store::verdict::{self, MemoKey, VerdictRow, WindowRow};

use super::config::DedupeConfig;
use super::decide::{Before, decide};
use super::entry::{Entry, StoredText, event_time};
use super::evidence::{edits, explain};
use super::index::{Index, IndexChange};

/// Runs the dedupe stage until `deps.shutdown` is cancelled.
///
/// # Errors
/// [`StageError`] that trying again does not help.
pub fn run_dedupe(config: DedupeConfig, deps: Deps) -> Running {
    Box::pin(async move {
        let stage = DedupeStage::new(config.clone(), &deps).await?;
        wiredesk_runtime::run_stage(stage, &config.run, &deps).await
    })
}

/// The index of a language as the stored verdicts tell it.
///
/// # Errors
/// sqlx's.
pub async fn load(db: &PgPool, language: &str, config: &DedupeConfig) -> Result<Index, sqlx::Error> {
    let mut index = Index::new(config.window());
    verdict::window(db, language, config.window(), config.max_entries, |row| {
        index.apply(IndexChange::put(restored(&row)));
    })
    .await?;
    tracing::info!(language, entries = index.len(), "loaded {} copies in {language:?}", index.len());
    Ok(index)
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
    previous: BTreeMap<ItemId, Entry>,
    /// Items from before the window, by the text that a copy of the batch repeats.
    older: BTreeMap<String, ItemId>,
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
            older: BTreeMap::new(),
            forgotten_at: None,
        })
    }

    fn drop_all(&mut self) {
        self.indexes.clear();
        self.memo.clear();
        self.previous.clear();
        self.older.clear();
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

    /// Adds to new verdicts what only the texts can tell: shared passages, what differs, what was edited.
    async fn explained(&self, mut decided: Vec<Decided>) -> Result<Vec<Decided>, StageError> {
        let mut wanted: BTreeSet<&ItemId> = BTreeSet::new();
        for one in decided.iter().filter(|one| one.row.is_some()) {
            wanted.extend(one.clean.verdict.evidence.as_ref().and_then(|e| e.compared_with.as_ref()));
            wanted.extend(Some(&one.clean.copy.item_id).filter(|_| one.clean.verdict.change != Change::New));
        }
        if wanted.is_empty() {
            return Ok(decided);
        }
        let wanted: Vec<ItemId> = wanted.into_iter().cloned().collect();
        let stored = verdict::newest(&self.deps.db, &wanted).await?;
        let mut texts: BTreeMap<ItemId, StoredText> =
            stored.into_iter().filter_map(|(item, row)| Some((item, text_of(&row)?))).collect();
        for one in &mut decided {
            let copy = &one.clean.copy;
            let text = StoredText::of(copy);
            let verdict = &mut one.clean.verdict;
            if let Some(row) = one.row.as_mut().filter(|_| copy.pub_status == PubStatus::Usable) {
                if let Some(evidence) = &mut verdict.evidence
                    && let Some(other) = evidence.compared_with.as_ref().and_then(|item| texts.get(item))
                {
                    explain(evidence, &text, other);
                }
                if let Some(before) = texts.get(&copy.item_id)
                    && verdict.change != Change::New
                {
                    let edits = edits(before, &text);
                    if !edits.is_empty() {
                        verdict.evidence.get_or_insert_default().edits = edits;
                    }
                }
                row.verdict = verdict.clone();
            }
            texts.insert(copy.item_id.clone(), text);
        }
        Ok(decided)
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
                let index = load(&self.deps.db, language, &self.config).await?;
                self.indexes.insert(language.to_owned(), index);
            }
        }
        let keys: Vec<MemoKey> = inputs.iter().map(key_of).collect();
        self.memo = verdict::memoised(&self.deps.db, &keys).answered().await?;
        let fresh = || inputs.iter().filter(|copy| !self.memo.contains_key(&key_of(copy)));
        let unknown: BTreeSet<ItemId> = fresh()
            .filter(|copy| {
                self.indexes.get(&copy.language).is_none_or(|index| index.get(&copy.item_id).is_none())
            })
            .map(|copy| copy.item_id.clone())
            .collect();
        let window = self.config.window();
        let texts: BTreeMap<String, Timestamp> = fresh()
            .filter(|copy| !copy.fingerprint.exact.is_empty())
            .map(|copy| (copy.fingerprint.exact.clone(), event_time(copy) - window))
            .collect();
        self.older = match texts.is_empty() {
            true => BTreeMap::new(),
            false => verdict::older(&self.deps.db, &texts.into_iter().collect::<Vec<_>>()).answered().await?,
        };
        self.previous.clear();
        if !unknown.is_empty() {
            let unknown: Vec<ItemId> = unknown.into_iter().collect();
            let rows = verdict::newest(&self.deps.db, &unknown).answered().await?;
            self.previous = rows.into_iter().map(|(item, row)| (item, entry_of(&row))).collect();
        }
        Ok(())
    }

    fn core(&mut self, copy: CopyItem, _now: Timestamp) -> Outcome<Decided> {
        let window = self.config.window();
        let index = self.indexes.entry(copy.language.clone()).or_insert_with(|| Index::new(window));
        let (verdict, row) = match self.memo.get(&key_of(&copy)) {
            Some(row) => {
                index.apply(IndexChange::put(entry_of(row)));
                (row.verdict.clone(), None)
            }
            None => {
                let version = index.get(&copy.item_id).or_else(|| self.previous.get(&copy.item_id));
                let older = self.older.get(&copy.fingerprint.exact);
                let (verdict, change) = decide(&copy, index, Before { version, older });
                let row = row_of(&copy, change.entry(), &verdict);
                index.apply(change);
                self.memo.insert(key_of(&copy), row.clone());
                (verdict, Some(row))
            }
        };
        let clean = CleanItem { schema_version: CleanItem::VERSION, copy, verdict };
        Outcome::Emit(vec![Decided { clean, row }])
    }

    fn born(&self, decided: &Decided) -> Option<Timestamp> {
        Some(decided.clean.copy.fetched_at)
    }

    async fn store(&mut self, work: &Work<Decided>) -> Result<(), StageError> {
        let decided =
            self.explained(work.outputs.iter().map(|output| output.value.clone()).collect()).await?;
        let rows: Vec<VerdictRow> = decided.iter().filter_map(|one| one.row.clone()).collect();
        let stored: BTreeMap<MemoKey, VerdictRow> = verdict::insert(&self.deps.db, &rows)
            .await?
            .into_iter()
            .map(|row| ((row.item_id.clone(), row.content_hash.clone()), row))
            .collect();
        wiredesk_failpoint::hit("dedupe.memoised");
        let mut outputs = Vec::with_capacity(work.outputs.len());
        for (one, output) in decided.into_iter().zip(&work.outputs) {
            let mut clean = one.clean;
            if let Some(row) = stored.get(&key_of(&clean.copy)).filter(|row| row.verdict != clean.verdict) {
                if row.verdict.duplicate_of != clean.verdict.duplicate_of {
                    tracing::warn!(
                        item_id = %clean.copy.item_id,
                        "another owner's verdict on {} was stored first; it counts",
                        clean.copy.item_id
                    );
                }
                clean.verdict = row.verdict.clone();
                if let Some(index) = self.indexes.get_mut(&clean.copy.language) {
                    index.apply(IndexChange::put(entry_of(row)));
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

/// What is stored of a verdict.
pub fn row_of(copy: &CopyItem, entry: &Entry, verdict: &Verdict) -> VerdictRow {
    VerdictRow {
        item_id: copy.item_id.clone(),
        content_hash: copy.content_hash.clone(),
        language: copy.language.clone(),
        event_time: event_time(copy),
        revision: copy.revision,
        verdict: verdict.clone(),
        // The types hold nothing that JSON cannot.
        entry: serde_json::to_value(StoredText::of(copy)).ok(),
        kept: Some(entry.kept()),
        exact: Some(copy.fingerprint.exact.clone()).filter(|exact| !exact.is_empty()),
    }
}

fn text_of(row: &VerdictRow) -> Option<StoredText> {
    row.entry.clone().and_then(|entry| serde_json::from_value(entry).ok())
}

/// The entry that a stored row stands for. A blanked one is kept as killed: known, and nobody's original.
fn entry_of(row: &VerdictRow) -> Entry {
    let key = (row.item_id.as_str(), row.content_hash.as_str());
    row.kept
        .as_ref()
        .and_then(|kept| Entry::restore(key, row.revision, row.event_time, kept))
        .unwrap_or_else(|| Entry::blanked(key, row.revision, row.event_time, &row.verdict))
}

fn restored(row: &WindowRow) -> Entry {
    let key = (row.item_id.as_str(), row.content_hash.as_str());
    let unknown = || Verdict::original(&ItemId::new(row.item_id.as_str()), Change::New);
    match &row.kept {
        Ok(kept) => Entry::restore(key, row.revision, row.event_time, kept)
            .unwrap_or_else(|| Entry::blanked(key, row.revision, row.event_time, &unknown())),
        Err(verdict) => Entry::blanked(key, row.revision, row.event_time, verdict),
    }
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
