//! Which entries have a shingle: key to slots, in about fourteen bytes a posting.

use std::collections::hash_map::Entry as Place;
use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasherDefault, Hasher};
use std::hint::black_box;

/// The most slots that are read of one key, newest first: a shingle that everybody has would make thousands.
const READS: usize = 32;
/// Marks a value that is the number of a list; without it the value is the only slot.
const MANY: u32 = 1 << 31;

/// Slots by key. Most keys have one.
#[derive(Debug, Default)]
pub(super) struct Postings {
    keys: HashMap<u32, u32, BuildHasherDefault<Spread>>,
    lists: Vec<VecDeque<u32>>,
    free: Vec<u32>,
}

impl Postings {
    /// Puts `slot` behind the others of `key`.
    pub(super) fn insert(&mut self, key: u32, slot: u32) {
        match self.keys.entry(key) {
            Place::Vacant(place) => {
                place.insert(slot);
            }
            Place::Occupied(mut place) => {
                let value = *place.get();
                if value & MANY == 0 {
                    let list = VecDeque::from([value, slot]);
                    let number = self.free.pop().unwrap_or_else(|| {
                        self.lists.push(VecDeque::new());
                        (self.lists.len() - 1) as u32
                    });
                    if let Some(place) = self.lists.get_mut(number as usize) {
                        *place = list;
                    }
                    place.insert(MANY | number);
                } else if let Some(list) = self.lists.get_mut((value & !MANY) as usize) {
                    list.push_back(slot);
                }
            }
        }
    }

    /// Takes `slot` from `key`. The oldest leave first, so it is sought from the front.
    pub(super) fn remove(&mut self, key: u32, slot: u32) {
        let Place::Occupied(mut place) = self.keys.entry(key) else { return };
        let value = *place.get();
        if value == slot {
            place.remove();
        } else if value & MANY != 0
            && let Some(list) = self.lists.get_mut((value & !MANY) as usize)
        {
            if let Some(at) = list.iter().position(|s| *s == slot) {
                list.remove(at);
            }
            if let (1, Some(last)) = (list.len(), list.front().copied()) {
                *list = VecDeque::new();
                self.free.push(value & !MANY);
                place.insert(last);
            }
        }
    }

    /// The slots of `key`.
    pub(super) fn of(&self, key: u32) -> Slots<'_> {
        match self.keys.get(&key) {
            None => Slots::None,
            Some(value) if value & MANY == 0 => Slots::One(*value),
            Some(value) => self.lists.get((value & !MANY) as usize).map_or(Slots::None, Slots::Many),
        }
    }

    /// The slots of each key and how many, what few have first; keys of one length stay in their order.
    ///
    /// Nearly each step to a key, its list and the list's slots waits for memory. So each step is made for all keys before
    /// the next one: the waits run side by side.
    pub(super) fn of_all(&self, keys: &[u32]) -> Vec<(usize, Slots<'_>)> {
        let mut found: Vec<(usize, Slots<'_>)> = keys.iter().map(|key| (0, self.of(*key))).collect();
        found.iter_mut().for_each(|(len, slots)| *len = slots.len());
        found.sort_by_key(|(len, _)| *len);
        black_box(found.iter().fold(0, |all, (_, slots)| all ^ slots.touch()));
        found
    }
}

/// The slots of a key.
#[derive(Clone, Copy, Debug)]
pub(super) enum Slots<'a> {
    None,
    One(u32),
    Many(&'a VecDeque<u32>),
}

impl Slots<'_> {
    fn len(&self) -> usize {
        match self {
            Self::None => 0,
            Self::One(_) => 1,
            Self::Many(list) => list.len(),
        }
    }

    /// Brings the slots that will be read near.
    fn touch(&self) -> u32 {
        match self {
            Self::None | Self::One(_) => 0,
            Self::Many(list) => {
                let middle = list.len().saturating_sub(READS / 2);
                list.back().copied().unwrap_or(0) ^ list.get(middle).copied().unwrap_or(0)
            }
        }
    }

    /// Calls `found` with the newest slots, and says how many it has read.
    pub(super) fn newest(&self, mut found: impl FnMut(u32)) -> usize {
        match self {
            Self::None => 0,
            Self::One(slot) => {
                found(*slot);
                1
            }
            Self::Many(list) => {
                list.iter().rev().take(READS).for_each(|slot| found(*slot));
                list.len().min(READS)
            }
        }
    }
}

