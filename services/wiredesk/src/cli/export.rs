//! `wiredesk export`: items from Postgres, in the order of their changes.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use chrono::{DateTime, Utc};
use clap::ValueEnum;
use futures::TryStreamExt;
use sqlx::types::Json;
use wiredesk_contract::Item;
use wiredesk_contract::geojson::feature;
use wiredesk_contract::ninjs::to_ninjs;

use crate::boot::{self, Process};
use crate::cli::{ConfigArgs, progress};
use crate::failure::Failure;

/// What is exported, and where to.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// ninjs: IPTC ninjs 3, one object a line; jsonl: the item messages as published; geojson: one feature a line for each item whose
    /// place is known
    #[arg(long, value_enum, default_value_t = Format::Ninjs)]
    format: Format,
    /// Only items whose newest version was written at or after this time (2026-02-15T09:30:00Z)
    #[arg(long)]
    since: Option<DateTime<Utc>>,
    /// File to write; without it stdout
    #[arg(long)]
    out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Ninjs,
    Jsonl,
    Geojson,
}

pub fn run(args: &ConfigArgs, own: &Args) -> Result<ExitCode, Failure> {
    let config = crate::config::read(args)?.value;
    boot::block_on(async {
        let process = Process::start(&config).await?;
        let db = process.database(&config).await?;
        let mut out: Box<dyn Write + Send> = match &own.out {
            Some(path) => Box::new(BufWriter::new(File::create(path)?)),
            None => Box::new(BufWriter::new(io::stdout())),
        };
        let shown = if own.out.is_some() { progress::bar } else { progress::beside_answer };
        let bar = shown(1, progress::THINGS, "items");
        if !bar.is_hidden() {
            let all: i64 = sqlx::query_scalar(
                "SELECT count(*) FROM item WHERE $1::timestamptz IS NULL OR version_created >= $1",
            )
            .bind(own.since)
            .fetch_one(&db)
            .await
            .map_err(Failure::of)?;
            bar.set_length(all.unsigned_abs());
        }
        let mut rows = sqlx::query_scalar::<_, Json<Item>>(
            "SELECT doc FROM item WHERE $1::timestamptz IS NULL OR version_created >= $1 ORDER BY tx, change_seq",
        )
        .bind(own.since)
        .fetch(&db);
        while let Some(Json(item)) = rows.try_next().await.map_err(Failure::of)? {
            bar.inc(1);
            match own.format {
                Format::Ninjs => serde_json::to_writer(&mut out, &to_ninjs(&item)).map_err(Failure::of)?,
                Format::Jsonl => serde_json::to_writer(&mut out, &item).map_err(Failure::of)?,
                Format::Geojson => match feature(&item) {
                    Some(feature) => serde_json::to_writer(&mut out, &feature).map_err(Failure::of)?,
                    None => continue,
                },
            }
            out.write_all(b"\n")?;
        }
        out.flush()?;
        bar.finish_and_clear();
        drop(rows);
        process.end().await;
        Ok(ExitCode::SUCCESS)
    })
}
