//! The fingerprint of a text: an exact hash of its words, and a MinHash signature of its word shingles.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use sha2::{Digest, Sha256};
use wiredesk_contract::copy::Fingerprint;

/// Words of a shingle.
const SHINGLE: usize = 3;
/// Bins of a signature.
const BINS: usize = 128;

/// The fingerprint of a text; empty for a text without a word.
pub fn fingerprint(text: &str) -> Fingerprint {
    let words = words(text);
    if words.is_empty() {
        return Fingerprint::default();
    }
    let digest = Sha256::digest(words.join(" "));
    let exact = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let bytes: Vec<u8> = signature(&shingles_of(&words)).iter().flat_map(|bin| bin.to_le_bytes()).collect();
    Fingerprint { exact, minhash: STANDARD_NO_PAD.encode(bytes) }
}

/// Bins of a sketch.
const SKETCH: usize = 64;

/// The first bins of a text's signature: enough to see that two dispatches are the same; empty for a text without a word.
pub(crate) fn sketch(text: &str) -> Vec<u32> {
    let words = words(text);
    if words.is_empty() {
        return Vec::new();
    }
    signature(&shingles_of(&words)).into_iter().take(SKETCH).collect()
}

/// How like two sketches are, 0 to 1: an estimate of the share of shingles that the texts have in common.
pub(crate) fn alike(one: &[u32], other: &[u32]) -> f64 {
    let bins = one.len().min(other.len());
    if bins == 0 {
        return 0.0;
    }
    one.iter().zip(other).filter(|(a, b)| a == b).count() as f64 / bins as f64
}

/// Words in small letters, without punctuation.
fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

fn shingles_of(words: &[String]) -> Vec<u64> {
    let hashes: Vec<u64> = words.iter().map(|word| fnv(word)).collect();
    let join = |run: &[u64]| run.iter().fold(0, |hash, word| mix(hash ^ word));
    if hashes.is_empty() {
        Vec::new()
    } else if hashes.len() < SHINGLE {
        vec![join(&hashes)]
    } else {
        hashes.windows(SHINGLE).map(join).collect()
    }
}

/// One-permutation hashing (Li, Owen, Zhang 2012): each bin keeps the least hash that falls into it. An empty bin takes
/// that of a bin drawn by its own number (optimal densification, Shrivastava 2017), so that short texts have no holes.
fn signature(shingles: &[u64]) -> [u32; BINS] {
    let mut filled: [Option<u32>; BINS] = [None; BINS];
    for shingle in shingles {
        let hash = mix(shingle ^ 0x5555_5555_5555_5555);
        let low = hash as u32;
        if let Some(bin) = filled.get_mut((hash >> 57) as usize) {
            *bin = Some(bin.map_or(low, |known| known.min(low)));
        }
    }
    std::array::from_fn(|bin| {
        (0..1_000u64)
            .map(|attempt| {
                if attempt == 0 { bin } else { (mix(((bin as u64) << 32) | attempt) % BINS as u64) as usize }
            })
            .find_map(|bin| filled.get(bin).copied().flatten())
            .unwrap_or(u32::MAX)
    })
}

fn fnv(word: &str) -> u64 {
    word.bytes().fold(FNV_START, fnv_step)
}

/// What FNV-1a starts from.
pub(crate) const FNV_START: u64 = 0xcbf2_9ce4_8422_2325;

/// FNV-1a, by one byte.
pub(crate) fn fnv_step(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
}

/// splitmix64's finaliser (Steele, Lea, Flood 2014).
pub(crate) fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
