//! Training: averaged perceptrons over whole sentences, each in another order, and the mean of their weights.

use std::collections::HashMap;

use super::super::super::tokens::Document;
use super::super::{EntityTagger, Mention, Scene};
use super::Rules;
use super::features::Reading;
use super::labels::{self, LABELS};
use super::model::{self, Transitions};
use super::table::Weights;
use super::viterbi::{self, Scores};

/// A feature all of whose weights are smaller, of 32,767, is dropped: there are many, and they say next to nothing.
const SMALLEST: u16 = 40;

/// How to train.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Rounds over all sentences.
    pub rounds: u32,
    /// Perceptrons whose mean is the model.
    pub runs: u32,
    /// Share of the tokens whose own letters are not seen in a round, 0 to 1.
    pub hidden: f32,
    /// Features that are seen in fewer sentences than this are dropped.
    pub least: u32,
    /// Random seed.
    pub seed: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { rounds: 9, runs: 5, hidden: 0.3, least: 2, seed: 1 }
    }
}

/// A sentence to learn from.
#[derive(Debug)]
pub struct Example {
    /// Per token its features, those by its letters last; none where it is outside without question.
    tokens: Vec<Option<(Vec<u32>, usize)>>,
    gold: Vec<u8>,
}

/// The sentences of a labelled text.
pub fn examples(scene: &Scene<'_>, gold: &[Mention]) -> Vec<Example> {
    let ruled = Rules.tag(scene);
    let reading = Reading::new(scene, &ruled);
    let labels = labels::of(reading.len(), gold);
    let token = |index: usize| {
        let (mut plain, mut lexical) = (Vec::new(), Vec::new());
        reading.all(index, |key, by_letters| if by_letters { lexical.push(key) } else { plain.push(key) });
        let from = plain.len();
        plain.append(&mut lexical);
        (plain, from)
    };
    reading
        .sentences()
        .map(|sentence| Example {
            tokens: sentence.clone().map(|i| reading.is_open(i).then(|| token(i))).collect(),
            // What the model cannot label it need not regret.
            gold: sentence
                .map(|i| if reading.is_open(i) { labels[i] } else { labels::OUTSIDE as u8 })
                .collect(),
        })
        .filter(|example| example.tokens.iter().any(Option::is_some))
        .collect()
}

/// Mentions in tokens from spans in characters: the tokens that a span touches.
pub fn mentions(
    document: &Document<'_>,
    spans: &[(u32, u32, wiredesk_contract::enrichment::EntityType)],
) -> Vec<Mention> {
    let touches = |start: u32, end: u32| {
        let first = document.tokens.iter().position(|t| document.char_at(t.end) > start)?;
        let count = document.tokens[first..].iter().take_while(|t| document.char_at(t.start) < end).count();
        (count > 0).then_some((first, first + count))
    };
    spans
        .iter()
        .filter_map(|(start, end, kind)| {
            let (first, end) = touches(*start, *end)?;
            Some(Mention { first, end, kind: *kind, spot: None, confidence: 1.0 })
        })
        .collect()
}

/// A weight and the sum of its values over all steps.
#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    now: [f32; LABELS],
    total: [f32; LABELS],
    since: u32,
}

impl Sum {
    fn add(&mut self, step: u32, label: usize, by: f32) {
        self.settle(step);
        self.now[label] += by;
    }

    fn settle(&mut self, step: u32) {
        let steps = (step - self.since) as f32;
        for (total, now) in self.total.iter_mut().zip(self.now) {
            *total += steps * now;
        }
        self.since = step;
    }
}

#[derive(Default)]
struct Learner {
    features: HashMap<u32, Sum>,
    transitions: [Sum; LABELS + 1],
    step: u32,
}

impl Learner {
    fn scores(&self, features: &[u32]) -> Scores {
        let mut scores = Scores::default();
        for sum in features.iter().filter_map(|key| self.features.get(key)) {
            for (score, weight) in scores.iter_mut().zip(sum.now) {
                *score += weight;
            }
        }
        scores
    }

