//! The one loop that runs every stage: subscribe, batch by batch, until shutdown.
//!
//! A batch goes through decode, [`Stage::prepare`], [`Stage::core`] on each input, dead letters (acknowledged),
//! [`Stage::store`] (the same work again until it is durable) and the commit, in this order: whatever crashes, nothing
//! is committed that is not durable. A panic in a core is caught and becomes a dead letter; a stateful core may then be
//! half-changed, so **a core changes its state last**, when it cannot panic any more.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use tracing::Instrument;
use wiredesk_bus::{BatchLimits, Consumer, Event, Positions, StartAt, Subscription};
use wiredesk_contract::{Kind, Message, TopicTable};

use crate::batch::{Done, Patience};
use crate::deps::Deps;
use crate::emit::Emitter;
use crate::health::State;
use crate::limits::DeadLetterWatch;
use crate::loop_config::LoopConfig;
use crate::measure::Measure;
use crate::retry::Backoff;
use crate::semconv::batch_span;
use crate::stage::{Stage, StageError};

/// Runs a stage until `deps.shutdown` is cancelled; then the batch in hand is finished and committed, and it leaves.
///
/// # Errors
/// [`StageError::Fatal`], which is also told to `deps.health`; everything else is tried again.
pub async fn run_stage<S: Stage>(stage: S, config: &LoopConfig, deps: &Deps) -> Result<(), StageError> {
    let name = stage.name();
    deps.health.set(name, State::Starting);
    let outcome = start(stage, config, deps).await;
    if let Err(error) = &outcome {
        tracing::error!(stage = name, "the {name} stage stops: {error}");
        deps.health.set(name, State::Failed(error.to_string()));
    }
    outcome
}

/// The consumer group of a stage: `<prefix>.<stage>`, the prefix being that of the topics.
pub fn group(topics: &TopicTable, stage: &str) -> String {
    let raw = topics.name(Kind::Raw);
    let prefix = raw.rsplitn(3, '.').nth(2).unwrap_or("wiredesk");
    format!("{prefix}.{stage}")
}

async fn start<S: Stage>(stage: S, config: &LoopConfig, deps: &Deps) -> Result<(), StageError> {
    let mut backoff = Backoff::new(&config.retry);
    let emitter = loop {
        match Emitter::new(deps).await {
            Ok(emitter) => break emitter,
            Err(StageError::Transient(why)) => {
                deps.health.set(stage.name(), State::Retrying(why));
                if !backoff.pause(&deps.shutdown).await {
                    return Ok(());
                }
            }
            Err(error) => return Err(error),
        }
    };
    let name = stage.name();
    let mut runner = Runner {
        name,
        stage,
        config,
        deps,
        emitter,
        watch: DeadLetterWatch::new(config.dead_letter_limits.clone()),
        measure: Measure::of(name),
        backoff: Backoff::new(&config.retry),
        owned: BTreeSet::new(),
        next: BTreeMap::new(),
    };
    runner.until_shutdown().await
}

/// What a stage without work looks after.
struct Look<'a> {
    positions: Option<Arc<dyn Positions>>,
    pause: Duration,
    topic: &'a str,
    next: &'a BTreeMap<i32, i64>,
}

impl Look<'_> {
    /// Where Postgres has gone back to an older state (a failover to a replica that lacked the latest), the records between are
    /// wanted again, and no new record may come to show it.
    ///
    /// # Errors
    /// [`StageError::Fenced`] where it has.
    async fn at(&self, positions: &dyn Positions) -> Result<(), StageError> {
        let partitions: Vec<i32> = self.next.keys().copied().collect();
        // Where Postgres does not answer, the next batch says so.
        let Ok(Ok(stored)) = tokio::time::timeout(self.pause, positions.load(self.topic, &partitions)).await
        else {
            return Ok(());
        };
        let gone_back = self.next.iter().find(|(p, next)| stored.get(p).is_some_and(|stands| stands < next));
        gone_back.map_or(Ok(()), |(partition, next)| {
            Err(StageError::Fenced(format!(
                "partition {partition} of {} was taken to {next}, and Postgres has gone back to an older state",
                self.topic
            )))
        })
    }
}

/// What the bus says next; while it says nothing, the positions are looked at.
async fn next_event(
    consumer: &mut dyn Consumer,
    limits: BatchLimits,
    look: &Look<'_>,
) -> Result<Event, StageError> {
    let next = consumer.next(limits);
    let Some(positions) = &look.positions else { return Ok(next.await?) };
    // Never dropped before it answers: it may hold a batch.
    tokio::pin!(next);
    loop {
        tokio::select! {
            biased;
            event = &mut next => return Ok(event?),
            () = tokio::time::sleep(look.pause) => look.at(&**positions).await?,
        }
    }
}

/// A stage and what the loop keeps about it.
pub(crate) struct Runner<'a, S> {
    pub name: &'static str,
    pub stage: S,
    pub config: &'a LoopConfig,
    pub deps: &'a Deps,
    pub emitter: Emitter,
    pub watch: DeadLetterWatch,
    pub measure: Measure,
    pub backoff: Backoff,
    pub owned: BTreeSet<i32>,
    /// Where this member stands in each partition: the offset after what it did last, or the stage's own position.
    pub next: BTreeMap<i32, i64>,
}

