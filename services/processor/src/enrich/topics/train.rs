//! Training the model of topics: a logistic regression for each, with steps by AdaGrad (Duchi et al. 2011) and a penalty on
//! large weights.

use std::collections::{BTreeMap, HashMap};

use super::linear::{self, Features, sigmoid};

/// Topics with fewer items are not learnt.
const LEAST_ITEMS: usize = 10;
/// Features of fewer items are not learnt.
const LEAST_SEEN: u32 = 3;

const ROUNDS: usize = 20;
const STEP: f32 = 0.1;
const PENALTY: f32 = 0.003;
/// Smaller weights are dropped: they say next to nothing, and there are many.
const SMALLEST: f32 = 0.25;

/// An item: its features and the digits of its topics' codes.
#[derive(Clone, Debug)]
pub struct Example {
    pub(super) features: Features,
    pub(super) topics: Vec<u32>,
}

/// Trains a model; the answer is its file. The same examples give the same bytes.
pub fn train(examples: &[Example]) -> Vec<u8> {
    let mut items: BTreeMap<u32, usize> = BTreeMap::new();
    let mut seen: HashMap<u32, u32> = HashMap::new();
    for example in examples {
        example.topics.iter().for_each(|topic| *items.entry(*topic).or_default() += 1);
        example.features.all.iter().for_each(|(key, _)| *seen.entry(*key).or_default() += 1);
    }
    let topics: Vec<u32> =
        items.into_iter().filter(|(_, n)| *n >= LEAST_ITEMS).map(|(topic, _)| topic).collect();
    let mut keys: Vec<u32> = seen.into_iter().filter(|(_, n)| *n >= LEAST_SEEN).map(|(key, _)| key).collect();
    keys.sort_unstable();
    let place: HashMap<u32, usize> = keys.iter().enumerate().map(|(place, key)| (*key, place)).collect();
    let known = |(key, value): &(u32, f32)| Some((*place.get(key)?, *value));
    let rows: Vec<Vec<(usize, f32)>> =
        examples.iter().map(|example| example.features.all.iter().filter_map(known).collect()).collect();
    let learnt: Vec<(f32, Vec<f32>)> = topics
        .iter()
        .map(|topic| {
            let gold: Vec<bool> = examples.iter().map(|example| example.topics.contains(topic)).collect();
            one(&rows, &gold, keys.len())
        })
        .collect();
    let biases: Vec<f32> = learnt.iter().map(|(bias, _)| *bias).collect();
    let weights = |place: usize| -> Vec<(u16, f32)> {
        let of = learnt.iter().enumerate().filter_map(|(topic, (_, weights))| {
            let weight = weights.get(place).copied().filter(|weight| weight.abs() >= SMALLEST)?;
            Some((u16::try_from(topic).ok()?, weight))
        });
        of.collect()
    };
    let features: Vec<(u32, Vec<(u16, f32)>)> = keys
        .iter()
        .enumerate()
        .map(|(place, key)| (*key, weights(place)))
        .filter(|(_, weights)| !weights.is_empty())
        .collect();
    linear::write(&topics, &biases, &features)
}

/// Bias and weights of one topic.
fn one(rows: &[Vec<(usize, f32)>], gold: &[bool], features: usize) -> (f32, Vec<f32>) {
    let (mut bias, mut weights) = (-2.0_f32, vec![0.0_f32; features]);
    let (mut bias_sum, mut sums) = (1.0_f32, vec![0.000_1_f32; features]);
    let mut order: Vec<usize> = (0..rows.len()).collect();
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    for _ in 0..ROUNDS {
        for last in (1..order.len()).rev() {
            random = random.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
            order.swap(last, (random >> 33) as usize % (last + 1));
        }
        for index in &order {
            let row = &rows[*index];
            let score = bias + row.iter().map(|(place, value)| weights[*place] * value).sum::<f32>();
            let error = sigmoid(score) - if gold[*index] { 1.0 } else { 0.0 };
            bias_sum += error * error;
            bias -= STEP * error / bias_sum.sqrt();
            for (place, value) in row {
                let slope = error * value + PENALTY * weights[*place];
                sums[*place] += slope * slope;
                weights[*place] -= STEP * slope / sums[*place].sqrt();
            }
        }
    }
    (bias, weights)
}
