//! The fetcher's loop: what may be asked now is let go, polled, and saved.

mod day_clock;
mod leases;
mod looks;
mod saver;
mod wires;

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;
use tokio::task::JoinSet;
use wiredesk_contract::Timestamp;
use wiredesk_runtime::health::State;
use wiredesk_runtime::{Answered, Deps, Emitter, Running, StageError};
use wiredesk_store::source::{self as table, Leased, Listed, Manners};

use crate::config::Config;
use crate::error::FetchError;
use crate::list;
use crate::pages::Crawl;
use crate::poll::{Poller, Wire};
use crate::queue::{Ticket, Turns};
use crate::source::SourceConfig;
use crate::{prune, push};
use day_clock::DayClock;
use leases::{Leases, Pulse};
use looks::Looks;
use saver::{Job, Saver};
use wires::Wires;

/// How long the loop sleeps at most and at least: what is due meanwhile is read from Postgres together.
const SLEEP: (Duration, Duration) = (Duration::from_millis(5), Duration::from_millis(50));
/// Most sources that are read from Postgres in one statement.
const ROWS: usize = 256;
/// How long a source waits whose poll met a bus or database that does not answer.
const AGAIN: chrono::Duration = chrono::Duration::seconds(2);
/// How long a source waits that cannot be polled here at all.
const ELSEWHERE: chrono::Duration = chrono::Duration::seconds(60);

/// Polls until shutdown the sources that fall to this fetcher.
///
/// # Errors
/// [`StageError::Fatal`] for a configuration that cannot be used, or where Postgres or the bus refuse for good.
pub fn run(config: Config, deps: Deps) -> Running {
    Box::pin(until_drained(config, deps))
}

async fn until_drained(config: Config, deps: Deps) -> Result<(), StageError> {
    let sources = list::load(&config).map_err(fatal)?;
    let config = Arc::new(config);
    let wires = Arc::new(Wires::new(&sources, &config).map_err(fatal)?);
    let emitter = Emitter::new(&deps).await?;
    let crawl = Arc::new(Crawl::new(&config, deps.clock));
    let poller = Poller { db: deps.db.clone(), emitter, config: config.clone(), crawl, clock: deps.clock };
    let owner = format!("fetcher-{:016x}", rand::random::<u64>());
    deps.health.set("fetcher", State::Starting);
    let turns = Arc::new(Turns::default());
    let fetcher = Fetcher { config, deps, wires, poller, owner, turns };
    fetcher.sync(&sources).await?;
    let stop = fetcher.deps.shutdown.child_token();
    let forgetting =
        prune::run(fetcher.deps.db.clone(), fetcher.config.seen_days, fetcher.deps.clock, stop.clone());
    let forgetting = tokio::spawn(forgetting);
    let looks = Looks {
        db: fetcher.deps.db.clone(),
        config: fetcher.config.clone(),
        wires: fetcher.wires.clone(),
        configured: Arc::new(sources),
        clock: fetcher.deps.clock,
    };
    let looking = tokio::spawn(looks.run(stop.clone()));
    let local = fetcher.wires.all().map_err(fatal)?;
    let intake = push::Intake::new(fetcher.poller.clone(), local, fetcher.deps.shutdown.clone())
        .with_others(fetcher.wires.clone());
    let ended = tokio::try_join!(fetcher.run(), push::serve(intake, &fetcher.owner)).map(drop);
    stop.cancel();
    let _ = tokio::join!(forgetting, looking);
    ended
}

fn fatal(error: FetchError) -> StageError {
    StageError::Fatal(error.to_string())
}

struct Fetcher {
    config: Arc<Config>,
    deps: Deps,
    wires: Arc<Wires>,
    poller: Poller,
    owner: String,
    turns: Arc<Turns>,
}

impl Fetcher {
    fn now(&self) -> Timestamp {
        (self.deps.clock)()
    }

