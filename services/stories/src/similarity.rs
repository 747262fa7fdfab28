//! How alike two items are: tf-idf over words, names and figures; across languages by names and figures alone.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

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

/// A table by features or by numbers of our own, for which a hash that withstands an attacker is no use: they are asked for thousands of
/// times an item.
pub(crate) type ByNumber<K, T> = HashMap<K, T, BuildHasherDefault<Spread>>;

/// Spreads a number over all bits, by the golden ratio (Knuth, The Art of Computer Programming, volume 3, section 6.4).
#[derive(Debug, Default)]
pub(crate) struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0.wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}

/// How many items have a feature.
#[derive(Debug, Default)]
pub(crate) struct Frequencies {
    counts: ByNumber<u64, u32>,
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
    within: Option<Within>,
    names_and_figures: Option<Vector>,
}

/// What is compared in one language.
struct Within {
    words: Vector,
    names: Vector,
    figures: Vector,
    lead: Vector,
}

/// Which comparisons an item is made for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum For {
    Any,
    Within,
    Across,
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
    /// An item that others are compared to.
    pub(crate) fn new(language: &'a str, features: &'a Features, frequencies: &Frequencies) -> Self {
        Self::made(language, features, frequencies, For::Any)
    }

    /// An item that is compared to this one alone: what their languages do not ask for is not weighed.
    pub(crate) fn beside<'b>(
        &self,
        language: &'b str,
        features: &'b Features,
        frequencies: &Frequencies,
    ) -> Weighted<'b> {
        let one_language = main(self.language) == main(language);
        Weighted::made(language, features, frequencies, if one_language { For::Within } else { For::Across })
    }

    fn made(language: &'a str, features: &'a Features, frequencies: &Frequencies, what: For) -> Self {
        let vector = |bags: &[&Bag]| Vector::new(bags, frequencies);
        Self {
            language,
            features,
            within: (what != For::Across).then(|| Within {
                words: vector(&[&features.words]),
                names: vector(&[&features.names]),
                figures: vector(&[&features.figures]),
                lead: vector(&[&features.lead]),
            }),
            names_and_figures: (what != For::Within).then(|| vector(&[&features.names, &features.figures])),
        }
    }

    /// How alike, as a multiple of what suffices to be one story; `None` where the two are one template about two events.
    pub(crate) fn likeness(&self, other: &Weighted<'_>, config: &Config) -> Option<f32> {
        let (Some(own), Some(others)) = (&self.within, &other.within) else {
            let shared = shared(&self.features.names, &other.features.names)
                + shared(&self.features.figures, &other.features.figures);
            let both = self.names_and_figures.as_ref().zip(other.names_and_figures.as_ref());
            let cosine = both.map_or(0.0, |(own, others)| own.cosine(others));
            return Some(if shared < CROSS_SHARED { 0.0 } else { cosine / config.cross_threshold.max(0.01) });
        };
        let parts = [
            own.words.cosine(&others.words),
            own.names.cosine(&others.names),
            own.figures.cosine(&others.figures),
            own.lead.cosine(&others.lead),
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
