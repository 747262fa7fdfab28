//! The stage: enrich is its core, the ledger's transaction makes it durable.

use std::sync::Arc;

use async_trait::async_trait;
use wiredesk_bus::{Bus, Positions};
use wiredesk_contract::enrichment::Enrichment;
use wiredesk_contract::{CleanItem, CopyItem, Kind, Outcome, Timestamp, Why};
use wiredesk_runtime::{Deps, Stage, StageError, Work};
use wiredesk_store::ledger::{Applied, Arrival, Delivery, Faults, Ledger, LedgerError, VersionFacts};

use crate::positions::{Gap, LedgerPositions};
use crate::{publish, sound};

/// Stage name: consumer group, metric label, health component.
pub const NAME: &str = "processor";

/// Enriches copy; pure.
pub type Enrich = Box<dyn Fn(&CopyItem) -> Enrichment + Send>;

/// The processor's stage.
pub struct Processor {
    ledger: Ledger,
    positions: Arc<LedgerPositions>,
    bus: Arc<dyn Bus>,
    enrich: Enrich,
    clock: fn() -> Timestamp,
    max_bytes: usize,
}

impl Processor {
    /// A stage that enriches with `enrich`.
    pub fn new(deps: &Deps, enrich: Enrich) -> Self {
        let consumer = consumer(&*deps.bus);
        let spec = deps.topics.specs().iter().find(|s| s.kind == Kind::Item);
        Self {
            ledger: Ledger::new(deps.db.clone(), consumer.clone()),
            positions: Arc::new(LedgerPositions::new(deps.db.clone(), deps.bus.clone(), consumer)),
            bus: deps.bus.clone(),
            enrich,
            clock: deps.clock,
            max_bytes: spec.map_or(usize::MAX, |s| s.max_bytes as usize),
        }
    }

    /// The same, with a ledger that fails where `faults` says; for tests.
    #[must_use]
    pub fn with_faults(mut self, faults: Faults) -> Self {
        self.ledger = self.ledger.with_faults(faults);
        self
    }
}

/// The name that the ledger keeps the offsets under.
pub fn consumer(bus: &dyn Bus) -> String {
    format!("{NAME}@{}", bus.name())
}

#[async_trait]
impl Stage for Processor {
    type In = CleanItem;
    type Out = Delivery;

    fn name(&self) -> &'static str {
        NAME
    }

    fn core(&mut self, input: CleanItem, now: Timestamp) -> Outcome<Delivery> {
        deliver(input, &self.enrich, self.max_bytes, now)
    }

    async fn store(&mut self, work: &Work<Delivery>) -> Result<(), StageError> {
        let arrivals: Vec<Arrival<'_>> = work
            .outputs
            .iter()
            .map(|o| Arrival { delivery: &o.value, traceparent: o.origin.traceparent.as_deref() })
            .collect();
        match self.ledger.apply(&work.topic, &work.spans, &arrivals, (self.clock)()).await {
            Ok(applied) => {
                count(&applied);
                Ok(())
            }
            Err(LedgerError::Fenced { topic, partition, stored, from }) => {
                let gap = self.positions.gap(&*self.bus, &topic, partition, stored, from).await?;
                let why = format!(
                    "partition {partition} of {topic}: the ledger stands at {stored}, the batch starts at {from}"
                );
                match gap {
                    Gap::Skipped => {
                        Err(StageError::Transient(format!("{why}; the records between are past retention")))
                    }
                    Gap::None => Err(StageError::Fenced(why)),
                }
            }
            Err(error) if error.is_transient() => Err(StageError::Transient(error.to_string())),
            Err(error) => Err(StageError::Fatal(error.to_string())),
        }
    }

    fn positions(&self) -> Option<Arc<dyn Positions>> {
        Some(self.positions.clone())
    }
}

/// The core: from clean copy to what the ledger takes.
pub fn deliver(
    input: CleanItem,
    enrich: &(dyn Fn(&CopyItem) -> Enrichment + Send),
    max_bytes: usize,
    now: Timestamp,
) -> Outcome<Delivery> {
    let CleanItem { copy, verdict, .. } = sound::without_nul(input);
    let copy = sound::with_sane_times(copy);
    let enrichment = enrich(&copy);
    let facts = VersionFacts::first(now, verdict.change);
    let item = publish::item_of(&copy, &verdict, &enrichment, &facts, now);
    let held = publish::held_of(&copy, &verdict, &enrichment, &facts, now);
    let fitting = |item| sound::fit(sound::without_nul(item), max_bytes);
    let (Some(item), Some(held)) = (fitting(item), held.map_or(Some(None), |held| fitting(held).map(Some)))
    else {
        return Outcome::Dead(Why::new(
            "too_large",
            format!(
                "item {} does not fit the {max_bytes} bytes that the items topic takes, even without its text; raise max_bytes in schemas/topics.toml",
                copy.item_id
            ),
        ));
    };
    Outcome::Emit(vec![Delivery { copy, item, held }])
}

fn count(applied: &Applied) {
    let of = |what: &'static str, n: usize| {
        metrics::counter!("wiredesk_ledger_copies_total", "outcome" => what).increment(n as u64);
    };
    of("version", applied.issued.len());
    of("sighting", applied.sightings);
    of("replay", applied.replays);
    of("refused", applied.refused);
    if applied.refused > 0 {
        tracing::info!(refused = applied.refused, "{} copies of killed items were refused", applied.refused);
    }
}
