//! Dead letters for what was not refused before.

use wiredesk_contract::{SourceId, Timestamp};
use wiredesk_runtime::Answered;
use wiredesk_runtime::StageError;
use wiredesk_store::source::{self as table, Found, Refused};

use super::Poller;
use crate::refuse::{self, Refusal};
use crate::source::SourceConfig;

impl Poller {
    /// Dead letters for what was not refused before.
    pub(super) async fn refuse(
        &self,
        source: &SourceConfig,
        refusals: &[Refusal],
        at: Timestamp,
        found: &mut Found,
    ) -> Result<(), StageError> {
        if refusals.is_empty() {
            return Ok(());
        }
        let hashes: Vec<String> = refusals.iter().map(Refusal::hash).collect();
        let mut known =
            table::refused_before(&self.db, &SourceId::new(&source.id), &hashes).answered().await?;
        for (refusal, hash) in refusals.iter().zip(hashes) {
            if !known.insert(hash.clone()) {
                continue;
            }
            let letter = refuse::letter(refusal, source, &self.emitter, at);
            tracing::warn!(
                source = source.id,
                reason = refusal.reason,
                "dead letter: {}",
                refusal.explanation
            );
            metrics::counter!("wiredesk_stage_dead_total", "stage" => "fetcher", "reason" => refusal.reason)
                .increment(1);
            self.emitter.send_new(&[letter], at).await?;
            found.refused.push(Refused { content_hash: hash, reason: refusal.reason.to_owned() });
        }
        Ok(())
    }
}
