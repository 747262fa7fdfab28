//! Which domains this fetcher holds: it says that it lives, places new sources, takes its share and gives back what is more.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use serde::Deserialize;
use tokio_util::sync::CancellationToken;
use wiredesk_contract::{SourceId, Timestamp};
use wiredesk_runtime::Answered;
use wiredesk_runtime::StageError;
use wiredesk_store::source::{self as table, Cluster, DomainLease, Due};

use super::saver::manners;
use crate::config::Config;
use crate::queue::name::queue_of;
use crate::queue::share::share;
use crate::queue::{Domain, Limits, Turns};

/// Sources that are placed in one go.
const PLACED: i64 = 2000;
/// Every so many seconds all sources are read again, whatever was seen of edits.
const REREAD: Duration = Duration::from_secs(600);
/// Edits that are looked at again: a transaction that edits may take so many seconds.
const EDITS: f64 = 30.0;

/// When this fetcher last said that it lives.
pub(super) struct Pulse {
    start: Instant,
    /// Milliseconds after `start`; negative before the first.
    last: AtomicI64,
    lease: Duration,
}

impl Pulse {
    pub fn new(lease: Duration) -> Self {
        Self { start: Instant::now(), last: AtomicI64::new(-1), lease }
    }

    fn beat(&self, at: Instant) {
        let millis = i64::try_from((at - self.start).as_millis()).unwrap_or(i64::MAX);
        self.last.store(millis, Ordering::Relaxed);
    }

    /// May requests still be sent? Well before the lease runs out, so that those that are on their way end within it.
    pub fn alive(&self) -> bool {
        let last = self.last.load(Ordering::Relaxed);
        let Ok(last) = u64::try_from(last) else { return false };
        self.start.elapsed() < Duration::from_millis(last) + self.lease * 2 / 3
    }
}

/// Keeps the leases.
pub(super) struct Leases {
    pub db: sqlx::PgPool,
    pub owner: String,
    pub config: Arc<Config>,
    pub turns: Arc<Turns>,
    pub pulse: Arc<Pulse>,
    pub clock: fn() -> Timestamp,
}

impl Leases {
    /// Keeps the leases until shutdown.
    ///
    /// # Errors
    /// [`StageError::Fatal`] where Postgres refuses for good.
    pub async fn run(self, shutdown: CancellationToken) -> Result<(), StageError> {
        let period =
            Duration::from_millis(u64::from(self.config.lease_seconds) * 200).min(Duration::from_secs(6));
        let mut read = Instant::now();
        let mut first = true;
        loop {
            match self.round(first, read.elapsed() > REREAD, period.as_secs_f64()).answered_late().await {
                Ok(()) => {
                    if first || read.elapsed() > REREAD {
                        read = Instant::now();
                    }
                    first = false;
                }
                Err(error) if wiredesk_store::is_transient(&error) => {
                    tracing::warn!("the leases are not renewed yet: Postgres does not answer ({error})");
                }
                Err(error) => return Err(error.into()),
            }
            tokio::select! {
                () = tokio::time::sleep(period) => {}
                () = shutdown.cancelled() => return Ok(()),
            }
        }
    }

    async fn round(&self, first: bool, reread: bool, period: f64) -> Result<(), sqlx::Error> {
        let at = Instant::now();
        let cluster = table::beat(&self.db, &self.owner, self.config.lease_seconds).answered().await?;
        if cluster.lapsed && !first {
            tracing::warn!("this fetcher's lease had run out; what others took over meanwhile is theirs");
            self.forget_lost().await?;
        }
        self.pulse.beat(at);
        let placed = self.place().await?;
        let cluster = if placed {
            table::beat(&self.db, &self.owner, self.config.lease_seconds).answered().await?
        } else {
            cluster
        };
        self.balance(cluster).await?;
        let mut fresh = table::edited(&self.db, EDITS + period, (self.clock)()).await?;
        if reread {
            let names: Vec<Arc<str>> = self.turns.lock().loads().into_keys().collect();
            let names: Vec<&str> = names.iter().map(|n| &**n).collect();
            fresh.extend(table::due(&self.db, &names, (self.clock)()).await?);
        }
        self.admit(&fresh);
        let queues = self.turns.lock();
        metrics::gauge!("wiredesk_fetch_sources").set(queues.len() as f64);
        metrics::gauge!("wiredesk_fetch_fetchers").set(cluster.fetchers as f64);
        Ok(())
    }

