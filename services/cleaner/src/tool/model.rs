//! What the trainer of the model needs: pages as the model sees them, and pages read by another model.

use serde_json::Value;

use super::decode::decode;
use crate::strip::extract::facts::{self, Facts};
use crate::strip::extract::model::around::{self, Around};
use crate::strip::extract::page::Page;
use crate::strip::extract::{article_by, figures};

pub use crate::strip::extract::model::{Model, Trees};

/// A page as the model sees it.
pub struct Sheet {
    page: Page,
    facts: Facts,
}

impl Sheet {
    /// Figures of a line in the first round.
    pub const FIRST: usize = facts::WIDTH;
    /// Figures of a line in the second round: those of the first, and what stands around it.
    pub const SECOND: usize = facts::WIDTH + around::WIDTH;

    /// Reads a page; `None` where it is refused.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let (page, facts) = figures(&decode(bytes))?;
        Some(Self { page, facts })
    }

    /// The lines of the page, in order.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.page.pieces.iter().map(|piece| piece.text.as_str())
    }

    /// Words of each line; ideographs count as halves.
    pub fn words(&self) -> &[f32] {
        &self.facts.words
    }

    /// [`Self::FIRST`] figures a line.
    pub fn first(&self) -> &[f32] {
        &self.facts.rows
    }

    /// [`Self::SECOND`] figures a line, where the first round holds the lines for so likely.
    pub fn second(&self, likely: &[f32]) -> Vec<f32> {
        let around = Around::of(&self.page, &self.facts, likely);
        let mut rows = Vec::with_capacity(likely.len() * Self::SECOND);
        for (at, row) in self.facts.rows.chunks_exact(Self::FIRST).enumerate() {
            rows.extend_from_slice(row);
            around.figures(&mut rows, &self.page, &self.facts, at);
        }
        rows
    }
}

/// What [`super::extract`] answers, by another model than the one that ships.
pub fn extract_by(id: &str, bytes: &[u8], model: &Model) -> Value {
    super::extract::told(id, &article_by(&decode(bytes), model))
}
