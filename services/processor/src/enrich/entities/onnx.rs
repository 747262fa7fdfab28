//! The engine `onnx`: an operator's model, by the path of its folder (`processor.enrich.onnx`). See `wiredesk_onnx` for what it holds.

use std::path::Path;

use wiredesk_contract::enrichment::EntityType;
use wiredesk_onnx::{Classifier, LoadError, Sort};

use super::{EntityTagger, Mention, Scene, rules};

/// The engine and its model.
#[derive(Debug)]
pub struct Onnx {
    classifier: Classifier,
    version: String,
}

impl Onnx {
    /// Loads the model of a folder.
    ///
    /// # Errors
    /// [`LoadError`] with the file and what to do.
    pub fn load(folder: &Path) -> Result<Self, LoadError> {
        let classifier = Classifier::load(folder)?;
        let version = format!("1+{:08x}", classifier.digest());
        Ok(Self { classifier, version })
    }
}

impl EntityTagger for Onnx {
    fn name(&self) -> &'static str {
        "onnx"
    }

    fn version(&self) -> &str {
        &self.version
    }

    fn tag(&self, scene: &Scene<'_>) -> Vec<Mention> {
        let found = match self.classifier.find(scene.document.text) {
            Ok(found) => found,
            Err(error) => {
                tracing::warn!("the model of processor.enrich.onnx failed on a text: {error}");
                // The guard of the enrichment notes it; nothing is wrong with the program.
                std::panic::resume_unwind(Box::new(error))
            }
        };
        let tokens = &scene.document.tokens;
        let mut mentions: Vec<Mention> = Vec::new();
        for entity in found {
            let first = tokens.partition_point(|token| token.end <= entity.start);
            let end = tokens.partition_point(|token| token.start < entity.end);
            let taken = mentions.last().map_or(0, |last| last.end);
            if end <= first || first < taken {
                continue;
            }
            let kind = match entity.sort {
                Sort::Per => EntityType::Per,
                Sort::Org => EntityType::Org,
                Sort::Loc => EntityType::Loc,
                Sort::Misc => EntityType::Misc,
            };
            let spot = (kind == EntityType::Loc).then(|| rules::spot_of(scene, first, end)).flatten();
            mentions.push(Mention { first, end, kind, spot, confidence: entity.confidence });
        }
        mentions
    }
}