    async fn forget_lost(&self) -> Result<(), sqlx::Error> {
        let held: std::collections::BTreeSet<String> =
            table::held(&self.db, &self.owner).await?.into_iter().map(|(domain, _)| domain).collect();
        let mut queues = self.turns.lock();
        for name in queues.loads().into_keys().filter(|n| !held.contains(&**n)) {
            queues.remove_domain(&name);
        }
        Ok(())
    }

    /// Sources that stand in no queue yet. True where there were some.
    async fn place(&self) -> Result<bool, sqlx::Error> {
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct Allow {
            allow: Vec<String>,
        }
        let mut any = false;
        loop {
            let found = table::unplaced(&self.db, PLACED).await?;
            let places: Vec<(SourceId, String, String)> = found
                .into_iter()
                .map(|source| {
                    let mut allow = Allow::deserialize(&source.config).unwrap_or_default().allow;
                    allow.extend(self.config.net.allow.iter().cloned());
                    let queue = queue_of(&source.url, &allow);
                    (source.id, source.url, queue)
                })
                .collect();
            if places.is_empty() {
                return Ok(any);
            }
            any = true;
            table::place(&self.db, &places).await?;
            if i64::try_from(places.len()).is_ok_and(|n| n < PLACED) {
                return Ok(true);
            }
        }
    }

    async fn balance(&self, cluster: Cluster) -> Result<(), sqlx::Error> {
        let loads: Vec<(Arc<str>, (usize, usize))> = self.turns.lock().loads().into_iter().collect();
        let sizes: Vec<usize> = loads.iter().map(|(_, (sources, _))| *sources).collect();
        let todo = share(&sizes, cluster.sources, cluster.fetchers);
        let mut given = Vec::new();
        {
            let mut queues = self.turns.lock();
            // A domain that is being spoken to stays until the next time.
            let idle = todo.give.iter().filter_map(|n| loads.get(*n)).filter(|(_, (_, flying))| *flying == 0);
            for (name, _) in idle {
                if queues.loads_of(name).is_some_and(|(_, flying)| flying == 0)
                    && let Some(domain) = queues.remove_domain(name)
                {
                    given.push((name.to_string(), manners(&domain)));
                }
            }
        }
        if !given.is_empty() {
            tracing::info!(domains = given.len(), "{} domains are given to other fetchers", given.len());
            table::give(&self.db, &self.owner, &given).await?;
        }
        if todo.take > 0 {
            self.adopt(table::take(&self.db, &self.owner, todo.take).await?).await?;
        }
        Ok(())
    }

    async fn adopt(&self, taken: Vec<DomainLease>) -> Result<(), sqlx::Error> {
        if taken.is_empty() {
            return Ok(());
        }
        let names: Vec<&str> = taken.iter().map(|t| t.domain.as_str()).collect();
        let now = (self.clock)();
        let due = table::due(&self.db, &names, now).await?;
        {
            let mut queues = self.turns.lock();
            for lease in &taken {
                let m = &lease.manners;
                let domain = Domain {
                    next_request: m.next_request,
                    rest_until: m.rest_until,
                    refusals: u32::try_from(m.refusals).unwrap_or(0),
                    slowness: m.slowness.max(1.0),
                    ..Domain::default()
                };
                let limits = Limits::of(&lease.domain, &self.config);
                queues.add_domain(&lease.domain, domain.taken_on(&limits, now), limits);
            }
        }
        tracing::info!(domains = taken.len(), sources = due.len(), "{} domains are taken on", taken.len());
        self.admit(&due);
        Ok(())
    }

    fn admit(&self, sources: &[Due]) {
        for some in sources.chunks(1000) {
            let mut queues = self.turns.lock();
            for source in some {
                if source.polled && queues.has(&source.domain) {
                    queues.put(&source.domain, source.id.as_str(), source.next_poll);
                } else {
                    queues.remove(source.id.as_str());
                }
            }
        }
    }
}
