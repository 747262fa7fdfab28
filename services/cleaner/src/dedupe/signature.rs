//! Reading the fingerprint that the strip stage computed: 128 MinHash bins, cut into bands for locality-sensitive hashing.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// Bins of a signature.
const BINS: usize = 128;
/// Bins a band. Two copies with Jaccard similarity s share one of the 64 bands with probability 1 - (1 - s²)^64: 0.98 at
/// s = 0.25, where a copy cut to a quarter stands. Broad on purpose: every hit is verified on the shingles themselves.
const ROWS: usize = 2;

/// The band keys of a signature as the strip stage writes it; none where it is empty or not of its form (a copy without a
/// signature is found by its exact hash alone).
pub(super) fn bands(minhash: &str) -> Box<[u64]> {
    let Ok(bytes) = STANDARD_NO_PAD.decode(minhash) else { return Box::default() };
    let bins: Vec<u32> = bytes.as_chunks::<4>().0.iter().map(|chunk| u32::from_le_bytes(*chunk)).collect();
    if bins.len() != BINS {
        return Box::default();
    }
    bins.chunks(ROWS)
        .enumerate()
        .map(|(band, rows)| rows.iter().fold(mix(band as u64 + 1), |key, bin| mix(key ^ u64::from(*bin))))
        .collect()
}

/// splitmix64's finaliser (Steele, Lea, Flood 2014).
fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_signature_has_no_bands() {
        for bad in ["", "not base64!", "AAAA"] {
            assert!(bands(bad).is_empty(), "{bad:?}");
        }
    }

    #[test]
    fn equal_bins_make_equal_bands_and_a_changed_bin_changes_one() {
        let mut bytes = [7u8; BINS * 4];
        let one = bands(&STANDARD_NO_PAD.encode(bytes));
        bytes[0] = 8;
        let other = bands(&STANDARD_NO_PAD.encode(bytes));
        assert_eq!(one.len(), BINS / ROWS);
        assert_eq!(one.iter().zip(&other).filter(|(a, b)| a != b).count(), 1);
    }
}
