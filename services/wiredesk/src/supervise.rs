//! Stages side by side: when one stops for good, all drain and the process ends.

use tokio::task::JoinSet;
use wiredesk_runtime::Deps;

use crate::failure::Failure;
use crate::parts::Task;

/// Runs all until shutdown. One that fails, panics or ends by itself stops the others.
pub async fn supervise(tasks: Vec<Task>, deps: &Deps) -> Result<(), Failure> {
    let mut running = JoinSet::new();
    for Task { name, run } in tasks {
        running.spawn(async move { (name, tokio::spawn(run).await) });
    }
    let mut first = None;
    while let Some(joined) = running.join_next().await {
        let why = match joined {
            Ok((name, Ok(Ok(())))) if deps.shutdown.is_cancelled() => {
                tracing::info!(stage = name, "{name} has drained");
                continue;
            }
            Ok((name, Ok(Ok(())))) => format!("{name} ended by itself; look at its last log lines"),
            Ok((name, Ok(Err(error)))) => format!("{name} failed: {error}"),
            Ok((name, Err(error))) => format!("{name} failed: {error}"),
            Err(error) => error.to_string(),
        };
        tracing::error!("{why}; the other stages drain and the process stops");
        first.get_or_insert(why);
        deps.shutdown.cancel();
    }
    first.map_or(Ok(()), |why| Err(Failure::Failed(why)))
}
