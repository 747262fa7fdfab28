//! The shell of strip: no state, any number side by side.

use std::sync::Arc;

use async_trait::async_trait;
use wiredesk_contract::{CopyItem, Outcome, RawItem, Timestamp};
use wiredesk_runtime::{Deps, Emitter, Stage, StageError, Work};

use super::config::StripConfig;
use super::core::strip;
use super::rules::Rules;

/// Runs the strip stage until `deps.shutdown` is cancelled.
///
/// # Errors
/// [`StageError`] that trying again does not help.
pub async fn run_strip(config: StripConfig, deps: Deps) -> Result<(), StageError> {
    let rules = Arc::new(Rules::new(&config.agencies));
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..config.workers.max(1) {
        let stage =
            StripStage { rules: rules.clone(), emitter: Emitter::new(&deps).await?, clock: deps.clock };
        let (run, deps) = (config.run.clone(), deps.clone());
        workers.spawn(async move { wiredesk_runtime::run_stage(stage, &run, &deps).await });
    }
    while let Some(ended) = workers.join_next().await {
        // Dropping the set stops the other workers; what they had in hand comes again.
        ended.map_err(|e| StageError::Fatal(format!("a strip worker ended: {e}")))??;
    }
    Ok(())
}

struct StripStage {
    rules: Arc<Rules>,
    emitter: Emitter,
    clock: fn() -> Timestamp,
}

#[async_trait]
impl Stage for StripStage {
    type In = RawItem;
    type Out = CopyItem;

    fn name(&self) -> &'static str {
        "strip"
    }

    fn core(&mut self, input: RawItem, now: Timestamp) -> Outcome<CopyItem> {
        strip(&input, &self.rules, now)
    }

    fn born(&self, copy: &CopyItem) -> Option<Timestamp> {
        Some(copy.fetched_at)
    }

    async fn store(&mut self, work: &Work<CopyItem>) -> Result<(), StageError> {
        self.emitter.send(&work.outputs, (self.clock)()).await?;
        for output in &work.outputs {
            let copy = &output.value;
            let kind = match copy.kind {
                wiredesk_contract::status::CopyKind::NotArticle => "not_article",
                wiredesk_contract::status::CopyKind::Planning => "planning",
                wiredesk_contract::status::CopyKind::Roundup => "roundup",
                wiredesk_contract::status::CopyKind::News => "news",
            };
            metrics::counter!("wiredesk_strip_copies_total", "source" => copy.source.id.to_string(), "kind" => kind)
                .increment(1);
        }
        Ok(())
    }
}
