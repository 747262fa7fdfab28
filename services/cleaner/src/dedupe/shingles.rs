//! The shingles of one copy, laid out for looking up those of many others.

use super::sketch::Sketch;

/// Buckets of two: with four times the most shingles of a sketch hardly any bucket overflows.
const BUCKETS: usize = 1024;

/// A copy is compared with a dozen candidates. Walking two sorted lists at once takes a step after the other, each of which
/// waits for the one before; looking the candidate's shingles up in a table takes many at a time.
#[derive(Debug)]
pub(super) struct Shingles<'a> {
    sorted: &'a [u32],
    shift: u8,
    buckets: [[u32; 2]; BUCKETS],
    /// Those whose bucket was full.
    spilt: Vec<u32>,
}

/// Where a hash goes. The kept ones are below 2^(32 - `shift`): what is above that says nothing.
fn bucket(hash: u32, shift: u8) -> usize {
    (hash.wrapping_shl(u32::from(shift)) >> 22) as usize
}

/// What is in an empty place: a hash that belongs in another bucket.
fn vacant(bucket: usize) -> u32 {
    if bucket == 0 { u32::MAX } else { 0 }
}

impl<'a> Shingles<'a> {
    pub(super) fn of(sketch: &'a Sketch) -> Self {
        let (sorted, shift) = (sketch.shingles(), sketch.shift);
        let mut buckets = [[0; 2]; BUCKETS];
        if let Some(first) = buckets.first_mut() {
            *first = [vacant(0); 2];
        }
        let mut spilt = Vec::new();
        for hash in sorted {
            let at = bucket(*hash, shift);
            match buckets.get_mut(at).and_then(|b| b.iter_mut().find(|place| **place == vacant(at))) {
                Some(place) => *place = *hash,
                None => spilt.push(*hash),
            }
        }
        Self { sorted, shift, buckets, spilt }
    }

    /// How many of them are kept at `shift`, and of another sketch's, and how many of these are common.
    pub(super) fn with(&self, other: &Sketch) -> (usize, usize, usize) {
        let shift = self.shift.max(other.shift);
        let kept = |all: &[u32]| all.partition_point(|hash| u64::from(*hash) < 1 << (32 - shift));
        let others = other.shingles();
        let others = others.get(..kept(others)).unwrap_or_default();
        let has = |hash: &u32| {
            self.buckets
                .get(bucket(*hash, self.shift))
                .is_some_and(|[one, two]| (one == hash) | (two == hash))
        };
        let found: usize = others.iter().map(|hash| usize::from(has(hash))).sum();
        let spilt = self.spilt.iter().filter(|hash| others.binary_search(hash).is_ok()).count();
        (kept(self.sorted), others.len(), found + spilt)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sketch(shift: u8, shingles: Vec<u32>) -> Sketch {
        let ends = [shingles.len() as u16; 4];
        Sketch { shift, ends, hashes: shingles.into(), ..Sketch::of("", "", "") }
    }

    #[test]
    fn common_shingles_are_counted_whatever_bucket_they_are_in() {
        // Full buckets at both ends, and the hashes that mark an empty place elsewhere.
        let crowded: Vec<u32> =
            (0..5).chain((1 << 22)..(1 << 22) + 3).chain([u32::MAX - 1, u32::MAX]).collect();
        for one in [crowded.clone(), Vec::new(), vec![0], vec![u32::MAX], vec![7, 1 << 31]] {
            for other in [crowded.clone(), Vec::new(), vec![0, 1, u32::MAX], vec![4, 9, (1 << 22) + 2]] {
                let both = one.iter().filter(|hash| other.contains(hash)).count();
                let (a, b) = (sketch(0, one.clone()), sketch(0, other.clone()));
                assert_eq!(Shingles::of(&a).with(&b), (one.len(), other.len(), both), "{one:?} {other:?}");
            }
        }
    }

    #[test]
    fn the_thinner_sample_is_the_measure() {
        let few = sketch(8, vec![0, 3, 9, (1 << 24) - 1]);
        let many = sketch(0, vec![3, 9, 10, 1 << 24, u32::MAX]);
        assert_eq!(Shingles::of(&few).with(&many), (4, 3, 2));
        assert_eq!(Shingles::of(&many).with(&few), (3, 4, 2));
    }
}
