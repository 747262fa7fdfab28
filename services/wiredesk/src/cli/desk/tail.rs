//! `wiredesk tail`: the wire as it comes in.

use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args as ClapArgs;
use sqlx::PgPool;
use wiredesk_contract::time::wall_clock;
use wiredesk_store::read::{self, ItemFilter, ItemRow};

use super::Wanted;
use super::line::Lines;
use crate::boot::{self, Process};
use crate::cli::ConfigArgs;
use crate::failure::Failure;

/// How much, and in which form.
#[derive(Debug, ClapArgs)]
pub struct Args {
    #[command(flatten)]
    wanted: Wanted,
    /// So many of the latest first
    #[arg(short = 'n', long, default_value_t = 20, value_name = "ITEMS")]
    lines: u32,
    /// End after the latest instead of waiting for more
    #[arg(long)]
    no_follow: bool,
    /// As JSON Lines, each the item as published
    #[arg(long)]
    json: bool,
}

/// Between two looks.
const EVERY: Duration = Duration::from_millis(500);
/// Most items a look.
const BATCH: u32 = 500;

pub fn run(args: &ConfigArgs, own: &Args) -> Result<ExitCode, Failure> {
    let config = crate::config::for_people(args)?;
    boot::block_on(async {
        let process = Process::start(&config).await?;
        let db = process.database(&config).await?;
        let shutdown = process.shutdown();
        let outcome = tokio::select! {
            () = shutdown.cancelled() => Ok(()),
            outcome = follow(&db, own) => outcome,
        };
        process.end().await;
        outcome.map(|()| ExitCode::SUCCESS)
    })
}

async fn follow(db: &PgPool, own: &Args) -> Result<(), Failure> {
    let say = |rows: &[ItemRow]| told(rows, own.json);
    // The place first: what comes while the latest are read is not passed by; it may only be told twice.
    let mut place = read::newest_change(db).await.map_err(Failure::of)?;
    let latest = own.wanted.filter(None, own.lines, wall_clock())?;
    let mut rows = if own.lines == 0 {
        Vec::new()
    } else {
        read::newest(db, None, &latest).await.map_err(Failure::of)?
    };
    rows.reverse();
    let shown: Vec<(String, i64)> = rows.iter().map(|row| (row.change_tx.clone(), row.change_seq)).collect();
    if !say(&rows)? || own.no_follow {
        return Ok(());
    }
    let filter = ItemFilter { limit: i64::from(BATCH), since: None, until: None, ..latest };
    loop {
        let mut rows = match read::changed_after(db, (&place.0, place.1), &filter).await {
            Ok(rows) => rows,
            Err(error) if wiredesk_store::is_transient(&error) => {
                tracing::warn!("Postgres does not answer ({error}); waiting for it");
                tokio::time::sleep(EVERY * 4).await;
                continue;
            }
            Err(error) => return Err(Failure::of(error)),
        };
        if let Some(last) = rows.last() {
            place = (last.change_tx.clone(), last.change_seq);
        }
        let full = rows.len() >= BATCH as usize;
        rows.retain(|row| !shown.contains(&(row.change_tx.clone(), row.change_seq)));
        if !say(&rows)? {
            return Ok(());
        }
        if !full {
            tokio::time::sleep(EVERY).await;
        }
    }
}

/// Writes rows; false where nobody reads any more (`wiredesk tail | head`).
pub(super) fn told(rows: &[ItemRow], json: bool) -> Result<bool, Failure> {
    let lines = Lines::of_stdout();
    let mut out = std::io::stdout().lock();
    for row in rows {
        let line = if json { serde_json::to_string(&row.doc.0).map_err(Failure::of)? } else { lines.of(row) };
        match writeln!(out, "{line}") {
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => return Ok(false),
            other => other?,
        }
    }
    match out.flush() {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(false),
        other => other.map(|()| true).map_err(Failure::from),
    }
}
