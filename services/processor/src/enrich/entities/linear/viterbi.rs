//! The best sequence of labels of each sentence.

use super::super::super::budget;
use super::features::Reading;
use super::labels::{LABELS, OUTSIDE, Sure, may_follow};
use super::model::Model;

/// Scores of the labels of one token.
pub(super) type Scores = [f32; LABELS];

/// Labels of all tokens of a text.
pub(super) fn best(reading: &Reading<'_>, model: &Model) -> Vec<Sure> {
    let mut labels = Vec::with_capacity(reading.len());
    let mut scores: Vec<Option<Scores>> = Vec::new();
    let transition = |before: usize, label: usize| f32::from(model.transitions[before][label]);
    for sentence in reading.sentences() {
        budget::check();
        scores.clear();
        scores.extend(
            sentence.clone().map(|index| reading.is_open(index).then(|| score(reading, index, model))),
        );
        let path = search(&scores, transition);
        labels.extend(path.iter().zip(&scores).map(|(label, scores)| Sure {
            label: *label,
            confidence: scores.as_ref().map_or(1.0, |s| confidence(s, usize::from(*label), model.scale)),
        }));
    }
    labels
}

fn score(reading: &Reading<'_>, index: usize, model: &Model) -> Scores {
    let mut sum = [0_i32; LABELS];
    reading.features(index, |key| {
        if let Some(weights) = model.table.get(key) {
            for (sum, weight) in sum.iter_mut().zip(weights) {
                *sum += i32::from(*weight);
            }
        }
    });
    sum.map(|s| s as f32)
}

/// The share of the label among all, by the scores of its token alone.
fn confidence(scores: &Scores, label: usize, scale: f32) -> f32 {
    // Scores of a perceptron are no log odds; this slope makes the shares about right on copy that was not trained on.
    const SLOPE: f32 = 0.5;
    let of = |score: f32| (score - scores[label]) * scale * SLOPE;
    1.0 / scores.iter().map(|score| of(*score).exp()).sum::<f32>().max(1.0)
}

/// Viterbi's search over a sentence; a token without scores is outside. `transition` is given the label before, or [`LABELS`] at
/// the start.
pub(super) fn search(scores: &[Option<Scores>], transition: impl Fn(usize, usize) -> f32) -> Vec<u8> {
    const NEVER: f32 = f32::MIN / 4.0;
    let mut back: Vec<[u8; LABELS]> = Vec::with_capacity(scores.len());
    let mut reached: Option<Scores> = None;
    for scores in scores {
        let mut next = [NEVER; LABELS];
        let mut from = [0_u8; LABELS];
        for label in 0..LABELS {
            let own = match scores {
                Some(scores) => scores[label],
                None if label == OUTSIDE => 0.0,
                None => continue,
            };
            match &reached {
                None if may_follow(OUTSIDE, label) => next[label] = own + transition(LABELS, label),
                None => {}
                Some(reached) => {
                    for before in (0..LABELS).filter(|before| may_follow(*before, label)) {
                        let score = reached[before] + own + transition(before, label);
                        if score > next[label] {
                            (next[label], from[label]) = (score, before as u8);
                        }
                    }
                }
            }
        }
        back.push(from);
        reached = Some(next);
    }
    let Some(last) = reached else { return Vec::new() };
    let mut label =
        (0..LABELS).max_by(|a, b| last[*a].total_cmp(&last[*b]).then(b.cmp(a))).unwrap_or(OUTSIDE);
    let mut path = vec![0; scores.len()];
    for (place, from) in path.iter_mut().zip(&back).rev() {
        *place = label as u8;
        label = usize::from(from[label]);
    }
    path
}
