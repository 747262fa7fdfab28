//! `wiredesk sources pause`, `resume` and `remove`.

use std::process::ExitCode;

use wiredesk_store::source as table;

use super::ask::{Desk, failed, unknown};
use crate::failure::Failure;

pub async fn pause(desk: &Desk<'_>, ids: &[String], why: Option<&str>) -> Result<ExitCode, Failure> {
    let db = desk.database().await?;
    let reason = match why.map(str::trim).filter(|w| !w.is_empty()) {
        Some(why) => format!("paused by an operator: {why}"),
        None => "paused by an operator".to_owned(),
    };
    for id in ids {
        if !table::pause(&db, id, &reason).await.map_err(failed)? {
            return Err(unknown(id));
        }
        println!("{id} is paused; `wiredesk sources resume {id}` polls it again");
    }
    Ok(ExitCode::SUCCESS)
}

pub async fn resume(desk: &Desk<'_>, ids: &[String]) -> Result<ExitCode, Failure> {
    let db = desk.database().await?;
    for id in ids {
        let before = table::find(&db, id).await.map_err(failed)?.ok_or_else(|| unknown(id))?;
        table::resume(&db, id, desk.now()).await.map_err(failed)?;
        let what = match (&before.stopped, before.paused) {
            (Some(_), _) => "it had said that it was gone",
            (None, true) => "it was paused",
            (None, false) => "it was not paused",
        };
        println!("{id} is polled again at once ({what})");
    }
    Ok(ExitCode::SUCCESS)
}

pub async fn remove(desk: &Desk<'_>, ids: &[String]) -> Result<ExitCode, Failure> {
    let db = desk.database().await?;
    for id in ids {
        if table::remove(&db, id).await.map_err(failed)? {
            println!("{id} is no longer listed; what was published stays");
            continue;
        }
        let configured = desk.configured();
        let found = configured.iter().find(|s| s.id == *id);
        return Err(match (found, table::find(&db, id).await.map_err(failed)?) {
            (Some(source), _) => Failure::Failed(format!(
                "{id} is listed in the configuration ({}); take it out there and restart the fetcher, or let it rest: \
                 wiredesk sources pause {id}",
                source.place
            )),
            (None, Some(_)) => Failure::Failed(format!(
                "{id} is listed in the configuration of a running fetcher; take it out there and restart it, or let it \
                 rest: wiredesk sources pause {id}"
            )),
            (None, None) => unknown(id),
        });
    }
    Ok(ExitCode::SUCCESS)
}