impl<S: Stage> Runner<'_, S> {
    async fn until_shutdown(&mut self) -> Result<(), StageError> {
        loop {
            let ended = self.subscription().await;
            // The consumer is gone, so every partition is: a rejoin loads their state anew.
            let owned: Vec<i32> = std::mem::take(&mut self.owned).into_iter().collect();
            self.next.clear();
            if !owned.is_empty() {
                self.stage.revoked(&owned).await;
            }
            match ended {
                Ok(()) => return Ok(()),
                Err(StageError::Fenced(why)) => {
                    self.measure.rejoin();
                    tracing::info!(stage = self.name, "the {} stage rejoins its group: {why}", self.name);
                    self.deps.health.set(self.name, State::Retrying(why));
                    if !self.backoff.pause(&self.deps.shutdown).await {
                        return Ok(());
                    }
                }
                Err(StageError::Transient(why)) => {
                    if !self.again("subscribe", &why).await {
                        return Ok(());
                    }
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// One membership of the group: `Ok` on shutdown.
    async fn subscription(&mut self) -> Result<(), StageError> {
        let topic = self.deps.topics.name(S::In::KIND).to_owned();
        let group = group(&self.deps.topics, self.name);
        let shutdown = self.deps.shutdown.clone();
        let subscription = Subscription {
            group: group.clone(),
            topic: topic.clone(),
            start: StartAt::Earliest,
            positions: self.stage.positions(),
        };
        let mut consumer = self.deps.bus.subscribe(subscription).await?;
        // Ready, but the pauses stay long until something really arrives: a join may succeed where reading does not.
        self.deps.health.set(self.name, State::Ready);
        let limits = self.config.batch_limits();
        loop {
            let look = Look {
                positions: self.stage.positions().filter(|_| self.config.look_s > 0),
                pause: Duration::from_secs(self.config.look_s),
                topic: &topic,
                next: &self.next,
            };
            let event = tokio::select! {
                biased;
                () = shutdown.cancelled() => return Ok(()),
                event = next_event(&mut *consumer, limits, &look) => event?,
            };
            match event {
                Event::Assigned(partitions) => {
                    tracing::info!(
                        stage = self.name,
                        ?partitions,
                        "the {} stage has {} partitions of {topic}",
                        self.name,
                        partitions.len()
                    );
                    if !self.assigned(&partitions).await? {
                        return Ok(());
                    }
                    self.owned.extend(partitions);
                }
                Event::Revoked(partitions) => {
                    tracing::info!(
                        stage = self.name,
                        ?partitions,
                        "{} partitions of {topic} went away",
                        partitions.len()
                    );
                    self.stage.revoked(&partitions).await;
                    self.owned.retain(|p| !partitions.contains(p));
                    self.next.retain(|p, _| !partitions.contains(p));
                }
                Event::Batch(batch) => {
                    let span = batch_span(self.deps.bus.name(), &group, &topic, batch.records());
                    if self.batch(batch, &topic).instrument(span).await? == Done::NotBeforeShutdown {
                        tracing::warn!(
                            stage = self.name,
                            "stopping with a batch that could not be stored; it comes again after the start"
                        );
                        return Ok(());
                    }
                }
            }
        }
    }

    /// Loads the state of new partitions and where they stand; false where shutdown came first.
    async fn assigned(&mut self, partitions: &[i32]) -> Result<bool, StageError> {
        let mut patience = Patience::reading();
        loop {
            let loaded = match patience.wait(self.stage.assigned(partitions)).await {
                Ok(()) => self.stand(partitions).await,
                Err(error) => Err(error),
            };
            match loaded {
                Ok(()) => {
                    self.works();
                    return Ok(true);
                }
                Err(StageError::Transient(why)) if self.again("assigned", &why).await => {}
                Err(StageError::Transient(_)) => return Ok(false),
                Err(error) => return Err(error),
            }
        }
    }

    /// Where the stage's own positions say that these partitions stand. A log may have gaps (Kafka's transaction markers),
    /// so the first record read may lie behind that place; the work's spans start at the place itself, and a ledger can
    /// compare and swap. Should another member move on between this and the first batch, the swap fails, as it must.
    async fn stand(&mut self, partitions: &[i32]) -> Result<(), StageError> {
        let Some(positions) = self.stage.positions() else { return Ok(()) };
        let topic = self.deps.topics.name(S::In::KIND);
        self.next
            .extend(Patience::reading().wait(async { Ok(positions.load(topic, partitions).await?) }).await?);
        Ok(())
    }

    /// Says that it tries again, and waits; false where shutdown came first.
    pub(crate) async fn again(&mut self, what: &'static str, why: &str) -> bool {
        self.measure.retry(what);
        let failures = self.backoff.failures() + 1;
        tracing::warn!(
            stage = self.name,
            what,
            failures,
            "the {} stage tries again ({what}, failure {failures}): {why}",
            self.name
        );
        self.deps.health.set(self.name, State::Retrying(why.to_owned()));
        self.backoff.pause(&self.deps.shutdown).await
    }

    /// Says that it works.
    pub(crate) fn works(&mut self) -> Done {
        self.backoff.reset();
        self.deps.health.set(self.name, State::Ready);
        Done::Yes
    }
}
