//! Named entities by a token-classification model that the operator gives as a folder.
//!
//! The folder is the usual export of a Hugging Face model: `model.onnx`, `tokenizer.json` and `config.json`.
//! Nothing is fetched, and everything runs in this process and in Rust: the model by `rten`, the pieces of
//! the text by `tokenizers`.
//!
//! A text goes through these steps, each in its own file:
//! 1. `pieces`: the whole text becomes pieces, each with its place in the text;
//! 2. `words`: the pieces become words; the label of a word is that of its first piece;
//! 3. `windows`: the pieces are cut into runs that the model can take, at the ends of sentences;
//! 4. `network`: the model gives each piece of a window its logits;
//! 5. `spans`: the labels of the words become entities.

mod error;
mod folder;
mod network;
mod pieces;
mod spans;
#[cfg(test)]
mod tests;
mod windows;
mod wire;
mod words;

pub use error::{LoadError, RunError};

use folder::{Label, Mark};
use network::Network;
use pieces::{Piece, Pieces};
use spans::Verdict;
use std::{
    fmt,
    ops::Range,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};
use words::Word;

/// The sort of an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Sort {
    /// A person.
    Per,
    /// An organisation.
    Org,
    /// A place, or a state or building as a place.
    Loc,
    /// Any other sort that the model knows.
    Misc,
}

/// An entity in a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Found {
    /// Where it begins, in bytes of the text.
    pub start: usize,
    /// Where it ends, in bytes of the text.
    pub end: usize,
    /// What it is.
    pub sort: Sort,
    /// How sure the model is, from 0 to 1: the mean over the words of the probability of their label.
    pub confidence: f32,
}

/// A model that finds entities. It may be shared between threads.
pub struct Classifier {
    pieces: Pieces,
    network: Network,
    labels: Vec<Label>,
    /// The label of a word that the model says nothing usable about.
    outside: usize,
    /// The most pieces of a text in one run.
    most: usize,
    digest: u32,
}

impl fmt::Debug for Classifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Classifier")
            .field("digest", &self.digest)
            .field("labels", &self.labels.len())
            .finish_non_exhaustive()
    }
}

impl Classifier {
    /// Reads a folder and runs its model once, so that what does not fit together is known here.
    ///
    /// # Errors
    /// If a file is missing or broken, or the three do not belong together.
    pub fn load(folder: &Path) -> Result<Self, LoadError> {
        let config = folder::config(folder)?;
        let pieces = Pieces::load(folder)?;
        let digest = folder::digest(&folder.join(folder::MODEL))?;
        let sample = sample(folder, &pieces)?;
        let network = Network::load(folder, config.labels.len(), &sample)?;
        let outside = config.labels.iter().position(|label| label.mark == Mark::Outside);
        Ok(Self {
            most: config.limit.saturating_sub(pieces.extra()),
            outside: outside.unwrap_or(usize::MAX),
            pieces,
            network,
            labels: config.labels,
            digest,
        })
    }

    /// What tells this model from another: FNV-1a 64 of `model.onnx`, folded to 32 bits.
    #[must_use]
    pub fn digest(&self) -> u32 {
        self.digest
    }

    /// The entities of a text of any length, in order and without overlaps.
    ///
    /// # Errors
    /// If the tokenizer or the model fails on the text.
    pub fn find(&self, text: &str) -> Result<Vec<Found>, RunError> {
        let pieces = self.pieces.of(text)?;
        let words = words::words(text, &pieces);
        if words.is_empty() {
            return Ok(Vec::new());
        }
        let mut verdicts = Vec::with_capacity(words.len());
        for window in windows::windows(text, &pieces, self.most) {
            self.judge(&pieces, window, &words, &mut verdicts)?;
        }
        Ok(spans::spans(text, &words, &verdicts, &self.labels))
    }

    /// Adds the verdicts of the words that begin in a window; those of the windows before are there already.
    fn judge(
        &self,
        pieces: &[Piece],
        window: Range<usize>,
        words: &[Word],
        verdicts: &mut Vec<Verdict>,
    ) -> Result<(), RunError> {
        let here = words.iter().skip(verdicts.len()).take_while(|word| word.piece < window.end);
        let mut here = here.peekable();
        if here.peek().is_none() {
            return Ok(());
        }
        let framed = self.pieces.framed(pieces.get(window.clone()).unwrap_or_default());
        let logits = self.network.run(&framed)?;
        verdicts.extend(here.map(|word| {
            let row = logits.of(word.piece.saturating_sub(window.start) + self.pieces.lead());
            let unknown = Verdict { label: self.outside, probability: 0.0 };
            row.and_then(spans::verdict).unwrap_or(unknown)
        }));
        Ok(())
    }
}

/// A short run to try the model with.
fn sample(folder: &Path, pieces: &Pieces) -> Result<Vec<i32>, LoadError> {
    let inner = pieces.of("a").map_err(|error| {
        let remedy = "save the model's fast tokenizer again and copy the file here";
        LoadError::new(&folder.join(folder::TOKENIZER), error, remedy)
    })?;
    Ok(pieces.framed(&inner))
}

/// Runs foreign code on foreign files: should it panic over one, that is an error of the file.
///
/// The state behind is either dropped then or only read, so that unwinding leaves nothing half-done.
fn guard<T, E: fmt::Display>(run: impl FnOnce() -> Result<T, E>) -> Result<T, String> {
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(result) => result.map_err(|error| error.to_string()),
        Err(_) => Err("it broke the library that reads it".into()),
    }
}
