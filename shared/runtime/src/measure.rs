//! The metrics of a stage, each name once.

use std::time::Duration;

use metrics::{counter, histogram};

/// Counts and times one stage.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measure {
    stage: &'static str,
}

impl Measure {
    pub fn of(stage: &'static str) -> Self {
        Self { stage }
    }

    pub fn batch(&self, records: usize) {
        histogram!("wiredesk_stage_batch_records", "stage" => self.stage).record(records as f64);
        counter!("wiredesk_stage_inputs_total", "stage" => self.stage).increment(records as u64);
    }

    pub fn outputs(&self, count: usize) {
        counter!("wiredesk_stage_outputs_total", "stage" => self.stage).increment(count as u64);
    }

    pub fn skip(&self, reason: &'static str) {
        counter!("wiredesk_stage_skips_total", "stage" => self.stage, "reason" => reason).increment(1);
    }

    pub fn dead(&self, reason: &str) {
        counter!("wiredesk_stage_dead_total", "stage" => self.stage, "reason" => reason.to_owned())
            .increment(1);
    }

    pub fn core(&self, took: Duration) {
        histogram!("wiredesk_stage_core_seconds", "stage" => self.stage).record(took.as_secs_f64());
    }

    pub fn store(&self, took: Duration) {
        histogram!("wiredesk_stage_store_seconds", "stage" => self.stage).record(took.as_secs_f64());
    }

    /// From the arrival of the bytes to the output being durable.
    pub fn latency(&self, seconds: f64) {
        histogram!("wiredesk_stage_latency_seconds", "stage" => self.stage).record(seconds.max(0.0));
    }

    pub fn retry(&self, what: &'static str) {
        counter!("wiredesk_stage_retries_total", "stage" => self.stage, "what" => what).increment(1);
    }

    pub fn rejoin(&self) {
        counter!("wiredesk_stage_rejoins_total", "stage" => self.stage).increment(1);
    }
}