/// How often each slot was found; room for twice the reads of one copy.
pub(super) struct Hits {
    /// Place in `found` plus one, 0 where there is none.
    table: [u16; Self::ROOM],
    /// How often, and which slot.
    found: Vec<(u32, u32)>,
}

impl Default for Hits {
    fn default() -> Self {
        Self { table: [0; Self::ROOM], found: Vec::with_capacity(Self::ROOM / 2) }
    }
}

impl Hits {
    /// A power of two.
    const ROOM: usize = 1024;

    pub(super) fn add(&mut self, slot: u32) {
        let start = (slot.wrapping_mul(0x9E37_79B9) >> 22) as usize;
        for step in 0..Self::ROOM {
            let Some(place) = self.table.get_mut((start + step) % Self::ROOM) else { return };
            match self.found.get_mut(usize::from(place.wrapping_sub(1))) {
                None => {
                    self.found.push((1, slot));
                    *place = self.found.len() as u16;
                    return;
                }
                Some((hits, known)) if *known == slot => {
                    *hits += 1;
                    return;
                }
                Some(_) => {}
            }
        }
    }

    /// `(hits, slot)` of those that were found at least so often, in no order that means anything.
    pub(super) fn above(mut self, least: u32) -> Vec<(u32, u32)> {
        self.found.retain(|(hits, _)| *hits >= least);
        self.found
    }
}

/// The keys are the least of many hashes: their high bits say nothing until they are spread.
#[derive(Default)]
pub(super) struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u32(u32::from(*byte));
        }
    }
    fn write_u32(&mut self, value: u32) {
        let mixed = (self.0 ^ u64::from(value)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = mixed ^ (mixed >> 32);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn newest(postings: &Postings, key: u32) -> Vec<u32> {
        let mut slots = Vec::new();
        postings.of(key).newest(|slot| slots.push(slot));
        slots
    }

    #[test]
    fn slots_come_and_go() {
        let mut postings = Postings::default();
        assert!(newest(&postings, 7).is_empty());
        for slot in 0..3 {
            postings.insert(7, slot);
        }
        assert_eq!(newest(&postings, 7), [2, 1, 0]);
        postings.remove(7, 1);
        postings.remove(7, 9);
        assert_eq!(newest(&postings, 7), [2, 0]);
        postings.remove(7, 0);
        assert_eq!(newest(&postings, 7), [2]);
        postings.remove(7, 2);
        assert!(newest(&postings, 7).is_empty() && postings.keys.is_empty());
        postings.insert(8, 4);
        postings.insert(8, 5);
        assert_eq!(postings.lists.len(), 1, "an empty list is used again");
    }

    #[test]
    fn what_few_have_comes_first() {
        let mut postings = Postings::default();
        for (key, slots) in [(1, 12), (2, 1), (3, 0), (4, 5), (5, 1)] {
            (0..slots).for_each(|slot| postings.insert(key, slot + 100 * key));
        }
        let mut newest = Vec::new();
        for (_, slots) in postings.of_all(&[1, 2, 3, 4, 5]) {
            let mut all = Vec::new();
            slots.newest(|slot| all.push(slot));
            newest.extend(all.first().copied());
        }
        assert_eq!(newest, [200, 500, 404, 111]);
    }

    #[test]
    fn reads_are_capped() {
        let mut postings = Postings::default();
        (0..1_000).for_each(|slot| postings.insert(1, slot));
        assert_eq!(newest(&postings, 1), (968..1_000).rev().collect::<Vec<u32>>());
    }
}
