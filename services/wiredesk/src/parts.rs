//! The services and tools, under one roof: what each crate offers, as the command line calls it.

use std::future::Future;
use std::pin::Pin;

use wiredesk_runtime::{Deps, StageError};

use crate::config::RootConfig;
use crate::failure::Failure;

pub use wiredesk_api as api;
pub use wiredesk_sample_wire as sample_wire;

pub use absent::{cleaner, fetcher, processor, relay, stories};
pub use cleaner::tool::Deduper;
pub use processor::tool::Enricher;
pub use stories::tool::Clusterer;

/// A stage that is not yet started.
pub struct Task {
    /// Its name.
    pub name: &'static str,
    /// It, until it has drained.
    pub run: Pin<Box<dyn Future<Output = Result<(), StageError>> + Send>>,
}

fn task(name: &'static str, run: impl Future<Output = Result<(), StageError>> + Send + 'static) -> Task {
    Task { name, run: Box::pin(run) }
}

/// Polls.
pub fn fetcher(config: &RootConfig, deps: &Deps) -> Task {
    task("fetcher", fetcher::run(config.fetcher.clone(), deps.clone()))
}

/// Cleans.
pub fn strip(config: &RootConfig, deps: &Deps) -> Task {
    task("strip", cleaner::run_strip(config.strip.clone(), deps.clone()))
}

/// Finds repeats.
pub fn dedupe(config: &RootConfig, deps: &Deps) -> Task {
    task("dedupe", cleaner::run_dedupe(config.dedupe.clone(), deps.clone()))
}

/// Enriches and stores.
pub fn processor(config: &RootConfig, deps: &Deps) -> Task {
    task("processor", processor::run(config.processor.clone(), deps.clone()))
}

/// Publishes.
pub fn relay(config: &RootConfig, deps: &Deps) -> Task {
    task("relay", relay::run(config.relay.clone(), deps.clone()))
}

/// Clusters.
pub fn stories(config: &RootConfig, deps: &Deps) -> Task {
    task("stories", stories::run(config.stories.clone(), deps.clone()))
}

/// Answers.
pub fn api(config: &RootConfig, deps: &Deps) -> Task {
    task("api", api::run(config.api.clone(), deps.clone()))
}

/// Serves the sample wire, and adds its wires to those that the fetcher polls.
pub async fn sample_wire(config: &mut RootConfig, deps: &Deps) -> Result<String, Failure> {
    let served =
        sample_wire::serve(config.sample_wire.clone(), deps.shutdown.clone()).await.map_err(Failure::of)?;
    Ok(served.base_url())
}

/// Stands in for services that are still being written.
mod absent {
    macro_rules! config {
        ($name:ident) => {
            #[derive(Clone, Debug, Default, serde::Deserialize, serde::Serialize)]
            #[serde(default, deny_unknown_fields)]
            pub struct $name {}
        };
    }
    macro_rules! run {
        ($run:ident, $config:ident) => {
            pub async fn $run(
                _: $config,
                deps: wiredesk_runtime::Deps,
            ) -> Result<(), wiredesk_runtime::StageError> {
                deps.shutdown.cancelled().await;
                Ok(())
            }
        };
    }
    macro_rules! seq {
        ($name:ident) => {
            pub struct $name;
            impl $name {
                pub fn new(_: chrono::Duration) -> Self {
                    Self
                }
                pub fn push(&mut self, v: &serde_json::Value) -> serde_json::Value {
                    v.clone()
                }
            }
        };
    }
    pub mod fetcher {
        config!(Config);
        run!(run, Config);
        pub mod tool {
            pub fn feed(
                file: &str,
                _: &[u8],
                _: &std::collections::BTreeMap<String, String>,
            ) -> serde_json::Value {
                serde_json::json!({"file": file})
            }
        }
    }
    pub mod cleaner {
        config!(StripConfig);
        config!(DedupeConfig);
        run!(run_strip, StripConfig);
        run!(run_dedupe, DedupeConfig);
        pub mod tool {
            pub fn extract(id: &str, _: &[u8]) -> serde_json::Value {
                serde_json::json!({"id": id})
            }
            pub fn clean(v: &serde_json::Value) -> serde_json::Value {
                v.clone()
            }
            seq!(Deduper);
        }
    }
    pub mod processor {
        config!(Config);
        run!(run, Config);
        pub mod tool {
            pub struct Enricher;
            impl Enricher {
                pub fn new() -> Self {
                    Self
                }
                pub fn enrich(&self, v: &serde_json::Value) -> serde_json::Value {
                    v.clone()
                }
            }
        }
    }
    pub mod relay {
        config!(Config);
        run!(run, Config);
    }
    pub mod stories {
        config!(Config);
        run!(run, Config);
        pub mod tool {
            seq!(Clusterer);
        }
    }
}
