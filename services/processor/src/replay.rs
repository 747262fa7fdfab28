//! `wiredesk replay --reenrich`: the stored copy of items, enriched with the engines and vocabularies of today; what differs becomes
//! a new version that says `reenriched`.

use sqlx::PgPool;
use wiredesk_contract::{Item, ItemId, Timestamp};
use wiredesk_store::ledger::LedgerError;
use wiredesk_store::ledger::reenrich::{Selection, Stored, reissue, stored};

use crate::enrich::Enricher;
use crate::{publish, sound};

/// Items of one transaction.
const BATCH: u32 = 100;

/// How far a replay is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Items looked at.
    pub seen: u64,
    /// Items whose enrichment differs.
    pub differing: u64,
    /// Versions issued.
    pub issued: u64,
    /// Items that changed meanwhile, and so were enriched anew by the pipeline or wait for the next replay.
    pub passed_over: u64,
}

/// What a replay goes by.
pub struct Replay<'a> {
    /// With the engines and vocabularies of today.
    pub enricher: &'a Enricher,
    /// Largest record of the items topic, in bytes.
    pub max_bytes: usize,
    /// Only count.
    pub dry: bool,
    /// The time of a new version.
    pub clock: fn() -> Timestamp,
}

/// Enriches the selected items anew. `tell` is called after each batch. May be stopped and called again:
/// what is done already does not differ any more.
///
/// # Errors
/// As they come from the ledger; what was issued stays.
pub async fn reenrich(
    db: &PgPool,
    of: &Selection,
    replay: &Replay<'_>,
    mut tell: impl FnMut(&Progress),
) -> Result<Progress, LedgerError> {
    let mut progress = Progress::default();
    let mut after: Option<ItemId> = None;
    loop {
        let batch = stored(db, of, after.as_ref(), BATCH).await?;
        let Some(last) = batch.last() else { return Ok(progress) };
        after = Some(last.item.item_id.clone());
        progress.seen += batch.len() as u64;
        let anew: Vec<Stored> = batch.into_iter().filter_map(|one| differing(one, replay)).collect();
        progress.differing += anew.len() as u64;
        if !replay.dry && !anew.is_empty() {
            let issued = reissue(db, &anew, (replay.clock)()).await?.len();
            progress.issued += issued as u64;
            progress.passed_over += (anew.len() - issued) as u64;
        }
        tell(&progress);
    }
}

/// The item as it would be today, where that differs.
fn differing(one: Stored, replay: &Replay<'_>) -> Option<Stored> {
    let enrichment = replay.enricher.enrich_copy(&one.copy);
    let anew = |item: &Item| sound::fit(publish::reenriched(item, &one.copy, &enrichment), replay.max_bytes);
    let item = anew(&one.item)?;
    let held = match &one.held {
        Some(held) => Some(anew(held)?),
        None => None,
    };
    (item != one.item || held != one.held).then_some(Stored { item, held, copy: one.copy })
}
