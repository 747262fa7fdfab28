//! Where the story happens. A dateline says where it was written; the news of a village is often written in the capital.
//!
//! Every place that dateline, text or the names of organisations offer is a candidate, with what speaks for it; a conditional logit
//! (McFadden 1974) over these features, learnt from the labelled copy by `wiredesk tool ner train --events`, says how likely each is,
//! and how likely none.

mod candidates;
pub mod train;

use wiredesk_contract::enrichment::EventPlace;

pub use candidates::{Candidate, FEATURES, Features, NAMES, Offer, candidates};

use super::cues::rows;

const WEIGHTS: &str = include_str!("../../../vocab/event.tsv");
/// A less likely place is not said.
const LEAST: f32 = 0.5;

/// Weights of the features, and of saying nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    pub(super) of: [f32; FEATURES],
    pub(super) none: f32,
}

impl Weights {
    /// Those in the executable.
    pub fn shipped() -> Self {
        let mut weights = Self { of: [0.0; FEATURES], none: 0.0 };
        for row in rows(WEIGHTS) {
            let [name, weight] = row[..] else { continue };
            let weight = weight.parse().unwrap_or_default();
            match NAMES.iter().position(|known| *known == name) {
                Some(place) => weights.of[place] = weight,
                None if name == "none" => weights.none = weight,
                None => {}
            }
        }
        weights
    }

    /// As `vocab/event.tsv` has them.
    pub fn file(&self) -> String {
        let row = |(name, weight): (&str, &f32)| format!("{name}\t{weight:.3}\n");
        let rows: String = NAMES.into_iter().zip(&self.of).map(row).collect();
        format!("#feature (see src/enrich/event/candidates.rs)\tweight\n{rows}{}", row(("none", &self.none)))
    }

    /// How likely each candidate is; what is missing to 1 is that none is right.
    fn likely(&self, candidates: &[Features]) -> Vec<f32> {
        let scores: Vec<f32> = candidates.iter().map(|features| self.score(features)).collect();
        let top = scores.iter().copied().fold(self.none, f32::max);
        let sum: f32 = scores.iter().map(|score| (score - top).exp()).sum::<f32>() + (self.none - top).exp();
        scores.iter().map(|score| (score - top).exp() / sum).collect()
    }

    fn score(&self, features: &Features) -> f32 {
        self.of.iter().zip(features).map(|(weight, feature)| weight * feature).sum()
    }
}

/// The likeliest place, where one is likely enough.
pub fn event_place(offer: &Offer<'_>, weights: &Weights) -> Option<EventPlace> {
    let candidates = candidates(offer);
    let features: Vec<Features> = candidates.iter().map(|candidate| candidate.features).collect();
    let likely = weights.likely(&features);
    let (best, confidence) = candidates
        .iter()
        .zip(likely)
        .max_by(|a, b| a.1.total_cmp(&b.1).then_with(|| b.0.spot.geonameid.cmp(&a.0.spot.geonameid)))?;
    (confidence >= LEAST).then(|| EventPlace {
        place: best.spot.to_place(),
        confidence: (confidence * 100.0).round() / 100.0,
        evidence: match (best.has("dateline"), best.in_text()) {
            (true, true) => "both",
            (true, false) => "dateline",
            _ => "text",
        }
        .to_owned(),
    })
}
