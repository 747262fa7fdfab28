//! The model that tells the lines of an article from the rest of a page: two rounds of boosted decision trees.
//!
//! The first round looks at each line alone, by its figures ([`super::facts`]). The second looks again, with what the
//! first thought of the lines around it, of its container and of its sort of elements ([`around`]): an article hangs
//! together, and one doubtful line among good ones is good. `cargo run --example train` fits both.

pub(crate) mod around;
mod trees;

use std::sync::LazyLock;

use super::facts::{self, Facts};
use super::page::Page;
pub use trees::Trees;

/// The two rounds.
pub struct Model {
    first: Trees,
    second: Trees,
}

static BUILT_IN: LazyLock<Model> = LazyLock::new(|| {
    Model::new(Trees::parse(include_str!("first.txt")), Trees::parse(include_str!("second.txt")))
});

/// In the first round, the first trees decide what is plain: what they all but rule out is not asked about further.
const FIRST: usize = 25;
const HOPELESS: f32 = -4.0;
/// What the second round's word is worth against the first's: together they err less than either.
const BLEND: f32 = 0.7;

impl Model {
    /// Of two rounds; without trees the second leaves the first's word.
    pub fn new(first: Trees, second: Trees) -> Self {
        Self { first, second }
    }

    /// The one that ships.
    pub(crate) fn built_in() -> &'static Self {
        &BUILT_IN
    }

    /// How likely each line is of the article, 0 to 1.
    pub(crate) fn likely(&self, page: &Page, facts: &Facts) -> Vec<f32> {
        let mut odds = self.odds(facts);
        if !self.second.is_empty() {
            let first: Vec<f32> = odds.iter().map(|o| likelihood(*o)).collect();
            let around = around::Around::of(page, facts, &first);
            let mut row = Vec::with_capacity(facts::WIDTH + around::WIDTH);
            for (at, odds) in odds.iter_mut().enumerate() {
                // Most lines of a page are plainly none of its text, and nothing around them is.
                if *odds < HOPELESS && !around.near(at) {
                    continue;
                }
                row.clear();
                row.extend_from_slice(&facts.rows[at * facts::WIDTH..(at + 1) * facts::WIDTH]);
                around.figures(&mut row, page, facts, at);
                *odds = BLEND * self.second.sum(&row) + (1.0 - BLEND) * *odds;
            }
        }
        odds.into_iter().map(likelihood).collect()
    }

    /// Of the first round, in log odds.
    fn odds(&self, facts: &Facts) -> Vec<f32> {
        facts.rows.chunks_exact(facts::WIDTH).map(|row| self.first.sum_unless(row, FIRST, HOPELESS)).collect()
    }
}

fn likelihood(odds: f32) -> f32 {
    1.0 / (1.0 + (-odds).exp())
}
