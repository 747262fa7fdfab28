//! Second 0 in wall time, kept in a file so that a restart goes on where it was.

use std::path::Path;

use chrono::{DateTime, SubsecRound, Utc};
use wiredesk_contract::Timestamp;

use crate::error::SampleError;

/// Reads the epoch from `file`, or takes `now` and writes it there.
pub(crate) fn load_or_start(file: Option<&Path>, now: Timestamp) -> Result<Timestamp, SampleError> {
    let now = now.trunc_subsecs(0);
    let Some(path) = file else { return Ok(now) };
    let failed = |source| SampleError::Epoch { path: path.to_owned(), source };
    match std::fs::read_to_string(path) {
        Ok(text) => DateTime::parse_from_rfc3339(text.trim())
            .map(|time| time.with_timezone(&Utc))
            .map_err(|_| SampleError::EpochForm { path: path.to_owned() }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder).map_err(failed)?;
            }
            // Written beside and renamed: a kill in between leaves no half a date behind.
            let beside = path.with_extension("new");
            std::fs::write(&beside, now.to_rfc3339()).map_err(failed)?;
            std::fs::rename(&beside, path).map_err(failed)?;
            Ok(now)
        }
        Err(error) => Err(failed(error)),
    }
}
