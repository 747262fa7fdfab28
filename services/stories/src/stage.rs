//! The shell of stories: one owner of all, one transaction a batch.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_trait::async_trait;
use sqlx::PgPool;
use wiredesk_bus::{BusError, Positions};
use wiredesk_contract::{Item, ItemId, Outcome, Timestamp, Why};
use wiredesk_runtime::{Answered, Deps, Running, Stage, StageError, Work};
use wiredesk_store::ledger::{LedgerError, offsets};
use wiredesk_store::story::{self, Open, Placement, Taken};

use crate::config::Config;
use crate::features::{Facts, Features};
use crate::lease::Lease;
use crate::state::{Placed, Stories};

const NAME: &str = "stories";

/// Runs the stories stage until `deps.shutdown` is cancelled.
///
/// A story may be told by items of every partition, so one owner reads the whole topic: this replica joins the group only
/// while it holds the lock, and waits as a standby while another does.
///
/// # Errors
/// [`StageError`] that trying again does not help.
pub fn run(config: Config, deps: Deps) -> Running {
    Box::pin(until_drained(config, deps))
}

async fn until_drained(config: Config, deps: Deps) -> Result<(), StageError> {
    let consumer = consumer(&deps);
    let waiting = |state| deps.health.set(NAME, state);
    let Some(lease) = Lease::take(&deps.db, &consumer, &deps.shutdown, waiting).await? else { return Ok(()) };
    tracing::info!(consumer, "this replica owns the stories ({consumer})");
    let stage = StoriesStage::new(config.clone(), &deps, lease);
    wiredesk_runtime::run_stage(stage, &config.run, &deps).await
}

/// Offsets of one bus, and of one topic prefix, mean nothing on another.
fn consumer(deps: &Deps) -> String {
    format!("{NAME}@{}", deps.bus.name())
}

/// The stories stage.
pub struct StoriesStage {
    config: Config,
    db: PgPool,
    clock: fn() -> Timestamp,
    consumer: String,
    stories: Option<Stories>,
    lease: Lease,
}

impl StoriesStage {
    /// A stage that owns the stories for as long as `lease` holds.
    pub fn new(config: Config, deps: &Deps, lease: Lease) -> Self {
        Self {
            config,
            db: deps.db.clone(),
            clock: deps.clock,
            consumer: consumer(deps),
            stories: None,
            lease,
        }
    }

    async fn loaded(&mut self) -> Result<&mut Stories, StageError> {
        if self.stories.is_none() {
            let open = story::load(&self.db, self.config.open()).await?;
            let stories = restore(self.config.clone(), open);
            tracing::info!(
                items = stories.items(),
                stories = stories.len(),
                "loaded {} open stories of {} items",
                stories.len(),
                stories.items()
            );
            self.stories = Some(stories);
        }
        self.stories.as_mut().ok_or_else(|| StageError::Fatal("the stories are not loaded".to_owned()))
    }
}

/// The open stories as they were stored.
pub fn restore(config: Config, open: Open) -> Stories {
    let mut stories = Stories::new(config);
    for message in open.stories {
        stories.open(message);
    }
    for row in open.items {
        let features = row.features.clone().and_then(|f| serde_json::from_value::<Features>(f).ok());
        stories.apply(Placed { row, features, story: None });
    }
    stories.resume(open.seq);
    stories
}

#[async_trait]
impl Stage for StoriesStage {
    type In = Item;
    type Out = Placed;

    fn name(&self) -> &'static str {
        NAME
    }

    async fn prepare(&mut self, inputs: &[Item]) -> Result<(), StageError> {
        let stories = self.loaded().await?;
        let asked: BTreeSet<&ItemId> = inputs
            .iter()
            .flat_map(|item| std::iter::once(&item.item_id).chain(&item.verdict.duplicate_of))
            .filter(|item| !stories.knows(item))
            .collect();
        let asked: Vec<ItemId> = asked.into_iter().cloned().collect();
        let old = story::items(&self.db, &asked).answered().await?;
        if let Some(stories) = &mut self.stories {
            stories.lend(old.items, old.stories);
        }
        Ok(())
    }

    fn core(&mut self, item: Item, _now: Timestamp) -> Outcome<Placed> {
        let config = &self.config;
        let stories = self.stories.get_or_insert_with(|| Stories::new(config.clone()));
        let facts = Facts::of(&item);
        match stories.place(&facts) {
            None => {
                Outcome::Skip(Why::new("known_version", "this version, or a newer one, was placed before"))
            }
            Some(placed) => {
                stories.apply(placed.clone());
                Outcome::Emit(vec![placed])
            }
        }
    }

    async fn store(&mut self, work: &Work<Placed>) -> Result<(), StageError> {
        let placements: Vec<Placement> = work
            .outputs
            .iter()
            .map(|output| Placement {
                row: output.value.row.clone(),
                story: output.value.story.clone(),
                traceparent: output.origin.traceparent.clone(),
            })
            .collect();
        let taken = Taken { consumer: &self.consumer, topic: &work.topic, spans: &work.spans };
        story::apply(&self.db, taken, &placements, (self.clock)()).await.map_err(stage_error)?;
        for placement in &placements {
            let what = match (&placement.story, &placement.row.story_id) {
                (None, _) => "updated",
                (Some(_), None) => "left",
                (Some(story), Some(_)) if story.revision == 1 => "opened",
                (Some(_), Some(_)) => "joined",
            };
            metrics::counter!("wiredesk_stories_placements_total", "what" => what).increment(1);
        }
        if let Some(stories) = &self.stories {
            metrics::gauge!("wiredesk_stories_open").set(stories.len() as f64);
        }
        Ok(())
    }

    async fn assigned(&mut self, _partitions: &[i32]) -> Result<(), StageError> {
        if !self.lease.holds().await {
            // The connection is gone, and with it the lock: this replica starts anew, as a standby if need be.
            match Lease::try_take(&self.db, &self.consumer).await? {
                Some(lease) => self.lease = lease,
                None => return Err(StageError::Fenced("another replica owns the stories".to_owned())),
            }
        }
        self.stories = None;
        self.loaded().await.map(|_| ())
    }

    async fn revoked(&mut self, _partitions: &[i32]) {
        self.stories = None;
    }

    fn positions(&self) -> Option<Arc<dyn Positions>> {
        Some(Arc::new(Taking { db: self.db.clone(), consumer: self.consumer.clone() }))
    }
}

fn stage_error(error: LedgerError) -> StageError {
    match error {
        LedgerError::Fenced { .. } => StageError::Fenced(error.to_string()),
        e if e.is_transient() => StageError::Transient(e.to_string()),
        e => StageError::Fatal(e.to_string()),
    }
}

/// How far the input was taken, by the transaction that stored what came of it.
struct Taking {
    db: PgPool,
    consumer: String,
}

#[async_trait]
impl Positions for Taking {
    async fn load(&self, topic: &str, partitions: &[i32]) -> Result<BTreeMap<i32, i64>, BusError> {
        offsets::stand(&self.db, &self.consumer, topic, partitions).await.map_err(|error| {
            if wiredesk_store::is_transient(&error) {
                BusError::Unavailable(error.to_string())
            } else {
                BusError::Config(error.to_string())
            }
        })
    }
}
