//! Metrics in Prometheus' form; the admin server answers them.

use ::metrics::{describe_counter, describe_histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

/// Bounds of buckets for seconds: from 1 ms (a batch of a core) to an hour (an item that waited for a restart).
const SECONDS: [f64; 15] =
    [0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 600.0, 3600.0];
/// Bounds of buckets for records in a batch.
const RECORDS: [f64; 8] = [1.0, 5.0, 10.0, 50.0, 100.0, 250.0, 500.0, 1000.0];

/// Makes the process's recorder; `None` where there is one already.
pub fn recorder() -> Option<PrometheusHandle> {
    let builder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)
        .and_then(|b| b.set_buckets_for_metric(Matcher::Suffix("_records".to_owned()), &RECORDS))
        .ok()?;
    let handle = builder.install_recorder().ok()?;
    describe();
    Some(handle)
}

fn describe() {
    describe_counter!("wiredesk_stage_inputs_total", "Records that a stage has read.");
    describe_counter!("wiredesk_stage_outputs_total", "Outputs that a stage has made durable.");
    describe_counter!("wiredesk_stage_skips_total", "Records that rightly lead to nothing, by reason.");
    describe_counter!("wiredesk_stage_dead_total", "Dead letters, by reason.");
    describe_counter!(
        "wiredesk_stage_retries_total",
        "Transient errors that were tried again, by what failed."
    );
    describe_counter!("wiredesk_stage_rejoins_total", "How often a stage left and rejoined its group.");
    describe_histogram!("wiredesk_stage_batch_records", "Records of a batch.");
    describe_histogram!("wiredesk_stage_core_seconds", "Time that a stage's core took for a batch.");
    describe_histogram!("wiredesk_stage_store_seconds", "Time until a batch was durable.");
    describe_histogram!(
        "wiredesk_stage_latency_seconds",
        "From the arrival of the bytes to the stage's output being durable."
    );
}
