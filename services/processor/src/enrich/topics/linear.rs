//! A linear model over words, hits of terms, and sections: for each topic of levels 1 and 2 how likely it is.
//!
//! The file: `WDTOPIC` and the form (2); number of topics (u32) and their codes' digits (u32 each), scale (f32), number of features (u32); the
//! topics' biases (i16 each); then for each feature in rising order its key (u32), how many weights it has (u16), and for each the topic's
//! place (u16) and the weight (i16). All little-endian; a weight of 1 stands for `scale`.

use foldhash::HashMap;

use super::super::budget;
use super::super::tokens::{Document, Token};
use crate::fnv::{digest, fnv1a};

const MAGIC: &[u8; 8] = b"WDTOPIC\x02";
const SHIPPED: &[u8] = include_bytes!("../../../vocab/topics.bin");

/// The model.
#[derive(Debug, Default)]
pub struct Model {
    /// Digits of the codes.
    pub(super) topics: Vec<u32>,
    scale: f32,
    biases: Vec<i16>,
    /// Key of a feature to its first weight and one past the last.
    features: HashMap<u32, (u32, u32)>,
    /// Places of topics, and weights.
    weights: Vec<(u16, i16)>,
    /// Of the file.
    pub(super) digest: u32,
}

impl Model {
    /// The model in the executable.
    pub fn shipped() -> Self {
        Self::read(SHIPPED).unwrap_or_default()
    }

    /// Reads a model; `None` for bytes that hold none of this form.
    pub fn read(file: &[u8]) -> Option<Self> {
        let mut rest = file.strip_prefix(MAGIC.as_slice())?;
        let mut word = || {
            let (word, after) = rest.split_first_chunk::<4>()?;
            rest = after;
            Some(u32::from_le_bytes(*word))
        };
        let count = word()? as usize;
        let topics = (0..count.min(10_000)).map(|_| word()).collect::<Option<Vec<u32>>>()?;
        let scale = f32::from_bits(word()?);
        let features = word()? as usize;
        let (biases, mut rest) = rest.split_at_checked(2 * count)?;
        let biases = biases.as_chunks::<2>().0.iter().map(|b| i16::from_le_bytes(*b)).collect();
        let mut model = Self { topics, scale, biases, digest: digest(file), ..Self::default() };
        for _ in 0..features {
            let (key, after) = rest.split_first_chunk::<4>()?;
            let (weights, after) = after.split_first_chunk::<2>()?;
            let (row, after) = after.split_at_checked(4 * usize::from(u16::from_le_bytes(*weights)))?;
            let from = model.weights.len() as u32;
            for [a, b, c, d] in row.as_chunks::<4>().0 {
                let topic = u16::from_le_bytes([*a, *b]);
                if usize::from(topic) >= count {
                    return None;
                }
                model.weights.push((topic, i16::from_le_bytes([*c, *d])));
            }
            model.features.insert(u32::from_le_bytes(*key), (from, model.weights.len() as u32));
            rest = after;
        }
        rest.is_empty().then_some(model)
    }

    /// How likely each topic is, 0 to 1, in the order of `topics`.
    pub(super) fn likely(&self, features: &Features) -> Vec<f32> {
        let mut scores: Vec<f32> = self.biases.iter().map(|bias| f32::from(*bias)).collect();
        for (key, value) in &features.all {
            let Some((from, to)) = self.features.get(key) else { continue };
            for (topic, weight) in self.weights.get(*from as usize..*to as usize).unwrap_or_default() {
                if let Some(score) = scores.get_mut(usize::from(*topic)) {
                    *score += f32::from(*weight) * value;
                }
            }
        }
        scores.into_iter().map(|score| sigmoid(score * self.scale)).collect()
    }
}

/// What the groups of features weigh: words are many, each of little weight; counts are few, and telling.
const WORDS: f32 = 1.0;
const CONCEPTS: f32 = 2.0;
const SIGNS: f32 = 0.8;

