//! Learning the weights: maximum likelihood by gradient ascent, with a penalty on large weights.

use super::{FEATURES, Features, Weights};

const ROUNDS: usize = 2_000;
const STEP: f32 = 0.5;
const PENALTY: f32 = 0.004;

/// An item: its candidates, and which of them is right, if any is.
#[derive(Clone, Debug)]
pub struct Example {
    /// The candidates.
    pub candidates: Vec<Features>,
    /// Index of the right one.
    pub right: Option<usize>,
}

/// The weights under which the examples are likeliest. The same examples give the same weights.
pub fn train(examples: &[Example]) -> Weights {
    let mut weights = Weights { of: [0.0; FEATURES], none: 0.0 };
    let share = 1.0 / examples.len().max(1) as f32;
    for _ in 0..ROUNDS {
        let (mut slopes, mut none) = ([0.0_f32; FEATURES], 0.0);
        for example in examples {
            let likely = weights.likely(&example.candidates);
            none += f32::from(u8::from(example.right.is_none())) - (1.0 - likely.iter().sum::<f32>());
            for (index, (candidate, likely)) in example.candidates.iter().zip(likely).enumerate() {
                let error = f32::from(u8::from(example.right == Some(index))) - likely;
                for (slope, feature) in slopes.iter_mut().zip(candidate) {
                    *slope += error * feature;
                }
            }
        }
        weights.none += STEP * none * share;
        for (weight, slope) in weights.of.iter_mut().zip(slopes) {
            *weight += STEP * (slope * share - PENALTY * *weight);
        }
    }
    weights
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tells_the_right_place_gets_weight() {
        let candidate = |place: usize| {
            let mut features = Features::default();
            features[place] = 1.0;
            features
        };
        let example = |right| Example { candidates: vec![candidate(0), candidate(1)], right };
        let examples = [example(Some(1)), example(Some(1)), example(Some(1)), example(None)];
        let weights = train(&examples);
        let likely = weights.likely(&examples[0].candidates);
        assert!(likely[1] > 0.6 && likely[0] < 0.1, "{likely:?}");
        assert_eq!(weights, train(&examples));
    }
}
