//! The fetcher's loop: lease what is due, poll it, save.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use wiredesk_contract::Timestamp;
use wiredesk_net::{Client, NetConfig};
use wiredesk_runtime::health::State;
use wiredesk_runtime::{Deps, Emitter, StageError};
use wiredesk_store::source::{self as table, Leased, Listed};

use crate::config::Config;
use crate::error::FetchError;
use crate::list;
use crate::poll::{Poller, Wire};
use crate::push;
use crate::source::{SourceConfig, SourceKind};

/// How often it is looked for sources that are due.
const TICK: Duration = Duration::from_millis(250);
/// How long a source waits that was due while its host was busy.
const BUSY: chrono::Duration = chrono::Duration::milliseconds(500);

/// Polls the configured sources until shutdown.
///
/// # Errors
/// [`StageError::Fatal`] for a configuration that cannot be used, or where Postgres or the bus refuse for good.
pub async fn run(config: Config, deps: Deps) -> Result<(), StageError> {
    let sources = list::load(&config).map_err(fatal)?;
    let wires = wires(&sources, &config).map_err(fatal)?;
    let emitter = Emitter::new(&deps).await?;
    let poller = Poller { db: deps.db.clone(), emitter, config: Arc::new(config.clone()), clock: deps.clock };
    let owner = format!("fetcher-{:016x}", rand::random::<u64>());
    deps.health.set("fetcher", State::Starting);
    let fetcher = Fetcher { config, deps, wires, poller, owner };
    fetcher.sync(&sources).await?;
    let pushes = push::serve(fetcher.wires.clone(), fetcher.poller.clone(), &fetcher.deps, &fetcher.owner);
    let ended = tokio::try_join!(fetcher.serve(), pushes).map(drop);
    if let Err(error) = table::release(&fetcher.deps.db, &fetcher.owner).await {
        tracing::warn!("leases were not given back ({error}); they run out by themselves");
    }
    ended
}

fn fatal(error: FetchError) -> StageError {
    StageError::Fatal(error.to_string())
}

/// Each source with its clients; sources of one allow-list share them.
fn wires(sources: &[SourceConfig], config: &Config) -> Result<BTreeMap<String, Arc<Wire>>, FetchError> {
    let mut clients: BTreeMap<Vec<String>, (Client, Client)> = BTreeMap::new();
    let mut wires = BTreeMap::new();
    for source in sources {
        let mut allow = config.net.allow.clone();
        allow.extend(source.allow.iter().cloned());
        let (client, page_client) = match clients.get(&allow) {
            Some(made) => made.clone(),
            None => {
                let net = NetConfig { allow: allow.clone(), ..config.net.clone() };
                let pages = NetConfig {
                    max_body_bytes: config.pages.max_bytes,
                    total_seconds: config.pages.total_seconds,
                    ..net.clone()
                };
                let agent = config.user_agent();
                let made = (Client::new(&net, &agent)?, Client::new(&pages, &agent)?);
                clients.insert(allow, made.clone());
                made
            }
        };
        wires.insert(source.id.clone(), Arc::new(Wire { config: source.clone(), client, page_client }));
    }
    Ok(wires)
}

struct Fetcher {
    config: Config,
    deps: Deps,
    wires: BTreeMap<String, Arc<Wire>>,
    poller: Poller,
    owner: String,
}

impl Fetcher {
    fn now(&self) -> Timestamp {
        (self.deps.clock)()
    }

