//! `wiredesk tool ner`: trains the models of entities and topics on labelled copy, and measures them.

use std::path::{Path, PathBuf};

use clap::{Subcommand, ValueEnum};

use crate::failure::Failure;
use crate::parts::processor::enrich::Enricher;
use crate::parts::processor::enrich::entities::linear::{self, Linear};
use crate::parts::processor::enrich::entities::rules::Rules;
use crate::parts::processor::enrich::topics::Model;
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
        /// Where to write the weights of where stories happen, learnt from the items that say so
        #[arg(long, value_name = "FILE")]
        events: Option<PathBuf>,
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
        /// Another model of topics than the one in the executable
        #[arg(long, value_name = "FILE")]
        topics: Option<PathBuf>,
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
    /// An ONNX model: --model FOLDER
    #[cfg(feature = "onnx")]
    Onnx,
}

/// Runs it; models go to files, figures to stdout.
pub fn run(command: &Ner) -> Result<(), Failure> {
    match command {
        Ner::Train { paths, out, topics, events, all, rounds } => {
            let items: Vec<Labelled> =
                read(paths)?.into_iter().filter(|item| *all || !item.is_test()).collect();
            let settings = linear::train::Settings { rounds: *rounds, ..Default::default() };
            write(out, &ner::train(&items, &settings))?;
            if let Some(topics) = topics {
                write(topics, &ner::train_topics(&items))?;
            }
            if let Some(events) = events {
                write(events, ner::train_events(&items).as_bytes())?;
            }
            Ok(())
        }
        Ner::Score { paths, engine, model, topics, all } => {
            let items: Vec<Labelled> =
                read(paths)?.into_iter().filter(|item| *all || item.is_test()).collect();
            let mut enricher = match (engine, model) {
                (Engine::Rules, _) => Enricher::with(Box::new(Rules)),
                #[cfg(feature = "onnx")]
                (Engine::Onnx, folder) => {
                    let folder = folder.as_deref().unwrap_or(Path::new("."));
                    let engine = crate::parts::processor::enrich::entities::onnx::Onnx::load(folder);
                    Enricher::with(Box::new(engine.map_err(Failure::of)?))
                }
                (Engine::Linear, None) => Enricher::new(),
                (Engine::Linear, Some(path)) => {
                    let file = std::fs::read(path).map_err(|e| cannot(path, &e))?;
                    let model = linear::Model::read(&file).map_err(|e| cannot(path, &e))?;
                    Enricher::with(Box::new(Linear::with(model)))
                }
            };
            if let Some(path) = topics {
                let file = std::fs::read(path).map_err(|e| cannot(path, &e))?;
                let model = Model::read(&file).ok_or_else(|| cannot(path, &"this is no model of topics"))?;
                enricher = enricher.with_topics(model);
            }
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
