//! How alike two items are: tf-idf over words, names and figures; across languages by names and figures alone.

use std::collections::HashMap;

use crate::config::Config;
use crate::features::{Bag, Features};

/// Weights in one language: words of the whole, names, figures, headline and lead.
const WITHIN: [f32; 4] = [0.4, 0.3, 0.1, 0.2];
/// Documents that idf starts from, so that the first hour's words do not all look rare.
const PRIOR: f32 = 20.0;
/// Word likeness from which two texts are of one template, where their figures have to agree.
const TEMPLATE: f32 = 0.7;
/// Names and figures that two languages must share: one alone is a coincidence.
const CROSS_SHARED: usize = 2;

/// How many items have a feature.
#[derive(Debug, Default)]
pub(crate) struct Frequencies {
    counts: HashMap<u64, u32>,
    documents: u32,
}

impl Frequencies {
    pub(crate) fn add(&mut self, features: &Features) {
        self.documents += 1;
        for key in keys(features) {
            *self.counts.entry(key).or_default() += 1;
        }
    }

    pub(crate) fn remove(&mut self, features: &Features) {
        self.documents = self.documents.saturating_sub(1);
        for key in keys(features) {
            if let Some(count) = self.counts.get_mut(&key) {
                *count -= 1;
                if *count == 0 {
                    self.counts.remove(&key);
                }
            }
        }
    }

    pub(crate) fn idf(&self, key: u64) -> f32 {
        let count = self.counts.get(&key).copied().unwrap_or(0).max(1) as f32;
        ((self.documents as f32 + PRIOR) / count).ln().max(0.05)
    }
}

/// Each feature of an item once.
pub(crate) fn keys(features: &Features) -> impl Iterator<Item = u64> {
    [&features.words, &features.names, &features.figures].into_iter().flatten().map(|(key, _)| *key)
}

/// An item and its weighted features, made once for all comparisons.
pub(crate) struct Weighted<'a> {
    language: &'a str,
    features: &'a Features,
    words: Vector,
    names: Vector,
    figures: Vector,
    lead: Vector,
    names_and_figures: Vector,
}

struct Vector(Vec<(u64, f32)>);

impl Vector {
    fn new(bags: &[&Bag], frequencies: &Frequencies) -> Self {
        let mut weighted: Vec<(u64, f32)> = bags
            .iter()
            .flat_map(|bag| bag.iter())
            .map(|(key, count)| (*key, (1.0 + count.max(1.0).ln()) * frequencies.idf(*key)))
            .collect();
        weighted.sort_by_key(|(key, _)| *key);
        let norm = weighted.iter().map(|(_, w)| w * w).sum::<f32>().sqrt();
        for (_, weight) in &mut weighted {
            *weight /= norm;
        }
        Self(weighted)
    }

    fn cosine(&self, other: &Self) -> f32 {
        let (mut i, mut j, mut sum) = (0, 0, 0.0);
        while let (Some((x, a)), Some((y, b))) = (self.0.get(i), other.0.get(j)) {
            if x == y {
                sum += a * b;
            }
            i += usize::from(x <= y);
            j += usize::from(y <= x);
        }
        sum
    }
}

impl<'a> Weighted<'a> {
    pub(crate) fn new(language: &'a str, features: &'a Features, frequencies: &Frequencies) -> Self {
        let vector = |bags: &[&Bag]| Vector::new(bags, frequencies);
        Self {
            language,
            features,
            words: vector(&[&features.words]),
            names: vector(&[&features.names]),
            figures: vector(&[&features.figures]),
            lead: vector(&[&features.lead]),
            names_and_figures: vector(&[&features.names, &features.figures]),
        }
    }

    /// How alike, as a multiple of what suffices to be one story; `None` where the two are one template about two events.
    pub(crate) fn likeness(&self, other: &Self, config: &Config) -> Option<f32> {
        if main(self.language) != main(other.language) {
            let shared = shared(&self.features.names, &other.features.names)
                + shared(&self.features.figures, &other.features.figures);
            let cosine = self.names_and_figures.cosine(&other.names_and_figures);
            return Some(if shared < CROSS_SHARED { 0.0 } else { cosine / config.cross_threshold.max(0.01) });
        }
        let parts = [
            self.words.cosine(&other.words),
            self.names.cosine(&other.names),
            self.figures.cosine(&other.figures),
            self.lead.cosine(&other.lead),
        ];
        let figures = (&self.features.figures, &other.features.figures);
        let fewer = figures.0.len().min(figures.1.len());
        if parts[0] >= TEMPLATE && fewer >= 3 && shared(figures.0, figures.1) * 2 < fewer {
            return None;
        }
        let sum: f32 = parts.iter().zip(WITHIN).map(|(part, weight)| part * weight).sum();
        Some(sum / config.threshold.max(0.01))
    }
}

fn main(language: &str) -> &str {
    language.split('-').next().unwrap_or_default()
}

fn shared(a: &Bag, b: &Bag) -> usize {
    a.iter().filter(|(key, _)| b.binary_search_by_key(key, |(k, _)| *k).is_ok()).count()
}
