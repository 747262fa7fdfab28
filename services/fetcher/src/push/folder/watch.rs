//! The loop over a folder: look, take what is whole, move it. One fetcher at a time does so.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use wiredesk_contract::{SourceId, Timestamp};
use wiredesk_store::push as table;

use super::disk::{self, Bytes};
use super::looks::{Looks, Seen};
use crate::poll::{Ingested, Via, Wire};
use crate::push::intake::Intake;
use crate::push::problem::Problem;

/// How long a file is left that could not be read or moved.
const AGAIN: chrono::Duration = chrono::Duration::seconds(60);
/// How often old files are looked for.
const FORGET: Duration = Duration::from_secs(3600);

/// Where a test lets the process die: nowhere, or after so many files were published and before they are moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Crash {
    /// Nowhere.
    #[default]
    Never,
    /// Before the move of the file of this number, counted from 1.
    BeforeMove(usize),
}

/// A folder that is watched.
pub struct Folder {
    intake: Intake,
    wire: Arc<Wire>,
    path: PathBuf,
    owner: String,
    looks: Looks,
    /// How this fetcher's lease goes on.
    lease: chrono::Duration,
    renewed: Option<Timestamp>,
    /// For tests of what a crash leaves.
    pub crash: Crash,
    taken: usize,
}

