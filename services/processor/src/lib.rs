//! Enriches clean copy and writes the ledger in one transaction.
//!
//! `clean` message → [`enrich`] → [`publish`] (what rights and embargo allow) → the ledger's transaction in
//! `wiredesk_store::ledger`, which alone gives out versions. [`release`] lets embargoed items go when their time has come.

pub mod config;
pub mod enrich;
mod fnv;
pub mod labelled;
pub mod measure;
pub mod ner;
pub mod own_accord;
pub mod positions;
pub mod publish;
pub mod sound;
pub mod stage;
pub mod tool;

pub use config::Config;
pub use stage::Processor;

use wiredesk_runtime::{Deps, StageError, run_stage};

/// Runs the stage and the releases until `deps.shutdown` is cancelled.
///
/// # Errors
/// [`StageError::Fatal`] where going on would lose or falsify something; everything else is tried again.
pub async fn run(config: Config, deps: Deps) -> Result<(), StageError> {
    let enricher = enrich::Enricher::new();
    let stage = Processor::new(&deps, Box::new(move |copy| enricher.enrich_copy(copy)));
    tokio::try_join!(run_stage(stage, &config.run, &deps), own_accord::run(&config, &deps))?;
    Ok(())
}
