//! The engine `linear`: a sequence model over the words, the lists and what the engine `rules` says, trained by
//! `wiredesk tool ner train`. An averaged perceptron (Collins 2002, doi:10.3115/1118693.1118694) with a Viterbi search.

mod agree;
mod features;
mod labels;
mod model;
mod table;
pub mod train;
mod viterbi;

use super::rules::Rules;
use super::{EntityTagger, Mention, Scene};
use features::Reading;
pub use model::{Model, Unreadable};

/// The engine and its model.
#[derive(Debug)]
pub struct Linear {
    rules: Rules,
    model: Model,
    version: String,
}

impl Linear {
    /// With the model that ships.
    pub fn new() -> Self {
        Self::with(Model::shipped())
    }

    /// With another model, such as one that [`train`] made.
    pub fn with(model: Model) -> Self {
        let version = format!("2+{:08x}", model.digest);
        Self { rules: Rules, model, version }
    }
}

impl Default for Linear {
    fn default() -> Self {
        Self::new()
    }
}

impl EntityTagger for Linear {
    fn name(&self) -> &'static str {
        "linear"
    }

    fn version(&self) -> &str {
        &self.version
    }

    fn tag(&self, scene: &Scene<'_>) -> Vec<Mention> {
        let ruled = self.rules.tag(scene);
        let reading = Reading::new(scene, &ruled);
        let labels = viterbi::best(&reading, &self.model);
        agree::agree(scene, labels::mentions(scene, &labels, &ruled))
    }
}
