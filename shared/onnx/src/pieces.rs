//! Text to pieces: the tokenizer of the folder, with the settings that this module needs.

use super::{LoadError, RunError, folder, guard};
use std::path::Path;
use tokenizers::Tokenizer;

/// A piece of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece {
    pub id: i32,
    /// Bytes of the text. A piece may hold the blank before its word, and several pieces may share one
    /// character of several bytes.
    pub start: usize,
    pub end: usize,
}

/// The tokenizer, and the special pieces it puts around a text.
pub(super) struct Pieces {
    tokenizer: Tokenizer,
    before: Vec<i32>,
    after: Vec<i32>,
}

impl Pieces {
    /// Reads `tokenizer.json`.
    pub fn load(folder: &Path) -> Result<Self, LoadError> {
        let file = folder.join(folder::TOKENIZER);
        let bytes = folder::read(&file)?;
        let wrong = |why: String| {
            let remedy = "save the model's fast tokenizer again and copy the file here";
            LoadError::new(&file, format_args!("is not a usable tokenizer ({why})"), remedy)
        };
        let mut tokenizer = guard(|| Tokenizer::from_bytes(&bytes)).map_err(wrong)?;
        // Exports often carry both; the windows are cut here, and a text cut short would lose its entities.
        tokenizer.with_padding(None);
        tokenizer.with_truncation(None).map_err(|error| wrong(error.to_string()))?;
        // A text that says `[SEP]` must not be able to end its own sequence.
        tokenizer.set_encode_special_tokens(true);
        let (before, after) = specials(&tokenizer).map_err(wrong)?;
        Ok(Self { tokenizer, before, after })
    }

    /// The pieces of a whole text, without special ones.
    pub fn of(&self, text: &str) -> Result<Vec<Piece>, RunError> {
        let encoding = guard(|| self.tokenizer.encode(text, false))
            .map_err(|why| RunError::new(format_args!("the text cannot be cut into pieces: {why}")))?;
        encoding
            .get_ids()
            .iter()
            .zip(encoding.get_offsets())
            .map(|(&id, &(start, end))| Some(Piece { id: i32::try_from(id).ok()?, start, end }))
            .collect::<Option<Vec<_>>>()
            .ok_or_else(|| RunError::new("the tokenizer gives numbers that no model has"))
    }

    /// How many pieces stand before those of the text.
    pub fn lead(&self) -> usize {
        self.before.len()
    }

    /// How many special pieces a run has.
    pub fn extra(&self) -> usize {
        self.before.len() + self.after.len()
    }

    /// The numbers for one run of the model.
    pub fn framed(&self, pieces: &[Piece]) -> Vec<i32> {
        let inner = pieces.iter().map(|piece| piece.id);
        let before = self.before.iter().copied();
        before.chain(inner).chain(self.after.iter().copied()).collect()
    }
}

/// What the tokenizer puts before and after a text, learnt from one: its own description of that has many
/// forms, and windows are framed here from pieces that were cut once.
fn specials(tokenizer: &Tokenizer) -> Result<(Vec<i32>, Vec<i32>), String> {
    let encoding = guard(|| tokenizer.encode("a", true))?;
    let ids = encoding
        .get_ids()
        .iter()
        .map(|&id| i32::try_from(id).map_err(|error| error.to_string()))
        .collect::<Result<Vec<_>, _>>()?;
    let special = |mask: &&u32| **mask != 0;
    let mask = encoding.get_special_tokens_mask();
    let lead = mask.iter().take_while(special).count();
    if lead == ids.len() {
        // The letter itself gave nothing: the usual frame has as many pieces before as after.
        let (before, after) = ids.split_at(ids.len().div_ceil(2));
        return Ok((before.to_vec(), after.to_vec()));
    }
    let trail = mask.iter().rev().take_while(special).count();
    let before = ids.iter().take(lead).copied().collect();
    let after = ids.iter().skip(ids.len().saturating_sub(trail)).copied().collect();
    Ok((before, after))
}
