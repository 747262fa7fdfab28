//! Logs, traces and metrics of the process.

mod logs;
mod metrics;
mod traces;

pub use logs::{LogConfig, LogFormat};
pub use metrics::recorder;
pub use traces::{TelemetryConfig, TraceError, Traces};

use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Starts logs and, where an endpoint is configured, the export of traces. Call once, inside the tokio runtime. The
/// answer flushes the traces when it is shut down.
///
/// # Errors
/// [`TraceError`] where the log filter or the endpoint cannot be used.
pub fn start(log: &LogConfig, telemetry: &TelemetryConfig) -> Result<Traces, TraceError> {
    let traces = Traces::start(telemetry)?;
    tracing_subscriber::registry()
        .with(logs::filter(&log.filter)?)
        .with(logs::layer(log.format))
        .with(traces.layer())
        .try_init()
        .map_err(|e| TraceError::Start(e.to_string()))?;
    Ok(traces)
}
