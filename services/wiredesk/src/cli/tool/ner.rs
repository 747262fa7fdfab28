//! `wiredesk tool ner`: trains the models of entities and topics on labelled copy, and measures them.

use std::path::{Path, PathBuf};

use clap::{Subcommand, ValueEnum};

use crate::failure::Failure;
use crate::parts::processor::enrich::Enricher;
use crate::parts::processor::enrich::entities::linear::{self, Linear};
use crate::parts::processor::enrich::entities::rules::Rules;
use crate::parts::processor::labelled::{self, Labelled};
use crate::parts::processor::{measure, ner};

/// Training and measuring.
#[derive(Debug, Subcommand)]
pub enum Ner {
    /// Trains a model of entities
    Train {
        /// Labelled copy: .txt as in tests/corpus/enrich, or .jsonl with {"text","lang","ents":[[start,end,type]]}; or folders
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        /// Where to write the model
        #[arg(short, long, value_name = "FILE")]
        out: PathBuf,
        /// Where to write a model of topics, learnt from the items that carry some
        #[arg(long, value_name = "FILE")]
        topics: Option<PathBuf>,
        /// Learn from all items, the half that `score` measures on too
        #[arg(long)]
        all: bool,
        /// Rounds over the sentences
        #[arg(long, default_value_t = linear::train::Settings::default().rounds)]
        rounds: u32,
    },
    /// Measures entities, places, datelines, quotes and topics on labelled copy
    Score {
        /// Labelled copy, as for train
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        /// The engine for entities
        #[arg(long, value_enum, default_value = "linear")]
        engine: Engine,
        /// Another model than the one in the executable
        #[arg(long, value_name = "FILE")]
        model: Option<PathBuf>,
        /// Measure on all items, not on the test half only
        #[arg(long)]
        all: bool,
    },
}

/// An engine for entities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Engine {
    /// Lists and rules
    Rules,
    /// The trained model
    Linear,
}

/// Runs it; models go to files, figures to stdout.
pub fn run(command: &Ner) -> Result<(), Failure> {
    match command {
        Ner::Train { paths, out, topics, all, rounds } => {
            let items: Vec<Labelled> =
                read(paths)?.into_iter().filter(|item| *all || !item.is_test()).collect();
            let settings = linear::train::Settings { rounds: *rounds, ..Default::default() };
            write(out, &ner::train(&items, &settings))?;
            if let Some(topics) = topics {
                write(topics, &ner::train_topics(&items))?;
            }
            Ok(())
        }
        Ner::Score { paths, engine, model, all } => {
            let items: Vec<Labelled> =
                read(paths)?.into_iter().filter(|item| *all || item.is_test()).collect();
            let enricher = match (engine, model) {
                (Engine::Rules, _) => Enricher::with(Box::new(Rules)),
                (Engine::Linear, None) => Enricher::new(),
                (Engine::Linear, Some(path)) => {
                    let file = std::fs::read(path).map_err(|e| cannot(path, &e))?;
                    let model = linear::Model::read(&file).map_err(|e| cannot(path, &e))?;
                    Enricher::with(Box::new(Linear::with(model)))
                }
            };
            print!("{}", measure::measure(&items, &enricher));
            Ok(())
        }
    }
}

fn read(paths: &[PathBuf]) -> Result<Vec<Labelled>, Failure> {
    let mut items = Vec::new();
    for path in paths {
        items.extend(labelled::read_path(path).map_err(|e| cannot(path, &e))?);
    }
    Ok(items)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    std::fs::write(path, bytes).map_err(|e| cannot(path, &e))?;
    eprintln!("{}: {} KB", path.display(), bytes.len().div_ceil(1024));
    Ok(())
}

fn cannot(path: &Path, error: &dyn std::fmt::Display) -> Failure {
    Failure::Failed(format!("{}: {error}", path.display()))
}
