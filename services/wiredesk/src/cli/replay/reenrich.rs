//! `wiredesk replay --reenrich`: the stored copy, enriched again.

use std::process::ExitCode;

use wiredesk_contract::time::wall_clock;
use wiredesk_contract::{Kind, SourceId};
use wiredesk_store::ledger::reenrich::{Selection, count};

use super::Args;
use crate::boot::{self, Process};
use crate::cli::{ConfigArgs, progress};
use crate::failure::Failure;
use crate::parts::processor;
use crate::parts::processor::replay::{Replay, reenrich};

pub(super) fn run(args: &ConfigArgs, own: &Args) -> Result<ExitCode, Failure> {
    let config = crate::config::for_people(args)?;
    boot::block_on(async {
        let process = Process::start(&config).await?;
        let db = process.database(&config).await?;
        let of = Selection { from: own.from, to: own.to, source: own.source.clone().map(SourceId::new) };
        let all = count(&db, &of).await.map_err(Failure::of)?;
        let enricher = processor::enricher(&config.processor, &db).await.map_err(Failure::of)?;
        let bar = progress::bar(all.unsigned_abs(), progress::THINGS, "items");
        let table = config.topics.table()?;
        let spec = table.specs().iter().find(|spec| spec.kind == Kind::Item);
        let max_bytes = spec.map_or(usize::MAX, |spec| spec.max_bytes as usize);
        let replay = Replay { enricher: &enricher, max_bytes, dry: own.dry_run, clock: wall_clock };
        let done = reenrich(&db, &of, &replay, |progress| bar.set_position(progress.seen)).await;
        bar.finish_and_clear();
        process.end().await;
        let done = done.map_err(Failure::of)?;
        if own.dry_run {
            println!("{} items were looked at; {} would get a new version", done.seen, done.differing);
        } else {
            println!(
                "{} items were looked at; {} got a new version, {} are as before, {} had changed meanwhile",
                done.seen,
                done.issued,
                done.seen - done.differing,
                done.passed_over
            );
        }
        Ok(ExitCode::SUCCESS)
    })
}
