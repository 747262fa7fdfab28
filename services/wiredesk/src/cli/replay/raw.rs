//! `wiredesk replay --from …`: what the wires sent is sent to the topic `raw` again.

use std::process::ExitCode;

use wiredesk_bus::{Received, Record};
use wiredesk_contract::time::wall_clock;
use wiredesk_contract::{Kind, RawItem};
use wiredesk_runtime::{Deps, StageError};

use super::Args;
use crate::boot::{self, Process};
use crate::cli::{ConfigArgs, progress};
use crate::failure::Failure;

/// What came of it.
#[derive(Debug, Default)]
struct Done {
    seen: u64,
    sent: u64,
    /// Records that are no raw items: they became dead letters when they first came.
    unreadable: u64,
}

pub(super) fn run(args: &ConfigArgs, own: &Args) -> Result<ExitCode, Failure> {
    let config = crate::config::for_people(args)?;
    boot::block_on(async {
        let process = Process::start(&config).await?;
        let deps = process.deps(&config).await?;
        let done = again(&deps, own).await;
        process.end().await;
        let done = done?;
        let unreadable = match done.unreadable {
            0 => String::new(),
            count => format!("; {count} could not be read (`wiredesk dead list` names them)"),
        };
        let what = if own.dry_run { "would be sent again" } else { "were sent again" };
        println!("{} raw items were looked at; {} {what}{unreadable}", done.seen, done.sent);
        Ok(ExitCode::SUCCESS)
    })
}

async fn again(deps: &Deps, own: &Args) -> Result<Done, Failure> {
    let topic = deps.topics.name(Kind::Raw);
    let facts = deps.bus.describe(topic).await.map_err(Failure::of)?;
    let ends = deps.bus.end_offsets(topic).await.map_err(Failure::of)?;
    let all: i64 = ends.iter().map(|(p, end)| end - facts.starts.get(p).unwrap_or(&0)).sum();
    let bar = progress::bar(all.unsigned_abs(), progress::THINGS, "raw items");
    let producer = deps.bus.producer().await.map_err(Failure::of)?;
    let mut done = Done::default();
    let reading = wiredesk_runtime::whole::read_whole(deps, topic, async |records| {
        done.seen += records.len() as u64;
        bar.inc(records.len() as u64);
        let wanted = chosen(records, own, &mut done.unreadable);
        done.sent += wanted.len() as u64;
        if !own.dry_run && !wanted.is_empty() {
            // The order within a key is that of the topic, so a state never comes before the one it followed.
            producer.send(wanted).await.map_err(StageError::from)?;
        }
        Ok(())
    })
    .await;
    bar.finish_and_clear();
    reading.map_err(|error| {
        let sent = if own.dry_run { 0 } else { done.sent };
        Failure::Failed(format!(
            "{error}; {sent} were sent by then, and to send them twice does no harm: run it again"
        ))
    })?;
    Ok(done)
}

/// The records that were asked for, as they came.
fn chosen(records: Vec<Received>, own: &Args, unreadable: &mut u64) -> Vec<Record> {
    let mut wanted =
        |received: &Received| match wiredesk_contract::decode::<RawItem>(&received.record.payload) {
            Ok(raw) => {
                own.from.is_none_or(|from| raw.fetched_at >= from)
                    && own.to.is_none_or(|to| raw.fetched_at < to)
                    && own.source.as_deref().is_none_or(|source| raw.source.id.as_str() == source)
            }
            Err(_) => {
                *unreadable += 1;
                false
            }
        };
    let wanted = records.into_iter().filter(|received| wanted(received));
    // With the time of the sending: a topic drops by it what is past its retention.
    wanted.map(|received| Record { timestamp: wall_clock(), ..received.record }).collect()
}