/// Why a round ended before its end.
#[derive(Debug, thiserror::Error)]
pub enum Halt {
    /// The disk: in words, with the path.
    #[error("{0}; see to the folder's permissions and space")]
    Disk(#[from] std::io::Error),
    /// Postgres.
    #[error("Postgres does not answer: {0}")]
    Store(#[from] sqlx::Error),
    /// The bus, or a source that is paused: nothing is lost, the file stays.
    #[error("{0}")]
    Taking(#[from] Problem),
    /// A test said so.
    #[error("a test ended it here")]
    Crashed,
}

impl Halt {
    /// May the same go well later? Somebody may mend the disk; the loop goes on in any case.
    pub fn is_transient(&self) -> bool {
        true
    }
}

impl Folder {
    /// Watches `path` for a source; `owner` is this fetcher.
    pub fn new(intake: Intake, wire: Arc<Wire>, path: PathBuf, owner: &str) -> Self {
        let lease = chrono::Duration::seconds(intake.poller().config.lease_seconds.into());
        let (looks, renewed) = (Looks::default(), None);
        Self {
            intake,
            wire,
            path,
            owner: owner.to_owned(),
            looks,
            lease,
            renewed,
            crash: Crash::Never,
            taken: 0,
        }
    }

    /// Watches until shutdown. What is wrong is said on the source's page and in the log, and tried again.
    pub async fn watch(mut self) {
        let mut tick = tokio::time::interval(Duration::from_millis(self.intake.config().look_ms));
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let shutdown = self.intake.shutdown().clone();
        let mut forgotten: Option<Instant> = None;
        while shutdown.run_until_cancelled(tick.tick()).await.is_some() {
            let halted = match self.round().await {
                Ok(None) => continue,
                Ok(Some(_)) => None,
                Err(halt) => Some(halt.to_string()),
            };
            let id = SourceId::new(&self.wire.config.id);
            // Where Postgres fails there is nobody to tell but the log.
            match table::note(self.intake.db(), &id, halted.as_deref(), self.intake.now()).await {
                Ok(true) => match &halted {
                    Some(why) => {
                        tracing::warn!(source = id.as_str(), "the folder of source {id} waits: {why}")
                    }
                    None => tracing::info!(source = id.as_str(), "the folder of source {id} is watched"),
                },
                Ok(false) => {}
                Err(error) => {
                    tracing::warn!(source = id.as_str(), "the folder of source {id} waits: Postgres: {error}")
                }
            }
            if halted.is_none() && forgotten.is_none_or(|t| t.elapsed() > FORGET) {
                forgotten = Some(Instant::now());
                self.forget().await;
            }
        }
    }

    /// One look, and what is whole taken: how many files, or None where another fetcher watches this folder.
    ///
    /// # Errors
    /// [`Halt`]: what was not moved stays and is taken again.
    pub async fn round(&mut self) -> Result<Option<usize>, Halt> {
        if !self.hold().await? {
            return Ok(None);
        }
        let path = self.path.clone();
        let listed = blocking(move || disk::prepare(&path).and_then(|()| disk::list(&path))).await?;
        let settle = chrono::Duration::milliseconds(
            i64::try_from(self.intake.config().settle_ms).unwrap_or(i64::MAX / 2),
        );
        let ready = self.looks.look(self.intake.now(), listed, settle);
        let mut count = 0;
        let mut trouble = None;
        for file in ready {
            // Thousands of files may take longer than the lease.
            if self.intake.shutdown().is_cancelled() || !self.hold().await? {
                break;
            }
            match self.take(&file).await {
                Ok(()) => count += 1,
                // One file that cannot be read or moved does not hold up the others.
                Err(Halt::Disk(error)) => {
                    self.looks.put_off(&file, self.intake.now() + AGAIN);
                    trouble = Some(Halt::Disk(error));
                }
                Err(halt) => return Err(halt),
            }
        }
        trouble.map_or(Ok(Some(count)), Err)
    }

    /// Takes or keeps this folder's lease.
    async fn hold(&mut self) -> Result<bool, sqlx::Error> {
        let now = self.intake.now();
        if self.renewed.is_some_and(|t| t <= now && now - t < self.lease / 3) {
            return Ok(true);
        }
        let id = SourceId::new(&self.wire.config.id);
        let held = table::lease_folder(self.intake.db(), &id, &self.owner, now, now + self.lease).await?;
        self.renewed = held.then_some(now);
        Ok(held)
    }

    async fn take(&mut self, file: &Seen) -> Result<(), Halt> {
        let (path, name, cap) = (self.path.clone(), file.name.clone(), self.intake.config().max_body_bytes);
        let bytes = match blocking(move || disk::read(&path, &name, cap)).await? {
            Bytes::Whole(bytes) => bytes,
            Bytes::Gone => return Ok(()),
            Bytes::Refused(why) => return self.refuse(file, why).await,
        };
        let taken = self.intake.take(&self.wire, bytes.into(), None, Via::Folder).await?;
        self.taken += 1;
        if self.crash == Crash::BeforeMove(self.taken) {
            return Err(Halt::Crashed);
        }
        match verdict(&taken) {
            Some(why) => self.refuse(file, why).await,
            None => {
                let (path, name, day) =
                    (self.path.clone(), file.name.clone(), self.intake.now().date_naive());
                blocking(move || disk::done(&path, &name, day)).await?;
                Ok(())
            }
        }
    }

    async fn refuse(&self, file: &Seen, why: String) -> Result<(), Halt> {
        let source = self.wire.config.id.as_str();
        tracing::warn!(source, file = %file.name.to_string_lossy(), "a file of source {source} goes to error/: {why}");
        metrics::counter!("wiredesk_push_files_refused_total").increment(1);
        let (path, name) = (self.path.clone(), file.name.clone());
        blocking(move || disk::error(&path, &name, &why)).await?;
        Ok(())
    }

    async fn forget(&self) {
        let (path, today, keep) =
            (self.path.clone(), self.intake.now().date_naive(), self.intake.config().keep_days);
        if keep == 0 {
            return;
        }
        let source = self.wire.config.id.as_str();
        match blocking(move || disk::forget(&path, today, keep)).await {
            Ok(0) => {}
            Ok(days) => {
                tracing::info!(source, days, "the files of {days} days of source {source} are no longer kept")
            }
            Err(error) => tracing::warn!(source, "old files of source {source} cannot be removed: {error}"),
        }
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Why a file is to be looked at by somebody; None where all of it was taken.
fn verdict(taken: &Ingested) -> Option<String> {
    if let Some(why) = &taken.unreadable {
        return Some(format!("{why}. Mend it and put it into the folder again."));
    }
    let had = taken.new + taken.changed + taken.unchanged;
    if taken.broken > 0 {
        return Some(format!(
            "{} of its items cannot be read and are kept as dead letters; {had} were taken. Mend it and put it into the folder again: what was taken is not taken twice.",
            taken.broken
        ));
    }
    if taken.partial {
        return Some(format!(
            "it ends before its end; {had} whole items were taken. Put the whole file into the folder: what was taken is not taken twice."
        ));
    }
    (had == 0).then(|| "it holds no item.".to_owned())
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> std::io::Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|e| Err(std::io::Error::other(e)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_files_somebody_has_to_see() {
        let good = Ingested { new: 1, changed: 2, unchanged: 3, ..Ingested::default() };
        assert_eq!(verdict(&good), None);
        for (taken, expected) in [
            (
                Ingested { unreadable: Some("the document is empty".into()), ..Ingested::default() },
                "the document is empty. Mend",
            ),
            (Ingested { broken: 2, ..good.clone() }, "2 of its items cannot be read"),
            (Ingested { partial: true, ..good.clone() }, "it ends before its end; 6 whole items were taken"),
            (Ingested::default(), "it holds no item."),
        ] {
            assert!(verdict(&taken).unwrap().starts_with(expected), "{taken:?}");
        }
    }
}
