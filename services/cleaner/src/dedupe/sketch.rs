//! What the index keeps of a text: hashes, in about a kilobyte.

use super::words::{Form, Word, walk};
use crate::strip::fingerprint::{fnv_step, mix};

/// Words of a shingle.
const SHINGLE: usize = 3;
/// Shingles that are kept. Of a longer text those with the least hashes: a sample that is the same in every copy of it.
const KEPT: usize = 256;
/// Names, figures and words of the headline that are kept, each.
pub(super) const LISTED: usize = 96;
/// Letters of a run for the second signature.
const RUN: u32 = 5;
/// Bytes of a line of memory.
const LINE: usize = 64;
/// Bins of the second signature.
pub(super) const BINS: usize = 128;

/// A text as the index keeps it. All hashes are of words in small letters without accents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sketch {
    /// 128-bit hash of the normalised text, 0 where there is none.
    pub(super) exact: u128,
    /// Hash of the headline's words.
    pub(super) headline: u64,
    /// Hash of headline and text as printed.
    pub(super) printed: u64,
    /// Words of the text.
    pub(super) words: u32,
    /// Shingles are kept where their hash is below 2^(32 - `shift`).
    pub(super) shift: u8,
    /// Ends of the four lists in `hashes`.
    pub(super) ends: [u16; 4],
    /// Shingles, figures (each as often as it occurs), names, words of the headline; each list sorted.
    pub(super) hashes: Box<[u32]>,
    /// Least hash of letter runs in each bin, its low byte; 0 in an empty bin.
    pub(super) letters: Box<[u8; BINS]>,
}

impl Sketch {
    /// The sketch of a copy. `exact` is the fingerprint's, 32 hexadecimal digits or empty.
    pub(super) fn of(headline: &str, text: &str, exact: &str) -> Self {
        let mut reading = Reading::new();
        let mut runs = Runs::default();
        walk(text, |letter| runs.push(letter), |word| reading.push(word));
        let mut title = Vec::with_capacity(16);
        walk(headline, |_| (), |word: Word| title.push(word.hash));
        let (shift, shingles) = reading.shingles();
        let lists = [
            shingles,
            listed(reading.figures, false),
            listed(reading.names, true),
            listed(title.iter().map(|word| short(*word)).collect(), true),
        ];
        let mut end = 0;
        let ends = lists.each_ref().map(|list| {
            end += list.len() as u16;
            end
        });
        let printed = [headline, text].iter().fold(0, |hash, part| part.bytes().fold(mix(hash), fnv_step));
        Self {
            exact: u128::from_str_radix(exact, 16).unwrap_or(0),
            headline: title.iter().fold(title.len() as u64, |hash, word| mix(hash ^ word)),
            printed,
            words: reading.words,
            shift,
            ends,
            hashes: lists.concat().into(),
            letters: Box::new(runs.bins()),
        }
    }

    /// Brings the hashes near, a line of memory at a time.
    pub(super) fn touch(&self) -> u32 {
        let hashes = self.hashes.iter().step_by(LINE / 4).fold(0, |all, hash| all ^ hash);
        self.letters.iter().step_by(LINE).fold(hashes, |all, bin| all ^ u32::from(*bin))
    }

    fn list(&self, from: usize, to: usize) -> &[u32] {
        self.hashes.get(from..to).unwrap_or_default()
    }

    /// Kept shingles, sorted, each once.
    pub(super) fn shingles(&self) -> &[u32] {
        self.list(0, usize::from(self.ends[0]))
    }

    /// Figures, sorted, each as often as it occurs.
    pub(super) fn figures(&self) -> &[u32] {
        self.list(usize::from(self.ends[0]), usize::from(self.ends[1]))
    }

    /// Names, sorted, each once.
    pub(super) fn names(&self) -> &[u32] {
        self.list(usize::from(self.ends[1]), usize::from(self.ends[2]))
    }

    /// Words of the headline, sorted, each once.
    pub(super) fn title(&self) -> &[u32] {
        self.list(usize::from(self.ends[2]), usize::from(self.ends[3]))
    }
}

/// What is read from a text, word by word.
struct Reading {
    words: u32,
    last: [u64; SHINGLE],
    shingles: Vec<u32>,
    figures: Vec<u32>,
    names: Vec<u32>,
}

impl Reading {
    fn new() -> Self {
        Self {
            words: 0,
            last: [0; SHINGLE],
            shingles: Vec::with_capacity(512),
            figures: Vec::with_capacity(32),
            names: Vec::with_capacity(64),
        }
    }

    fn push(&mut self, word: Word) {
        self.words += 1;
        self.last.rotate_left(1);
        self.last[SHINGLE - 1] = word.hash;
        if self.words as usize >= SHINGLE {
            self.shingles.push(short(join(&self.last)));
        }
        match word.form {
            Form::Figure => self.figures.push(short(word.hash)),
            Form::Name => self.names.push(short(word.hash)),
            Form::Plain => {}
        }
    }

    /// The kept shingles and their shift. A text of fewer words is one shingle.
    fn shingles(&mut self) -> (u8, Vec<u32>) {
        if self.words > 0 && self.shingles.is_empty() {
            self.shingles.push(short(join(&self.last)));
        }
        let mut all = std::mem::take(&mut self.shingles);
        // A first thinning before the sort: a long text keeps few of its shingles.
        let mut shift = (all.len() / (KEPT * 2)).checked_ilog2().map_or(0, |log| log as u8 + 1);
        all.retain(|hash| u64::from(*hash) < 1 << (32 - shift));
        all.sort_unstable();
        all.dedup();
        while all.len() > KEPT {
            shift += 1;
            all.truncate(all.partition_point(|hash| u64::from(*hash) < 1 << (32 - shift)));
        }
        (shift, all)
    }
}

/// The hash of a shingle from those of its words.
fn join(words: &[u64]) -> u64 {
    words.iter().fold(0, |hash, word| mix(hash ^ word))
}

/// The half of a hash that is kept.
fn short(hash: u64) -> u32 {
    (mix(hash) >> 32) as u32
}

fn listed(mut hashes: Vec<u32>, once: bool) -> Vec<u32> {
    hashes.sort_unstable();
    if once {
        hashes.dedup();
    }
    hashes.truncate(LISTED);
    hashes
}

/// The second signature: one-permutation hashing (Li, Owen, Zhang 2012) over runs of five letters, of which one wrong
/// letter spoils five, where it spoils three shingles of some twenty.
struct Runs {
    last: u64,
    count: u32,
    least: [u32; BINS],
}

impl Default for Runs {
    fn default() -> Self {
        Self { last: 0, count: 0, least: [u32::MAX; BINS] }
    }
}

impl Runs {
    fn push(&mut self, letter: u8) {
        self.last = ((self.last << 8) | u64::from(letter)) & ((1 << (8 * RUN)) - 1);
        self.count += 1;
        if self.count >= RUN {
            let hash = (self.last + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            let hash = (hash ^ (hash >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            if let Some(least) = self.least.get_mut((hash >> 57) as usize) {
                *least = (*least).min((hash >> 25) as u32);
            }
        }
    }

    fn bins(&self) -> [u8; BINS] {
        self.least.map(|least| if least == u32::MAX { 0 } else { (least % 255) as u8 + 1 })
    }
}
