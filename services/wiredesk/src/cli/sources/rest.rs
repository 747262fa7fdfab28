//! `wiredesk sources pause`, `resume` and `remove`.

use std::process::ExitCode;

use serde_json::json;
use sqlx::PgConnection;
use wiredesk_contract::Timestamp;
use wiredesk_store::audit_log::{self, Entry};
use wiredesk_store::source as table;

use super::ask::{Desk, failed, unknown};
use crate::cli::actor;
use crate::failure::Failure;

/// What is done and that it was done are one transaction.
async fn note(
    tx: &mut PgConnection,
    at: Timestamp,
    action: &str,
    id: &str,
    why: &str,
) -> Result<(), Failure> {
    let entry = Entry {
        at,
        actor: actor(),
        action: action.to_owned(),
        target: id.to_owned(),
        reason: why.to_owned(),
        detail: json!({"by": "command line"}),
    };
    audit_log::insert(tx, &entry).await.map_err(failed)
}

pub async fn pause(desk: &Desk<'_>, ids: &[String], why: Option<&str>) -> Result<ExitCode, Failure> {
    let db = desk.database().await?;
    let reason = match why.map(str::trim).filter(|w| !w.is_empty()) {
        Some(why) => format!("paused by an operator: {why}"),
        None => "paused by an operator".to_owned(),
    };
    for id in ids {
        let mut tx = db.begin().await.map_err(failed)?;
        if !table::pause(&mut *tx, id, &reason).await.map_err(failed)? {
            return Err(unknown(id));
        }
        note(&mut tx, desk.now(), "source.pause", id, why.unwrap_or_default().trim()).await?;
        tx.commit().await.map_err(failed)?;
        println!("{id} is paused; `wiredesk sources resume {id}` polls it again");
    }
    Ok(ExitCode::SUCCESS)
}

pub async fn resume(desk: &Desk<'_>, ids: &[String]) -> Result<ExitCode, Failure> {
    let db = desk.database().await?;
    for id in ids {
        let before = table::find(&db, id).await.map_err(failed)?.ok_or_else(|| unknown(id))?;
        let mut tx = db.begin().await.map_err(failed)?;
        table::resume(&mut *tx, id, desk.now()).await.map_err(failed)?;
        note(&mut tx, desk.now(), "source.resume", id, "").await?;
        tx.commit().await.map_err(failed)?;
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
        let mut tx = db.begin().await.map_err(failed)?;
        if table::remove(&mut *tx, id).await.map_err(failed)? {
            note(&mut tx, desk.now(), "source.remove", id, "").await?;
            tx.commit().await.map_err(failed)?;
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
