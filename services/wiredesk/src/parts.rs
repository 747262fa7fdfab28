//! The services and tools, under one roof: what each crate offers, as the command line calls it.

use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;

use wiredesk_contract::Kind;
use wiredesk_runtime::health::State;
use wiredesk_runtime::{Deps, StageError, waiting};

use crate::config::RootConfig;
use crate::failure::Failure;

pub use wiredesk_api as api;
pub use wiredesk_sample_wire as sample_wire;

pub use cleaner::tool::Deduper;
pub use processor::tool::Enricher;
pub use stories::tool::Clusterer;
pub use wiredesk_alerts as alerts;
pub use wiredesk_cleaner as cleaner;
pub use wiredesk_fetcher as fetcher;
pub use wiredesk_processor as processor;
pub use wiredesk_relay as relay;
pub use wiredesk_stories as stories;

/// A stage that is not yet started.
pub struct Task {
    /// Its name.
    pub name: &'static str,
    /// It, until it has drained.
    pub run: Pin<Box<dyn Future<Output = Result<(), StageError>> + Send>>,
}

fn task(
    deps: &Deps,
    name: &'static str,
    run: impl Future<Output = Result<(), StageError>> + Send + 'static,
) -> Task {
    // The process is ready only when each of its stages has said so.
    deps.health.set(name, State::Starting);
    Task { name, run: Box::pin(run) }
}

/// A stage that reads a topic: what waits for it is counted beside it.
fn counted(
    deps: &Deps,
    name: &'static str,
    input: Kind,
    run: impl Future<Output = Result<(), StageError>> + Send + 'static,
) -> Task {
    let waiting = waiting::count(deps.clone(), name, input);
    task(deps, name, async move {
        tokio::select! {
            ended = run => ended,
            never = waiting => match never {},
        }
    })
}

/// Polls.
pub fn fetcher(config: &RootConfig, deps: &Deps) -> Task {
    let (gauges, polling) =
        (fetcher::gauges::run(deps.clone()), fetcher::run(config.fetcher.clone(), deps.clone()));
    task(deps, "fetcher", async move {
        tokio::select! {
            ended = polling => ended,
            never = gauges => match never {},
        }
    })
}

/// Cleans.
pub fn strip(config: &RootConfig, deps: &Deps) -> Task {
    counted(deps, "strip", Kind::Raw, cleaner::run_strip(config.strip.clone(), deps.clone()))
}

/// Finds repeats.
pub fn dedupe(config: &RootConfig, deps: &Deps) -> Task {
    counted(deps, "dedupe", Kind::Copy, cleaner::run_dedupe(config.dedupe.clone(), deps.clone()))
}

/// Enriches and stores.
pub fn processor(config: &RootConfig, deps: &Deps) -> Task {
    counted(deps, "processor", Kind::Clean, processor::run(config.processor.clone(), deps.clone()))
}

/// Publishes.
pub fn relay(config: &RootConfig, deps: &Deps) -> Task {
    let (config, own) = (config.relay.clone(), deps.clone());
    // A thread of its own: the relay's future holds a publisher that may not be shared between threads.
    let thread = move || tokio::runtime::Handle::current().block_on(relay::run(config, own));
    task(deps, "relay", async move {
        let ended = tokio::task::spawn_blocking(thread).await;
        ended.unwrap_or_else(|error| Err(StageError::Fatal(error.to_string())))
    })
}

/// Clusters.
pub fn stories(config: &RootConfig, deps: &Deps) -> Task {
    counted(deps, "stories", Kind::Item, stories::run(config.stories.clone(), deps.clone()))
}

/// Sends what saved searches find.
pub fn alerts(config: &RootConfig, deps: &Deps) -> Task {
    task(deps, "alerts", alerts::run(config.alerts.clone(), deps.clone()))
}

/// Answers.
pub fn api(config: &RootConfig, deps: &Deps) -> Task {
    task(deps, "api", api::run(config.api.clone(), deps.clone()))
}

/// Serves the sample wire, and adds its wires to those that the fetcher polls.
pub async fn sample_wire(config: &mut RootConfig, deps: &Deps) -> Result<String, Failure> {
    let mut own = config.sample_wire.clone();
    if own.epoch_file.is_none() {
        // `make run` keeps everything in one folder: after a restart the wire goes on where it was.
        own.epoch_file =
            std::env::var_os("WIREDESK_HOME").map(|home| PathBuf::from(home).join("sample-wire.epoch"));
    }
    let served = sample_wire::serve(own, deps.shutdown.clone()).await.map_err(Failure::of)?;
    let base = served.base_url();
    config.fetcher.sources.extend(sample_wire::sources(&base).into_iter().map(|wire| {
        fetcher::SourceConfig {
            id: wire.id,
            name: wire.name,
            url: wire.url,
            language: wire.language,
            country: wire.country,
            time_zone: wire.time_zone,
            agency: wire.agency,
            rights: wire.rights,
            pages: wire.pages,
            interval_seconds: Some(wire.interval_seconds),
            // It is on this machine, which no other source may reach.
            allow: vec![served.addr.ip().to_string()],
            ..fetcher::SourceConfig::default()
        }
    }));
    Ok(base)
}
