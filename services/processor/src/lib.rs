//! Enriches clean copy and writes the ledger in one transaction.
//!
//! `clean` message → [`enrich`] → [`publish`] (what rights and embargo allow) → the ledger's transaction in
//! `wiredesk_store::ledger`, which alone gives out versions. [`own_accord`] issues versions that no copy brings, [`replay`] those of
//! another enrichment; [`retention`] takes the words of what may not be kept for longer.

pub mod config;
pub mod enrich;
pub mod explain;
pub mod extract;
mod fnv;
pub mod labelled;
pub mod measure;
pub mod ner;
pub mod own_accord;
pub mod positions;
pub mod publish;
pub mod replay;
pub mod retention;
pub mod sound;
pub mod stage;
pub mod tool;

pub use config::Config;
pub use stage::Processor;

use wiredesk_runtime::retry::Backoff;
use wiredesk_runtime::{Deps, Running, StageError, run_stage};

/// Runs the stage and the releases until `deps.shutdown` is cancelled.
///
/// # Errors
/// [`StageError::Fatal`] where going on would lose or falsify something; everything else is tried again.
pub fn run(config: Config, deps: Deps) -> Running {
    Box::pin(until_drained(config, deps))
}

async fn until_drained(config: Config, deps: Deps) -> Result<(), StageError> {
    let Some(enricher) = loaded(&config, &deps).await? else { return Ok(()) };
    let stage = Processor::new(&deps, Box::new(move |copy| enricher.enrich_copy(copy)));
    tokio::try_join!(
        run_stage(stage, &config.run, &deps),
        own_accord::run(&config, &deps),
        retention::run(&config, &deps),
    )?;
    Ok(())
}

/// The enricher, however often Postgres must be asked; `None` where the process is to stop before it answers.
async fn loaded(config: &Config, deps: &Deps) -> Result<Option<enrich::Enricher>, StageError> {
    let mut backoff = Backoff::new(&config.run.retry);
    loop {
        match enricher(config, &deps.db).await {
            Ok(enricher) => return Ok(Some(enricher)),
            Err(StageError::Transient(why)) => {
                tracing::warn!("enrichment cannot begin: {why}");
                if !backoff.pause(&deps.shutdown).await {
                    return Ok(None);
                }
            }
            Err(error) => return Err(error),
        }
    }
}

/// The enricher as this deployment has it: with the extract that an operator loaded.
///
/// # Errors
/// [`StageError::Transient`] where Postgres does not answer, [`StageError::Fatal`] where its tables are missing or the model of
/// `processor.enrich.onnx` cannot be used.
pub async fn enricher(config: &Config, db: &sqlx::PgPool) -> Result<enrich::Enricher, StageError> {
    let extract = wiredesk_store::register::extracted(db).await.map_err(|error| {
        let why = format!("the extract of people and organisations cannot be read: {error}");
        if wiredesk_store::is_transient(&error) { StageError::Transient(why) } else { StageError::Fatal(why) }
    })?;
    let budget = std::time::Duration::from_millis(config.enrich.budget_ms);
    Ok(enrich::Enricher::with(tagger(config)?)
        .with_known(enrich::known::KnownNames::new(extract))
        .with_budget(budget))
}

/// The engine for entities.
fn tagger(config: &Config) -> Result<Box<dyn enrich::entities::EntityTagger>, StageError> {
    let Some(folder) = &config.enrich.onnx else {
        return Ok(Box::new(enrich::entities::linear::Linear::new()));
    };
    #[cfg(feature = "onnx")]
    {
        let engine = enrich::entities::onnx::Onnx::load(folder);
        Ok(Box::new(engine.map_err(|error| StageError::Fatal(format!("processor.enrich.onnx: {error}")))?))
    }
    #[cfg(not(feature = "onnx"))]
    Err(StageError::Fatal(format!(
        "processor.enrich.onnx is {}, but this build has no engine onnx; build with `--features onnx`, or take the setting out",
        folder.display()
    )))
}
