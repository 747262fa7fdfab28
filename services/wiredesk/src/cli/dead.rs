//! `wiredesk dead …`: what the stages could not take, and what is to become of it.

use std::collections::BTreeMap;
use std::process::ExitCode;

use clap::Subcommand;
use serde::Serialize;
use wiredesk_contract::time::wall_clock;
use wiredesk_contract::{DeadId, DeadLetter};
use wiredesk_runtime::terminal::{Colour, printable};
use wiredesk_runtime::{Deps, dead};
use wiredesk_store::dead::{Action, settle, settled};

use crate::boot::{self, Process};
use crate::cli::{ConfigArgs, actor};
use crate::failure::Failure;

/// What is done with dead letters. They stand in the topic `dead`; an id may be cut to its first digits.
#[derive(Debug, Subcommand)]
pub enum Dead {
    /// Lists the letters that nobody has dealt with, newest last
    List {
        /// Those too that were retried or dropped
        #[arg(long)]
        all: bool,
        /// Only letters of this stage
        #[arg(long)]
        stage: Option<String>,
        /// Only letters of this reason, such as `not_json`
        #[arg(long)]
        reason: Option<String>,
        /// As JSON Lines
        #[arg(long)]
        json: bool,
    },
    /// Prints one letter whole, as JSON; its payload is base64
    Show {
        /// Id
        id: String,
    },
    /// Sends the records of letters to their topics again: after the cause was mended
    Retry {
        /// Ids
        #[arg(required = true)]
        ids: Vec<String>,
    },
    /// Says that letters are to stay refused
    Drop {
        /// Ids
        #[arg(required = true)]
        ids: Vec<String>,
        /// Why, for the audit
        #[arg(long, default_value = "")]
        why: String,
    },
}

/// A letter without its payload, and what became of it.
#[derive(Clone, Debug, Serialize)]
struct Line {
    #[serde(flatten)]
    letter: dead::Line,
    /// `asked`, `retried`, `failed` or `dropped`; none where nobody has dealt with it.
    settled: Option<&'static str>,
    /// Does it wait for somebody?
    #[serde(skip)]
    waits: bool,
}

pub fn run(args: &ConfigArgs, command: &Dead) -> Result<ExitCode, Failure> {
    let config = crate::config::for_people(args)?;
    boot::block_on(async {
        let process = Process::start(&config).await?;
        let deps = process.deps(&config).await?;
        let done = match command {
            Dead::List { all, stage, reason, json } => {
                let wanted = |line: &Line| {
                    (*all || line.waits)
                        && stage.as_ref().is_none_or(|stage| *stage == line.letter.stage)
                        && reason.as_ref().is_none_or(|reason| *reason == line.letter.reason)
                };
                list(&deps, wanted, *json).await
            }
            Dead::Show { id } => show(&deps, id).await,
            Dead::Retry { ids } => retry(&deps, ids).await,
            Dead::Drop { ids, why } => drop_letters(&deps, ids, why).await,
        };
        process.end().await;
        done.map(|()| ExitCode::SUCCESS)
    })
}

async fn list(deps: &Deps, wanted: impl Fn(&Line) -> bool, json: bool) -> Result<(), Failure> {
    let mut lines: Vec<Line> = lines(deps).await?.into_values().filter(wanted).collect();
    lines.sort_by(|a, b| (a.letter.at, &a.letter.dead_id).cmp(&(b.letter.at, &b.letter.dead_id)));
    if json {
        for line in &lines {
            println!("{}", serde_json::to_string(line).map_err(Failure::of)?);
        }
        return Ok(());
    }
    let colour = Colour::of_stdout();
    for line in &lines {
        let what = line.settled.map_or(String::new(), |what| format!(" ({what})"));
        let line = &line.letter;
        println!(
            "{} {} {} {}{what}\n    {}\n    {} {} @ {}",
            colour.wrap("1", &printable(line.dead_id.as_str())),
            line.at.format("%F %T"),
            printable(&line.stage),
            colour.wrap("31", &printable(&line.reason)),
            printable(&line.explanation),
            printable(&line.topic),
            line.partition,
            line.offset,
        );
    }
    let how = "`wiredesk dead show|retry|drop ID` deals with one";
    match lines.len() {
        0 => println!("no dead letters"),
        1 => println!("1 letter; {how}"),
        n => println!("{n} letters; {how}"),
    }
    Ok(())
}

