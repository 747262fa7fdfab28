//! `wiredesk vocab …`: people and organisations, and how they are called.

use std::io::BufRead;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Subcommand;
use sqlx::PgPool;
use wiredesk_contract::time::wall_clock;
use wiredesk_store::register::{self, Extracted};

use super::tool::input;
use crate::boot::{self, Process};
use crate::cli::{ConfigArgs, actor};
use crate::failure::Failure;
use crate::parts::processor::extract;

/// What is done with the register.
#[derive(Debug, Subcommand)]
pub enum Vocab {
    /// Loads people and organisations with their Wikidata ids, in place of those loaded before
    ///
    /// JSON Lines: {"id":"Q42","type":"PER","name":"Nadia Koroleva","names":{"de":["Nadja Koroljowa"]}}. A name that only one of
    /// them has gets its id from then on (restart the processors); entities known by such a name become redirects.
    /// `wiredesk replay --reenrich` takes the items that are stored through it.
    Load {
        /// The extract, plain or gzipped; - is stdin
        file: PathBuf,
    },
    /// Says that two entities are one: the first becomes a redirect to the second
    Merge {
        /// Id of the entity that becomes a redirect
        from: String,
        /// Id of the entity that stays
        into: String,
        /// Why, for the audit
        #[arg(long, default_value = "")]
        why: String,
    },
    /// Looks an entity up by id or by name, in any language
    Find {
        /// Id or name
        name: String,
    },
}

pub fn run(args: &ConfigArgs, command: &Vocab) -> Result<ExitCode, Failure> {
    let config = crate::config::for_people(args)?;
    boot::block_on(async {
        let process = Process::start(&config).await?;
        let db = process.database(&config).await?;
        let done = match command {
            Vocab::Load { file } => load(&db, file).await,
            Vocab::Merge { from, into, why } => merge(&db, from, into, why).await,
            Vocab::Find { name } => find(&db, name).await,
        };
        process.end().await;
        done
    })
}

async fn load(db: &PgPool, file: &Path) -> Result<ExitCode, Failure> {
    let (extract, refused) = read(file)?;
    if extract.is_empty() {
        return Err(Failure::Failed(format!(
            "{} holds no people or organisations; nothing was changed",
            input::name(file)
        )));
    }
    let extract = extract::whole(extract);
    let merged = register::load(db, &extract, &actor(), wall_clock()).await.map_err(Failure::of)?;
    println!(
        "{} people and organisations are loaded, {merged} known entities are redirects now; restart the processors, and \
         `wiredesk replay --reenrich` takes the stored items through them",
        extract.len()
    );
    Ok(if refused == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The lines that can be used, and how many cannot.
fn read(file: &Path) -> Result<(Vec<Extracted>, u64), Failure> {
    let bar = input::bar(&[file.to_path_buf()]);
    let reader = input::lines(file, &bar)
        .map_err(|error| Failure::Failed(format!("{} cannot be read: {error}", input::name(file))))?;
    let (mut extract, mut refused) = (Vec::new(), 0);
    for (number, line) in reader.lines().enumerate() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        match extract::read(&line) {
            Ok(one) => extract.push(one),
            Err(why) => {
                refused += 1;
                eprintln!("wiredesk: {} line {}: {why}; skipped", input::name(file), number + 1);
            }
        }
    }
    bar.finish_and_clear();
    Ok((extract, refused))
}

async fn merge(db: &PgPool, from: &str, into: &str, why: &str) -> Result<ExitCode, Failure> {
    let root = register::merge(db, from, into, &actor(), why, wall_clock())
        .await
        .map_err(|error| Failure::Failed(error.to_string()))?;
    println!("{from} is {root} now");
    Ok(ExitCode::SUCCESS)
}

async fn find(db: &PgPool, name: &str) -> Result<ExitCode, Failure> {
    let found = register::find(db, name).await.map_err(Failure::of)?;
    if found.is_empty() {
        return Err(Failure::Failed(format!(
            "no entity is registered as {name:?}; names are compared whole"
        )));
    }
    for entry in &found {
        let now = entry.merged_into.as_deref().map(|id| format!(", now {id}")).unwrap_or_default();
        println!("{}  {} {} in {} items{now}", entry.id, entry.kind, entry.name, entry.items);
        println!("    {}", entry.names.join("  "));
    }
    Ok(ExitCode::SUCCESS)
}
