//! The services and tools, under one roof: what each crate offers, as the command line calls it.

use std::future::Future;
use std::path::PathBuf;

use wiredesk_contract::Kind;
use wiredesk_runtime::health::State;
use wiredesk_runtime::{Deps, Running, StageError, waiting};

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
    pub run: Running,
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
    // It is on this machine, which no other source may reach.
    poll_sample_wire(&mut config.fetcher, &base, &served.addr.ip().to_string());
    Ok(base)
}

/// Adds the wires of a sample wire in another process to those that the fetcher polls, where the configuration names its address.
pub fn sample_wire_elsewhere(config: &mut RootConfig) -> Result<(), Failure> {
    let (true, Some(url)) = (config.sample_wire.enabled, config.sample_wire.url.clone()) else {
        return Ok(());
    };
    let authority = url.strip_prefix("http://").map(|rest| rest.trim_end_matches('/'));
    let Some((host, port)) =
        authority.and_then(|a| a.rsplit_once(':')).filter(|(_, port)| port.parse::<u16>().is_ok())
    else {
        return Err(Failure::Usage(format!(
            "sample_wire.url = {url:?} is not of the form http://host:port, such as http://sample-wire:8090"
        )));
    };
    poll_sample_wire(&mut config.fetcher, &url, &format!("{host}:{port}"));
    // It is ours and bears more than a stranger's server; as on loopback, no gap is kept.
    let ours =
        fetcher::config::DomainConfig { gap_ms: Some(0), concurrency: Some(config.fetcher.concurrency) };
    config.fetcher.domains.entry(fetcher::queue::name::queue_of(&url, &[])).or_insert(ours);
    Ok(())
}

fn poll_sample_wire(config: &mut fetcher::Config, base: &str, allow: &str) {
    config.sources.extend(sample_wire::sources(base).into_iter().map(|wire| fetcher::SourceConfig {
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
        allow: vec![allow.to_owned()],
        ..fetcher::SourceConfig::default()
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_url(url: Option<&str>) -> RootConfig {
        let mut config = RootConfig::default();
        config.sample_wire.url = url.map(str::to_owned);
        config
    }

    #[test]
    fn a_fetcher_of_its_own_polls_the_sample_wire_that_is_named() {
        let mut config = with_url(Some("http://sample-wire:8090/"));
        sample_wire_elsewhere(&mut config).unwrap();
        let sources = fetcher::list::load(&config.fetcher).unwrap();
        assert_eq!(sources.len(), sample_wire::sources("http://x").len());
        for source in sources {
            assert!(source.url.starts_with("http://sample-wire:8090/"), "{}", source.url);
            assert!(!source.url.contains("8090//"), "{}", source.url);
            assert_eq!(source.allow, ["sample-wire:8090"]);
        }
        assert_eq!(config.fetcher.domains["sample-wire"].gap_ms, Some(0));
    }

    #[test]
    fn where_none_is_named_or_it_is_switched_off_none_is_polled() {
        let mut off = with_url(Some("http://sample-wire:8090"));
        off.sample_wire.enabled = false;
        for mut config in [with_url(None), off] {
            sample_wire_elsewhere(&mut config).unwrap();
            assert!(config.fetcher.sources.is_empty() && config.fetcher.domains.is_empty());
        }
    }

    #[test]
    fn an_address_without_a_port_is_refused_with_an_example() {
        for wrong in
            ["sample-wire:8090", "http://sample-wire", "https://sample-wire:8090", "http://sample-wire:x"]
        {
            let error = sample_wire_elsewhere(&mut with_url(Some(wrong))).unwrap_err();
            assert!(
                matches!(&error, Failure::Usage(said) if said.contains("http://sample-wire:8090")),
                "{error}"
            );
        }
    }
}
