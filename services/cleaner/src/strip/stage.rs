//! The shell of strip: any number side by side. What sources repeat is loaded before it is needed and taught afterwards.

use std::sync::Arc;

use async_trait::async_trait;
use wiredesk_contract::status::CopyKind;
use wiredesk_contract::{Outcome, RawItem, Timestamp};
use wiredesk_runtime::{Deps, Emitter, Output, Running, Stage, StageError, Work};

use super::config::StripConfig;
use super::core::{Stripped, strip};
use super::memory::shell::{Memories, Telling};
use super::rules::Rules;

/// Runs the strip stage until `deps.shutdown` is cancelled.
///
/// # Errors
/// [`StageError`] that trying again does not help.
pub fn run_strip(config: StripConfig, deps: Deps) -> Running {
    Box::pin(until_drained(config, deps))
}

async fn until_drained(config: StripConfig, deps: Deps) -> Result<(), StageError> {
    let rules = Arc::new(Rules::new(&config.agencies));
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..config.workers.max(1) {
        let stage = StripStage {
            rules: rules.clone(),
            emitter: Emitter::new(&deps).await?,
            clock: deps.clock,
            memories: config.memory.then(|| Memories::new(deps.db.clone())),
        };
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
    memories: Option<Memories>,
}

#[async_trait]
impl Stage for StripStage {
    type In = RawItem;
    type Out = Stripped;

    fn name(&self) -> &'static str {
        "strip"
    }

    async fn prepare(&mut self, inputs: &[RawItem]) -> Result<(), StageError> {
        match &mut self.memories {
            Some(memories) => Ok(memories.prepare(inputs).await?),
            None => Ok(()),
        }
    }

    fn core(&mut self, input: RawItem, now: Timestamp) -> Outcome<Stripped> {
        let memory = self.memories.as_ref().map(|m| m.of(&input)).unwrap_or_default();
        strip(&input, &self.rules, &memory, now)
    }

    fn born(&self, stripped: &Stripped) -> Option<Timestamp> {
        Some(stripped.copy.fetched_at)
    }

    async fn store(&mut self, work: &Work<Stripped>) -> Result<(), StageError> {
        let now = (self.clock)();
        if let Some(memories) = &mut self.memories {
            let tellings: Vec<Telling<'_>> = work
                .outputs
                .iter()
                .map(|output| Telling {
                    source: &output.value.copy.source.id,
                    item_id: &output.value.copy.item_id,
                    fetched_at: output.value.copy.fetched_at,
                    told: &output.value.told,
                })
                .collect();
            memories.teach(&tellings, now).await?;
        }
        let copies: Vec<_> = work
            .outputs
            .iter()
            .map(|o| Output { value: o.value.copy.clone(), origin: o.origin.clone() })
            .collect();
        self.emitter.send(&copies, now).await?;
        for output in &work.outputs {
            count(&output.value);
        }
        Ok(())
    }
}

fn count(stripped: &Stripped) {
    let copy = &stripped.copy;
    let kind = match copy.kind {
        CopyKind::NotArticle => "not_article",
        CopyKind::Planning => "planning",
        CopyKind::Roundup => "roundup",
        CopyKind::News => "news",
    };
    metrics::counter!("wiredesk_strip_copies_total", "source" => copy.source.id.to_string(), "kind" => kind)
        .increment(1);
    if let Some(reason) = stripped.page {
        metrics::counter!("wiredesk_strip_pages_refused_total", "reason" => reason).increment(1);
    }
    for removed in &copy.removed {
        metrics::counter!("wiredesk_strip_removed_total", "reason" => removed.reason.clone()).increment(1);
    }
}
