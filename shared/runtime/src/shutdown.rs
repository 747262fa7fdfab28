//! Signals: the first drains, the second or a timeout ends.

use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Listens for SIGTERM and SIGINT. The first cancels `token`; after it a second one, or `timeout`, ends the process
/// with exit code 1: what was not committed comes again after the start.
///
/// # Errors
/// The system's, where signals cannot be listened for.
pub fn on_signals(token: CancellationToken, timeout: Duration) -> std::io::Result<()> {
    let mut term = signal(SignalKind::terminate())?;
    let mut int = signal(SignalKind::interrupt())?;
    tokio::spawn(async move {
        let ended_by_itself = token.clone();
        tokio::select! {
            () = either(&mut term, &mut int) => {
                tracing::info!("stopping: the batches in hand are finished first (a second signal stops at once)");
                token.cancel();
            }
            () = ended_by_itself.cancelled() => {}
        }
        tokio::select! {
            () = either(&mut term, &mut int) => tracing::warn!("stopped at once by a second signal"),
            () = tokio::time::sleep(timeout) => tracing::warn!("stopped after {} s without having drained", timeout.as_secs()),
        }
        std::process::exit(1);
    });
    Ok(())
}

async fn either(term: &mut Signal, int: &mut Signal) {
    tokio::select! {
        _ = term.recv() => {}
        _ = int.recv() => {}
    }
}
