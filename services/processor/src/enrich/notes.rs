//! Runs each enrichment behind a guard: one that fails, or takes too long, costs only what it would have added.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use wiredesk_contract::enrichment::{EnrichError, EnrichFailure, EnrichReport, Provenance};

use super::budget;

/// What is said about the enrichments of one item.
pub(super) struct Notes {
    budget: Duration,
    /// One entry an enrichment.
    pub(super) provenance: Vec<Provenance>,
    /// Those that failed.
    pub(super) report: EnrichReport,
}

impl Notes {
    /// Nothing yet; each enrichment may take `budget`.
    pub(super) fn new(budget: Duration) -> Self {
        Self { budget, provenance: Vec::new(), report: EnrichReport::default() }
    }

    /// What `work` finds, or nothing where it fails.
    pub(super) fn guard<T: Default>(
        &mut self,
        enrichment: &str,
        (engine, version): (&str, &str),
        work: impl FnOnce() -> T,
    ) -> T {
        self.made(enrichment, engine, version);
        match catch_unwind(AssertUnwindSafe(|| budget::within(self.budget, work))) {
            Ok(found) => found,
            Err(payload) if budget::is_spent(payload.as_ref()) => {
                let detail = format!(
                    "it took longer than the {} ms of processor.enrich.budget_ms; report the item, or raise the budget and replay",
                    self.budget.as_millis()
                );
                self.failed(enrichment, EnrichFailure::OverBudget, detail);
                T::default()
            }
            Err(_) => {
                let detail = "the engine failed on this text; report the item".to_owned();
                self.failed(enrichment, EnrichFailure::Failed, detail);
                T::default()
            }
        }
    }

    /// Notes who made an enrichment.
    pub(super) fn made(&mut self, enrichment: &str, engine: &str, version: &str) {
        self.provenance.push(Provenance {
            enrichment: enrichment.to_owned(),
            engine: engine.to_owned(),
            version: version.to_owned(),
        });
    }

    /// Notes what went wrong.
    pub(super) fn failed(&mut self, enrichment: &str, reason: EnrichFailure, detail: String) {
        self.report.errors.push(EnrichError { enrichment: enrichment.to_owned(), reason, detail });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_that_fails_costs_only_its_own() {
        let mut notes = Notes::new(Duration::from_millis(1));
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(|_| {}));
        let broken: Vec<u8> = notes.guard("topics", ("linear", "1"), || panic!("on purpose"));
        std::panic::set_hook(hook);
        let endless: Vec<u8> = notes.guard("quotes", ("rules", "1"), || {
            loop {
                budget::check();
            }
        });
        assert_eq!(notes.guard("dates", ("rules", "1"), || vec![7]), [7]);
        assert_eq!((broken, endless), (vec![], vec![]));
        let told: Vec<_> = notes.report.errors.iter().map(|e| (e.enrichment.as_str(), e.reason)).collect();
        assert_eq!(told, [("topics", EnrichFailure::Failed), ("quotes", EnrichFailure::OverBudget)]);
        assert_eq!(notes.provenance.len(), 3);
    }
}