/// What is seen of an item.
#[derive(Clone, Debug, Default)]
pub(super) struct Features {
    /// Keys and values, by key.
    pub(super) all: Vec<(u32, f32)>,
}

/// What speaks for topics as such.
pub(super) struct Signs<'a> {
    /// Topics of the wire's sections.
    pub(super) sections: &'a [usize],
    /// How much the concepts of the copy speak for each top topic.
    pub(super) in_copy: Vec<(u8, f32)>,
    /// And those of the headline.
    pub(super) in_headline: Vec<(u8, f32)>,
}

pub(super) fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

/// The file of a model: topics, their biases, and each feature's weights with the places of their topics.
pub(super) fn write(topics: &[u32], biases: &[f32], features: &[(u32, Vec<(u16, f32)>)]) -> Vec<u8> {
    let all = features.iter().flat_map(|(_, weights)| weights.iter().map(|(_, weight)| weight)).chain(biases);
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
        out.extend((weights.len() as u16).to_le_bytes());
        for (topic, weight) in weights {
            out.extend(topic.to_le_bytes());
            out.extend(small(weight));
        }
    }
    out
}

/// The keys of an item's features: beginnings of words (languages share many), whole words of the language, words of the headline;
/// the concepts of copy and headline; how much they speak for each top topic, and topics of the sections.
pub(super) fn features(
    language: &str,
    headline: &Document<'_>,
    document: &Document<'_>,
    concepts: [&[&str]; 2],
    signs: &Signs<'_>,
) -> Features {
    let mut words = Vec::new();
    let mut put = |sort: u8, text: &str| words.push(key(sort, text));
    let word = |token: &&Token<'_>| token.is_word() && token.fold.len() > 3;
    for token in headline.tokens.iter().chain(&document.tokens).filter(word) {
        budget::check();
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
    let named = [8, 9].into_iter().zip(concepts);
    let named = named.flat_map(|(sort, names)| names.iter().map(move |name| key(sort, name))).collect();
    let mut out = Features::default();
    // Long items must not weigh more than short ones.
    for (mut keys, value) in [(words, WORDS), (named, CONCEPTS)] {
        keys.sort_unstable();
        keys.dedup();
        let share = value / (keys.len().max(1) as f32).sqrt();
        out.all.extend(keys.into_iter().map(|key| (key, share)));
    }
    for (sort, counts) in [(10, &signs.in_copy), (12, &signs.in_headline)] {
        let best = counts.iter().map(|(_, count)| *count).fold(0.0_f32, f32::max);
        for (topic, count) in counts {
            out.all.push((key(sort, &topic.to_string()), SIGNS * count.ln_1p()));
            if *count >= best {
                out.all.push((key(sort + 1, &topic.to_string()), SIGNS));
            }
        }
    }
    out.all.extend(signs.sections.iter().map(|section| (key(7, &section.to_string()), 1.0)));
    out.all.sort_unstable_by_key(|(key, _)| *key);
    out
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
        let features = [(7, vec![(0, 2.0), (1, -2.0)]), (9, vec![(1, 1.0)])];
        let file = write(&[4_000_000, 20_000_349], &[-1.0, 0.5], &features);
        let model = Model::read(&file).unwrap();
        assert_eq!(model.topics, [4_000_000, 20_000_349]);
        let likely = model.likely(&Features { all: vec![(7, 0.5), (8, 0.5)] });
        assert!(
            (likely[0] - sigmoid(0.0)).abs() < 1e-3 && (likely[1] - sigmoid(-0.5)).abs() < 1e-3,
            "{likely:?}"
        );
        // A topic that there is not.
        let mut bad = file.clone();
        let last = bad.len() - 4;
        bad[last] = 9;
        assert!(Model::read(&bad).is_none());
        assert!((0..file.len()).all(|end| Model::read(&file[..end]).is_none()));
        assert!(Model::read(SHIPPED).is_some());
    }
}
