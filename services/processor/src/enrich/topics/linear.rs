//! A linear model over words, hits of terms, and sections: for each topic of levels 1 and 2 how likely it is.
//!
//! The file: `WDTOPIC` and the form (1); number of topics (u32) and their codes' digits (u32 each), scale (f32), number of features (u32); the
//! topics' biases (i16 each); then for each feature in rising order its key (u32) and a weight a topic (i16). All little-endian; a weight of 1 stands for
//! `scale`.

use std::collections::HashMap;

use super::super::tokens::{Document, Token};
use crate::fnv::fnv1a;

const MAGIC: &[u8; 8] = b"WDTOPIC\x01";
const SHIPPED: &[u8] = include_bytes!("../../../vocab/topics.bin");

/// The model.
#[derive(Debug, Default)]
pub struct Model {
    /// Digits of the codes.
    pub(super) topics: Vec<u32>,
    scale: f32,
    biases: Vec<i16>,
    weights: HashMap<u32, Vec<i16>>,
}

impl Model {
    /// The model in the executable.
    pub fn shipped() -> Self {
        Self::read(SHIPPED).unwrap_or_default()
    }

    /// Reads a model; `None` for bytes that hold none of this form.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes.strip_prefix(MAGIC.as_slice())?;
        let mut word = || {
            let (word, after) = rest.split_first_chunk::<4>()?;
            rest = after;
            Some(u32::from_le_bytes(*word))
        };
        let count = word()? as usize;
        let topics = (0..count.min(10_000)).map(|_| word()).collect::<Option<Vec<u32>>>()?;
        let scale = f32::from_bits(word()?);
        let features = word()? as usize;
        let row = 2 * count;
        let (biases, rest) = rest.split_at_checked(row)?;
        let numbers =
            |bytes: &[u8]| bytes.as_chunks::<2>().0.iter().map(|b| i16::from_le_bytes(*b)).collect();
        let mut weights = HashMap::with_capacity(features.min(1 << 20));
        for feature in rest.chunks_exact(4 + row) {
            let (key, row) = feature.split_first_chunk::<4>()?;
            weights.insert(u32::from_le_bytes(*key), numbers(row));
        }
        let whole = weights.len() == features && rest.len() == features * (4 + row);
        whole.then(|| Self { topics, scale, biases: numbers(biases), weights })
    }

    /// How likely each topic is, 0 to 1, in the order of `topics`.
    pub(super) fn likely(&self, features: &Features) -> Vec<f32> {
        let mut scores: Vec<f32> = self.biases.iter().map(|bias| f32::from(*bias)).collect();
        for (keys, value) in [(&features.words, features.norm()), (&features.signs, 1.0)] {
            let mut sums = vec![0_i32; scores.len()];
            for weights in keys.iter().filter_map(|key| self.weights.get(key)) {
                for (sum, weight) in sums.iter_mut().zip(weights) {
                    *sum += i32::from(*weight);
                }
            }
            for (score, sum) in scores.iter_mut().zip(sums) {
                *score += sum as f32 * value;
            }
        }
        scores.into_iter().map(|score| sigmoid(score * self.scale)).collect()
    }
}

/// What is seen of an item.
#[derive(Clone, Debug, Default)]
pub(super) struct Features {
    /// Words: many, each of little weight.
    pub(super) words: Vec<u32>,
    /// Terms and sections: few, and telling.
    pub(super) signs: Vec<u32>,
}

impl Features {
    /// Value of a word: long items must not weigh more than short ones.
    pub(super) fn norm(&self) -> f32 {
        1.0 / (self.words.len().max(1) as f32).sqrt()
    }
}

pub(super) fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

/// The file of a model.
pub(super) fn write(topics: &[u32], biases: &[f32], features: &[(u32, Vec<f32>)]) -> Vec<u8> {
    let all = features.iter().flat_map(|(_, weights)| weights).chain(biases);
    let most = all.fold(f32::MIN_POSITIVE, |most, weight| most.max(weight.abs()));
    let scale = most / f32::from(i16::MAX);
    let small = |weight: &f32| ((weight / scale).round() as i16).to_le_bytes();
    let mut out = MAGIC.to_vec();
    out.extend((topics.len() as u32).to_le_bytes());
    out.extend(topics.iter().flat_map(|topic| topic.to_le_bytes()));
    out.extend(scale.to_le_bytes());
    out.extend((features.len() as u32).to_le_bytes());
    out.extend(biases.iter().flat_map(small));
    for (key, weights) in features {
        out.extend(key.to_le_bytes());
        out.extend(weights.iter().flat_map(small));
    }
    out
}

/// The keys of an item's features: beginnings of words (languages share many), whole words of the language, words of the headline,
/// topics whose terms were hit, topics of its sections.
pub(super) fn features(
    language: &str,
    headline: &Document<'_>,
    document: &Document<'_>,
    terms: &[(usize, f32)],
    names: &[(usize, f32)],
    sections: &[usize],
) -> Features {
    let (mut words, mut signs) = (Vec::new(), Vec::new());
    let mut put = |sort: u8, text: &str| words.push(key(sort, text));
    let word = |token: &&Token<'_>| token.is_word() && token.fold.len() > 3;
    for token in headline.tokens.iter().chain(&document.tokens).filter(word) {
        let lead = token.sentence < 2;
        for length in [4, 6] {
            let start = beginning(&token.fold, length);
            put(length as u8, start);
            if lead {
                put(length as u8 + 100, start);
            }
        }
        put(1, &format!("{language}:{}", token.fold));
    }
    for token in headline.tokens.iter().filter(word) {
        put(2, beginning(&token.fold, 5));
    }
    let mut sign = |sort: u8, text: &str| signs.push(key(sort, text));
    for (sort, hits) in [(3, terms), (5, names)] {
        let best = hits.iter().map(|(_, weight)| *weight).fold(0.0_f32, f32::max);
        for (topic, weight) in hits {
            for step in [1.0, 2.5, 5.0, 9.0, 14.0].iter().filter(|step| weight >= *step) {
                sign(sort, &format!("{topic}:{step}"));
            }
            if *weight >= best {
                sign(sort + 1, &topic.to_string());
            }
        }
    }
    for section in sections {
        sign(7, &section.to_string());
    }
    for keys in [&mut words, &mut signs] {
        keys.sort_unstable();
        keys.dedup();
    }
    Features { words, signs }
}

fn beginning(word: &str, letters: usize) -> &str {
    word.char_indices().nth(letters).map_or(word, |(byte, _)| word.get(..byte).unwrap_or(word))
}

fn key(sort: u8, text: &str) -> u32 {
    let hash = fnv1a(std::iter::once(sort).chain(text.bytes()));
    (hash ^ (hash >> 32)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_and_nothing_else() {
        let file =
            write(&[4_000_000, 20_000_349], &[-1.0, 0.5], &[(7, vec![2.0, -2.0]), (9, vec![0.0, 1.0])]);
        let model = Model::read(&file).unwrap();
        assert_eq!(model.topics, [4_000_000, 20_000_349]);
        let likely = model.likely(&Features { words: vec![7, 8, 11, 12], signs: vec![] });
        assert!(
            (likely[0] - sigmoid(0.0)).abs() < 1e-3 && (likely[1] - sigmoid(-0.5)).abs() < 1e-3,
            "{likely:?}"
        );
        assert!((0..file.len()).all(|end| Model::read(&file[..end]).is_none()));
        assert!(Model::read(SHIPPED).is_some());
    }
}