    async fn sync(&self, sources: &[SourceConfig]) -> Result<(), StageError> {
        let listed: Vec<Listed> = sources
            .iter()
            .map(|s| Listed {
                id: s.reference().id,
                name: s.shown().to_owned(),
                url: s.url.clone(),
                config: serde_json::to_value(s).unwrap_or_default(),
                interval_seconds: i32::try_from(s.interval_seconds.unwrap_or(self.config.interval_seconds))
                    .unwrap_or(i32::MAX),
            })
            .collect();
        loop {
            match table::sync(&self.deps.db, &listed, self.now()).await {
                Ok(()) => break,
                Err(error) if wiredesk_store::is_transient(&error) => {
                    self.deps.health.set("fetcher", State::Retrying(format!("Postgres: {error}")));
                    tokio::select! {
                        () = tokio::time::sleep(Duration::from_secs(1)) => {}
                        () = self.deps.shutdown.cancelled() => return Ok(()),
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
        tracing::info!(sources = listed.len(), "the list holds {} sources", listed.len());
        Ok(())
    }

    async fn run(&self) -> Result<(), StageError> {
        let pulse = Arc::new(Pulse::new(Duration::from_secs(self.config.lease_seconds.into())));
        let leases = Leases {
            db: self.deps.db.clone(),
            owner: self.owner.clone(),
            config: self.config.clone(),
            turns: self.turns.clone(),
            pulse: pulse.clone(),
            clock: self.deps.clock,
        };
        // Leases are kept until the last poll has ended and is saved.
        let ending = tokio_util::sync::CancellationToken::new();
        let mut leases = tokio::spawn(leases.run(ending.clone()));
        let (jobs, waiting) = mpsc::channel(saver::WAITING);
        let saver = Saver {
            db: self.deps.db.clone(),
            owner: self.owner.clone(),
            turns: self.turns.clone(),
            clock: self.deps.clock,
        };
        let saver = tokio::spawn(saver.run(waiting));
        let served = tokio::select! {
            served = self.serve(&pulse, jobs) => served,
            ended = &mut leases => flat(ended),
        };
        let saved = flat(saver.await);
        ending.cancel();
        if !leases.is_finished() {
            flat(leases.await)?;
        }
        self.release().await;
        served.and(saved)
    }

    /// Gives everything back, with what is owed to the servers.
    async fn release(&self) {
        let owed: Vec<(String, Manners)> = {
            let queues = self.turns.lock();
            let names = queues.loads().into_keys();
            names.filter_map(|n| Some((n.to_string(), saver::manners(queues.domain(&n)?)))).collect()
        };
        let given = table::give(&self.deps.db, &self.owner, &owed).await;
        if let Err(error) = match given {
            Ok(()) => table::release(&self.deps.db, &self.owner).await,
            Err(error) => Err(error),
        } {
            tracing::warn!("leases were not given back ({error}); they run out by themselves");
        }
    }

    async fn serve(&self, pulse: &Pulse, jobs: mpsc::Sender<Job>) -> Result<(), StageError> {
        let mut polls: JoinSet<Result<(), StageError>> = JoinSet::new();
        let mut day = DayClock::new(self.now());
        while !self.deps.shutdown.is_cancelled() {
            let until = self.turns.lock().next_at().map(|at| (at - self.now()).to_std().unwrap_or_default());
            let full = polls.len() >= self.config.concurrency;
            let sleep = if full { SLEEP.1 } else { until.unwrap_or(SLEEP.1).clamp(SLEEP.0, SLEEP.1) };
            tokio::select! {
                () = self.deps.shutdown.cancelled() => break,
                () = tokio::time::sleep(sleep) => {}
                Some(done) = polls.join_next(), if full => settle(done)?,
            }
            while let Some(done) = polls.try_join_next() {
                settle(done)?;
            }
            if !pulse.alive() {
                continue;
            }
            if let Some(by) = day.set_back(self.now()) {
                tracing::warn!(
                    "the clock was set back by {} s; the polls go on by the new time",
                    by.num_seconds()
                );
                self.turns.lock().set_back(by);
            }
            let room = self.config.concurrency.saturating_sub(polls.len()).min(ROWS);
            let tickets = self.turns.lock().pop(self.now(), room);
            if !tickets.is_empty() {
                self.start(tickets, &jobs, &mut polls).await?;
            }
            self.deps.health.set("fetcher", State::Ready);
        }
        // Drain: polls that have begun end by themselves, each within its time limits.
        while let Some(done) = polls.join_next().await {
            settle(done)?;
        }
        Ok(())
    }

    async fn start(
        &self,
        tickets: Vec<Ticket>,
        jobs: &mpsc::Sender<Job>,
        polls: &mut JoinSet<Result<(), StageError>>,
    ) -> Result<(), StageError> {
        let ids: Vec<&str> = tickets.iter().map(|t| &*t.source).collect();
        let rows = match table::leased(&self.deps.db, &self.owner, &ids).answered().await {
            Ok(rows) => rows,
            Err(error) if wiredesk_store::is_transient(&error) => {
                tracing::warn!("Postgres does not answer ({error}); trying again");
                self.deps.health.set("fetcher", State::Retrying(format!("Postgres: {error}")));
                let later = self.now() + AGAIN;
                let mut queues = self.turns.lock();
                tickets.iter().for_each(|t| queues.dropped(t, Some(later)));
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        };
        let mut rows: std::collections::HashMap<String, Leased> =
            rows.into_iter().map(|r| (r.id.as_str().to_owned(), r)).collect();
        for ticket in tickets {
            let now = self.now();
            let Some(leased) = rows.remove(&*ticket.source) else {
                // Paused, taken off the list, or of a domain that was lost: whoever edits it brings it back.
                self.turns.lock().dropped(&ticket, None);
                continue;
            };
            // Where the last poll is later than now, the pause was reckoned when it came into the queue.
            let later = leased.due(now);
            if later > now + AGAIN && later > ticket.due && !leased.polled_later_than(now) {
                self.turns.lock().dropped(&ticket, Some(later));
                continue;
            }
            let wire = match self.wires.wire(leased.id.as_str(), &leased.url, &leased.config) {
                Ok(wire) => wire,
                Err(why) => {
                    tracing::warn!(source = leased.id.as_str(), "source {} is not polled: {why}", leased.id);
                    self.turns.lock().dropped(&ticket, Some(now + ELSEWHERE));
                    continue;
                }
            };
            self.turns.lock().started(&ticket.domain, now, rand::random());
            let flight = Flight {
                poller: self.poller.clone(),
                turns: self.turns.clone(),
                ticket,
                started: now,
                landed: false,
            };
            let jobs = jobs.clone();
            polls.spawn(async move { flight.fly(&wire, &leased, &jobs).await });
        }
        Ok(())
    }
}

/// A poll on its way. However it ends, its place in the queue is freed.
struct Flight {
    poller: Poller,
    turns: Arc<Turns>,
    ticket: Ticket,
    started: Timestamp,
    landed: bool,
}

impl Flight {
    async fn fly(mut self, wire: &Wire, leased: &Leased, jobs: &mpsc::Sender<Job>) -> Result<(), StageError> {
        let began = Instant::now();
        let ended = self.poller.poll(wire, leased, &self.turns).await;
        metrics::histogram!("wiredesk_fetch_poll_seconds").record(began.elapsed().as_secs_f64());
        match ended {
            Ok(poll) => {
                if let Some(owed) = self.land(poll.refused) {
                    let _ = jobs.send(Job::Owed(self.ticket.domain.clone(), owed)).await;
                }
                // The saver ends only after all senders: were it gone, the lease runs out, and it is polled again.
                let _ = jobs.send(Job::Polled(Box::new(poll.polled), self.ticket.clone())).await;
                Ok(())
            }
            Err(error) if error.is_transient() => {
                let id = &leased.id;
                tracing::warn!(source = id.as_str(), "source {id} is polled again: {error}");
                self.land(None);
                let later = (self.poller.clock)() + AGAIN;
                self.turns.lock().back(&self.ticket.domain, &self.ticket.source, Some(later));
                Ok(())
            }
            Err(error) => Err(StageError::Fatal(error.to_string())),
        }
    }

    fn land(&mut self, refused: Option<Option<u64>>) -> Option<crate::queue::Domain> {
        self.landed = true;
        let now = (self.poller.clock)();
        self.turns.lock().ended(&self.ticket.domain, self.started, refused, now, rand::random())
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        if !self.landed {
            self.land(None);
            let later = (self.poller.clock)() + ELSEWHERE;
            self.turns.lock().back(&self.ticket.domain, &self.ticket.source, Some(later));
        }
    }
}

fn flat(ended: Result<Result<(), StageError>, tokio::task::JoinError>) -> Result<(), StageError> {
    ended.unwrap_or_else(|error| Err(StageError::Fatal(error.to_string())))
}

fn settle(done: Result<Result<(), StageError>, tokio::task::JoinError>) -> Result<(), StageError> {
    match done {
        Ok(ended) => ended,
        // Its place was freed when it fell.
        Err(error) => {
            tracing::error!("a poll failed unexpectedly ({error}); its source is polled again");
            Ok(())
        }
    }
}