    fn until(&self) -> Timestamp {
        self.now() + chrono::Duration::seconds(self.config.lease_seconds.into())
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

    async fn serve(&self) -> Result<(), StageError> {
        // Webhooks and folders come by themselves.
        let polled = self.wires.values().filter(|w| w.config.kind == SourceKind::Feed);
        let ids: Vec<&str> = polled.map(|w| w.config.id.as_str()).collect();
        let mut hosts: BTreeMap<String, Arc<Semaphore>> = BTreeMap::new();
        let mut polls: JoinSet<Result<(), StageError>> = JoinSet::new();
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut renewed = Instant::now();
        while !self.deps.shutdown.is_cancelled() {
            tokio::select! {
                () = self.deps.shutdown.cancelled() => break,
                _ = tick.tick() => {}
            }
            while let Some(done) = polls.try_join_next() {
                settle(done)?;
            }
            if renewed.elapsed() > Duration::from_secs(u64::from(self.config.lease_seconds) / 3) {
                self.note(table::renew(&self.deps.db, &self.owner, self.until()).await)?;
                renewed = Instant::now();
            }
            let room = i64::try_from(self.config.concurrency.saturating_sub(polls.len())).unwrap_or(0);
            if room == 0 {
                continue;
            }
            let due = table::claim(&self.deps.db, &self.owner, &ids, self.now(), self.until(), room).await;
            let Some(due) = self.note(due)? else { continue };
            for leased in due {
                self.start(leased, &mut hosts, &mut polls).await?;
            }
            self.deps.health.set("fetcher", State::Ready);
        }
        // Drain: polls that have begun end by themselves, each within its time limits.
        while let Some(done) = polls.join_next().await {
            settle(done)?;
        }
        Ok(())
    }

    /// None, with a word to health, where Postgres fails for a while.
    fn note<T>(&self, result: Result<T, sqlx::Error>) -> Result<Option<T>, StageError> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(error) if wiredesk_store::is_transient(&error) => {
                tracing::warn!("Postgres does not answer ({error}); trying again");
                self.deps.health.set("fetcher", State::Retrying(format!("Postgres: {error}")));
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn start(
        &self,
        leased: Leased,
        hosts: &mut BTreeMap<String, Arc<Semaphore>>,
        polls: &mut JoinSet<Result<(), StageError>>,
    ) -> Result<(), StageError> {
        let Some(wire) = self.wires.get(leased.id.as_str()).cloned() else { return Ok(()) };
        let host = hosts
            .entry(host_of(&wire.config.url))
            .or_insert_with(|| Arc::new(Semaphore::new(self.config.per_host)))
            .clone();
        let Ok(permit) = host.try_acquire_owned() else {
            self.note(table::defer(&self.deps.db, &self.owner, &leased.id, self.now() + BUSY).await)?;
            return Ok(());
        };
        let (poller, owner) = (self.poller.clone(), self.owner.clone());
        polls.spawn(async move {
            let ended = one(&poller, &wire, &leased, &owner).await;
            drop(permit);
            ended
        });
        Ok(())
    }
}

/// Polls one source and saves what it came to. A bus or database that fails for a while only puts the poll off.
async fn one(poller: &Poller, wire: &Wire, leased: &Leased, owner: &str) -> Result<(), StageError> {
    let started = Instant::now();
    let polled = poller.poll(wire, leased).await;
    metrics::histogram!("wiredesk_fetch_poll_seconds").record(started.elapsed().as_secs_f64());
    let saved = match &polled {
        Ok(polled) => table::save(&poller.db, owner, polled).await.map_err(StageError::from),
        Err(error) if error.is_transient() => Err(StageError::Transient(error.to_string())),
        Err(error) => Err(StageError::Fatal(error.to_string())),
    };
    match saved {
        Ok(true) => Ok(()),
        Ok(false) => {
            tracing::warn!(
                source = leased.id.as_str(),
                "another fetcher took source {} over; it sends the same again",
                leased.id
            );
            Ok(())
        }
        Err(error) if error.is_transient() => {
            tracing::warn!(source = leased.id.as_str(), "source {} is polled again: {error}", leased.id);
            let later = (poller.clock)() + chrono::Duration::seconds(2);
            // Where even this fails, the lease runs out.
            let _ = table::defer(&poller.db, owner, &leased.id, later).await;
            Ok(())
        }
        Err(error) => Err(error),
    }
}

fn settle(done: Result<Result<(), StageError>, tokio::task::JoinError>) -> Result<(), StageError> {
    match done {
        Ok(ended) => ended,
        // The lease of that source runs out, and it is polled again.
        Err(error) => {
            tracing::error!("a poll failed unexpectedly ({error}); its source is polled again");
            Ok(())
        }
    }
}

/// The registrable domain of an address, or its host.
fn host_of(url: &str) -> String {
    let host = url::Url::parse(url).ok().and_then(|u| u.host_str().map(str::to_owned)).unwrap_or_default();
    psl::domain_str(&host).map_or(host.clone(), str::to_owned)
}