    fn learn(&mut self, gold: &[u8], shown: &[Option<&[u32]>]) {
        let scores: Vec<Option<Scores>> = shown.iter().map(|f| f.map(|f| self.scores(f))).collect();
        let guess = viterbi::search(&scores, |before, label| self.transitions[before].now[label]);
        self.step += 1;
        if guess == gold {
            return;
        }
        let step = self.step;
        let (mut right, mut wrong) = (LABELS, LABELS);
        for ((gold, guess), features) in gold.iter().zip(&guess).zip(shown) {
            let (gold, guess) = (usize::from(*gold), usize::from(*guess));
            if gold != guess {
                for key in features.iter().copied().flatten() {
                    let sum = self.features.entry(*key).or_default();
                    sum.add(step, gold, 1.0);
                    sum.add(step, guess, -1.0);
                }
            }
            if (right, gold) != (wrong, guess) {
                self.transitions[right].add(step, gold, 1.0);
                self.transitions[wrong].add(step, guess, -1.0);
            }
            (right, wrong) = (gold, guess);
        }
    }

    /// Adds the averages over all steps, a share of them, to those of other runs.
    fn into_mean(mut self, counts: &HashMap<u32, u32>, least: u32, share: f32, mean: &mut Mean) {
        let step = self.step;
        for sum in self.features.values_mut().chain(&mut self.transitions) {
            sum.settle(step);
        }
        let add = |to: &mut [f32; LABELS], sum: &Sum| {
            to.iter_mut().zip(sum.total).for_each(|(to, total)| *to += share * total / step.max(1) as f32);
        };
        let kept = self.features.iter().filter(|(key, _)| counts.get(key).is_some_and(|n| *n >= least));
        kept.for_each(|(key, sum)| add(mean.features.entry(*key).or_default(), sum));
        mean.transitions.iter_mut().zip(&self.transitions).for_each(|(to, sum)| add(to, sum));
    }
}

/// The mean of all runs.
#[derive(Default)]
struct Mean {
    features: HashMap<u32, [f32; LABELS]>,
    transitions: [[f32; LABELS]; LABELS + 1],
}

impl Mean {
    /// In 32,767 steps to either side.
    fn file(self) -> Vec<u8> {
        let all = self.features.values().chain(&self.transitions).flatten();
        let most = all.fold(0.0_f32, |most, w| most.max(w.abs())).max(f32::MIN_POSITIVE);
        let scale = most / f32::from(i16::MAX);
        let small = |weights: &[f32; LABELS]| weights.map(|w| (w / scale).round() as i16);
        let mut features: Vec<(u32, Weights)> = self
            .features
            .iter()
            .map(|(key, weights)| (*key, small(weights)))
            .filter(|(_, weights)| weights.iter().any(|w| w.unsigned_abs() >= SMALLEST))
            .collect();
        features.sort_unstable_by_key(|(key, _)| *key);
        let mut rows = Transitions::default();
        for (row, weights) in rows.iter_mut().zip(&self.transitions) {
            *row = small(weights);
        }
        model::write(&rows, scale, &features)
    }
}

/// Trains a model; the answer is its file. The same examples and settings give the same bytes.
pub fn train(examples: &[Example], settings: &Settings) -> Vec<u8> {
    let mut counts: HashMap<u32, u32> = HashMap::new();
    for example in examples {
        let mut keys: Vec<u32> =
            example.tokens.iter().flatten().flat_map(|(keys, _)| keys.iter().copied()).collect();
        keys.sort_unstable();
        keys.dedup();
        keys.into_iter().for_each(|key| *counts.entry(key).or_default() += 1);
    }
    let mut mean = Mean::default();
    let runs = settings.runs.max(1);
    for run in 0..u64::from(runs) {
        let seed = settings.seed.wrapping_add(run).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        once(examples, settings, Random(seed)).into_mean(
            &counts,
            settings.least,
            1.0 / runs as f32,
            &mut mean,
        );
    }
    mean.file()
}

/// One perceptron.
fn once(examples: &[Example], settings: &Settings, mut random: Random) -> Learner {
    let mut order: Vec<usize> = (0..examples.len()).collect();
    let mut learner = Learner::default();
    for _ in 0..settings.rounds {
        for last in (1..order.len()).rev() {
            order.swap(last, random.below(last as u64 + 1) as usize);
        }
        for example in order.iter().filter_map(|index| examples.get(*index)) {
            let shown: Vec<Option<&[u32]>> = example
                .tokens
                .iter()
                .map(|token| {
                    let (keys, from) = token.as_ref()?;
                    let hide = random.below(1_000) < (settings.hidden * 1_000.0) as u64;
                    Some(if hide { &keys[..*from] } else { keys.as_slice() })
                })
                .collect();
            learner.learn(&example.gold, &shown);
        }
    }
    learner
}

/// Xorshift64* (Vigna 2016): small, and the same everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32) % limit.max(1)
    }
}