async fn show(deps: &Deps, id: &str) -> Result<(), Failure> {
    let id = named(&lines(deps).await?, id)?;
    for letter in whole(deps, &[id]).await? {
        println!("{}", serde_json::to_string_pretty(&letter).map_err(Failure::of)?);
    }
    Ok(())
}

async fn retry(deps: &Deps, ids: &[String]) -> Result<(), Failure> {
    let lines = lines(deps).await?;
    let ids = ids.iter().map(|id| named(&lines, id)).collect::<Result<Vec<_>, _>>()?;
    let letters = whole(deps, &ids).await?;
    // All or none: whoever names several wants to hear of a wrong one before anything is sent.
    let records = letters.iter().map(|letter| {
        let record = dead::record_of(letter, &deps.topics, wall_clock());
        record.map_err(|why| Failure::Failed(format!("{} cannot be sent again: {why}", letter.dead_id)))
    });
    let records = records.collect::<Result<Vec<_>, _>>()?;
    let producer = deps.bus.producer().await.map_err(Failure::of)?;
    // Sent twice is harmless, since ids are derived from the input; noted and not sent would lose it.
    producer.send(records).await.map_err(Failure::of)?;
    settle(&deps.db, &ids, Action::Retried, &actor(), "", wall_clock()).await.map_err(Failure::of)?;
    println!("{} sent again; one that is refused again comes back with an id of its own", ids.len());
    Ok(())
}

async fn drop_letters(deps: &Deps, ids: &[String], why: &str) -> Result<(), Failure> {
    let lines = lines(deps).await?;
    let ids = ids.iter().map(|id| named(&lines, id)).collect::<Result<Vec<_>, _>>()?;
    settle(&deps.db, &ids, Action::Dropped, &actor(), why, wall_clock()).await.map_err(Failure::of)?;
    println!("{} dropped", ids.len());
    Ok(())
}

/// The one letter whose id begins so.
fn named(lines: &BTreeMap<DeadId, Line>, id: &str) -> Result<DeadId, Failure> {
    let mut found = lines.keys().filter(|known| known.as_str().starts_with(id));
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one.clone()),
        (None, _) => Err(Failure::Failed(format!(
            "there is no dead letter {id}; `wiredesk dead list --all` shows those that the topic still has"
        ))),
        _ => Err(Failure::Failed(format!("several dead letters begin with {id}; give more digits"))),
    }
}

/// Every letter of the topic, each once, without its payload.
async fn lines(deps: &Deps) -> Result<BTreeMap<DeadId, Line>, Failure> {
    let settled = settled(&deps.db).await.map_err(Failure::of)?;
    let mut lines = BTreeMap::new();
    let each = |letter: DeadLetter| {
        let letter = dead::Line::from(letter);
        let done = settled.get(&letter.dead_id).map(|settled| settled.action);
        let line =
            Line { settled: done.map(Action::as_str), waits: !done.is_some_and(Action::is_settled), letter };
        lines.insert(line.letter.dead_id.clone(), line);
    };
    dead::read_all(deps, each).await.map_err(Failure::of)?;
    Ok(lines)
}

/// How many letters nobody has dealt with.
pub(super) async fn waiting(deps: &Deps) -> Result<usize, Failure> {
    Ok(lines(deps).await?.values().filter(|line| line.waits).count())
}

/// Some letters whole, in the order of their ids.
async fn whole(deps: &Deps, ids: &[DeadId]) -> Result<Vec<DeadLetter>, Failure> {
    let mut letters = BTreeMap::new();
    let each = |letter: DeadLetter| {
        if ids.contains(&letter.dead_id) {
            letters.insert(letter.dead_id.clone(), letter);
        }
    };
    dead::read_all(deps, each).await.map_err(Failure::of)?;
    Ok(letters.into_values().collect())
}
