//! `wiredesk takedown …`: what a court or the people concerned want gone.

use std::collections::BTreeMap;
use std::process::ExitCode;

use clap::Subcommand;
use sqlx::PgPool;
use wiredesk_contract::ItemId;
use wiredesk_contract::time::wall_clock;
use wiredesk_runtime::terminal::printable;
use wiredesk_store::ledger::take_down;
use wiredesk_store::takedown::{Candidate, copies, find, lift, list};

use crate::boot::{self, Process};
use crate::cli::{ConfigArgs, actor};
use crate::failure::Failure;

/// What is done with what has to go.
#[derive(Debug, Subcommand)]
pub enum Takedown {
    /// Takes items and their word-for-word copies down: their text is blanked everywhere, readers get a version without words, and no
    /// wire brings it back
    Add {
        /// Item ids or links
        #[arg(required = true)]
        items: Vec<String>,
        /// Why, for the audit
        #[arg(long)]
        why: String,
        /// Leave copies of other wires as they are
        #[arg(long)]
        alone: bool,
        /// Only say what would be taken down
        #[arg(long)]
        dry_run: bool,
    },
    /// Lists what may not come back
    List {
        /// As JSON Lines
        #[arg(long)]
        json: bool,
    },
    /// Lets what an item said come back: the item itself stays withdrawn
    Lift {
        /// Item id
        item: String,
        /// Why, for the audit
        #[arg(long)]
        why: String,
    },
}

pub fn run(args: &ConfigArgs, command: &Takedown) -> Result<ExitCode, Failure> {
    let config = crate::config::for_people(args)?;
    boot::block_on(async {
        let process = Process::start(&config).await?;
        let db = process.database(&config).await?;
        let outcome = match command {
            Takedown::Add { items, alone, dry_run: true, .. } => plan(&db, items, *alone).await,
            Takedown::Add { items, why, alone, dry_run: false } => add(&db, items, *alone, why).await,
            Takedown::List { json } => listed(&db, *json).await,
            Takedown::Lift { item, why } => lifted(&db, item, why).await,
        };
        process.end().await;
        outcome.map(|()| ExitCode::SUCCESS)
    })
}

/// Everything that these names mean; all of them must be known before anything is done.
async fn named(db: &PgPool, names: &[String]) -> Result<BTreeMap<ItemId, Candidate>, Failure> {
    let mut all = BTreeMap::new();
    for name in names {
        let found = find(db, name).await.map_err(Failure::of)?;
        if found.is_empty() {
            return Err(Failure::Failed(format!(
                "there is no item {name}; give an id as `wiredesk export` or the page shows it, or the item's link"
            )));
        }
        all.extend(found.into_iter().map(|candidate| (candidate.item_id.clone(), candidate)));
    }
    Ok(all)
}

async fn plan(db: &PgPool, names: &[String], alone: bool) -> Result<(), Failure> {
    let mut all = named(db, names).await?;
    for item in all.keys().cloned().collect::<Vec<_>>() {
        if !alone {
            let more = copies(db, &item).await.map_err(Failure::of)?;
            all.extend(more.into_iter().map(|candidate| (candidate.item_id.clone(), candidate)));
        }
    }
    for candidate in all.values() {
        say("would be taken down", candidate);
    }
    Ok(())
}

async fn add(db: &PgPool, names: &[String], alone: bool, why: &str) -> Result<(), Failure> {
    let actor = actor();
    for (item, candidate) in named(db, names).await? {
        down(db, &candidate, &actor, why).await?;
        // After it was taken down nothing new comes in with these words, so the list is whole.
        let others = if alone { Vec::new() } else { copies(db, &item).await.map_err(Failure::of)? };
        for copy in &others {
            down(db, copy, &actor, &format!("copy of {item}: {why}")).await?;
        }
    }
    println!(
        "readers get a version of each without its words; the topics forget the earlier ones when their retention ends"
    );
    Ok(())
}

async fn down(db: &PgPool, candidate: &Candidate, actor: &str, why: &str) -> Result<(), Failure> {
    let done = take_down(db, &candidate.item_id, actor, why, wall_clock()).await.map_err(Failure::of)?;
    say(if done.is_some() { "taken down" } else { "was down already" }, candidate);
    Ok(())
}

fn say(what: &str, candidate: &Candidate) {
    println!("{what}: {} ({}) {}", candidate.item_id, candidate.source, printable(&candidate.headline));
}

async fn listed(db: &PgPool, json: bool) -> Result<(), Failure> {
    for entry in list(db).await.map_err(Failure::of)? {
        if json {
            println!("{}", serde_json::to_string(&entry).map_err(Failure::of)?);
        } else {
            println!(
                "{}  {}  {:7}  {}  by {}: {}",
                entry.at.format("%Y-%m-%d %H:%M"),
                entry.item_id,
                entry.kind,
                printable(&entry.value),
                printable(&entry.actor),
                printable(&entry.reason)
            );
        }
    }
    Ok(())
}

async fn lifted(db: &PgPool, item: &str, why: &str) -> Result<(), Failure> {
    match lift(db, &ItemId::new(item), &actor(), why, wall_clock()).await.map_err(Failure::of)? {
        0 => Err(Failure::Failed(format!(
            "nothing is blocked for {item}; `wiredesk takedown list` shows what is"
        ))),
        count => {
            println!("{count} blocks are lifted; the item itself stays withdrawn");
            Ok(())
        }
    }
}
