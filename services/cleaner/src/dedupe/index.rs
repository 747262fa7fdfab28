//! The copies of the last 96 hours in one language, found by their text or by a sample of their shingles.

use std::collections::BTreeSet;
use std::hint::black_box;

use chrono::Duration;
use hashbrown::HashTable;
use wiredesk_contract::{ItemId, Timestamp};

use super::digits::Digits;
use super::entry::Entry;
use super::postings::{Hits, Postings};
use super::sketch::Sketch;

/// The fewest keys that a copy of enough shingles is found by; it has less than twice as many.
const KEYS: usize = 24;
/// Common keys below which a copy of enough keys is not looked at: one in 24 is chance.
const HITS: u32 = 2;
/// Slots that are read for one copy, before the last list.
const READS: usize = 320;
/// The most candidates that are compared with one copy, most common keys first.
const CANDIDATES: usize = 16;
/// The most of them that share less than a third of the keys: a sentence that many dispatches of a story have in common.
const FAINT: usize = 4;

/// What a decision does to the index.
#[derive(Clone, Debug, PartialEq)]
pub struct IndexChange(pub(super) Box<Entry>);

impl IndexChange {
    /// Puts an entry in, in place of an earlier version of the same item.
    pub fn put(entry: Entry) -> Self {
        Self(Box::new(entry))
    }

    /// The entry.
    pub fn entry(&self) -> &Entry {
        &self.0
    }
}

/// The index of one language. Its content follows from the order of its changes alone.
///
/// A copy is found by its *keys*: of its shingles the 24 to 47 with the least hashes, as many as lie below a power of
/// two. Two copies thus sample the same shingles, and a cut keeps its share of them, which bands of a MinHash signature
/// (that of the whole) do not: what a quarter of the text is left of shares a quarter of the keys. Broder's modular
/// sampling (1997), with the modulus fitted to the length.
#[derive(Debug)]
pub struct Index {
    window: Duration,
    newest: Option<Timestamp>,
    arrivals: u64,
    slots: Vec<Option<Slot>>,
    free: Vec<u32>,
    items: HashTable<u32>,
    exact: Postings,
    postings: Postings,
    order: BTreeSet<(Timestamp, u32)>,
}

#[derive(Debug)]
struct Slot {
    arrival: u64,
    entry: Entry,
}

/// The keys of a sketch: all its shingles, where they are few.
fn keys(sketch: &Sketch) -> &[u32] {
    let all = sketch.shingles();
    let shift = (all.len() / KEYS).checked_ilog2().unwrap_or(0) + u32::from(sketch.shift);
    all.get(..all.partition_point(|hash| u64::from(*hash) < 1 << (32 - shift))).unwrap_or_default()
}

impl Index {
    /// An empty index that looks back as far as `window`.
    pub fn new(window: Duration) -> Self {
        Self {
            window,
            newest: None,
            arrivals: 0,
            slots: Vec::new(),
            free: Vec::new(),
            items: HashTable::new(),
            exact: Postings::default(),
            postings: Postings::default(),
            order: BTreeSet::new(),
        }
    }

    /// Entries.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Has it no entry?
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// How far it looks back.
    pub fn window(&self) -> Duration {
        self.window
    }

    /// The newest event time that it has seen.
    pub fn newest(&self) -> Option<Timestamp> {
        self.newest
    }

    /// The newest version of an item.
    pub fn get(&self, item: &ItemId) -> Option<&Entry> {
        self.entry_of(&Digits::new(item.as_str()))
    }

    pub(super) fn entry_of(&self, item: &Digits) -> Option<&Entry> {
        self.entry(
            *self.items.find(item.spread(), |slot| self.entry(*slot).is_some_and(|e| e.item == *item))?,
        )
    }

    fn slot(&self, slot: u32) -> Option<&Slot> {
        self.slots.get(slot as usize)?.as_ref()
    }

    fn entry(&self, slot: u32) -> Option<&Entry> {
        self.slot(slot).map(|s| &s.entry)
    }

    /// Entries that `copy` may repeat: equal text first, then those that share most keys, among equals the earlier.
    pub(super) fn candidates(&self, copy: &Entry) -> Vec<&Entry> {
        let keys = keys(&copy.sketch);
        let mut hits = Hits::default();
        // What few have says most: it is read first, and what many have only while there is room. The order of the keys is
        // that of their hashes, which is the same for every copy that has them.
        let mut read = 0;
        for (_, slots) in self.postings.of_all(keys) {
            if read >= READS {
                break;
            }
            read += slots.newest(|slot| hits.add(slot));
        }
        let least = if keys.len() < KEYS { 1 } else { HITS };
        let mut found: Vec<(u32, u64, &Entry)> = Vec::new();
        let mut equal: Vec<u32> = Vec::new();
        if copy.sketch.exact != 0 {
            self.exact.of(exact(&copy.sketch)).newest(|slot| equal.push(slot));
        }
        found.extend(equal.iter().filter_map(|slot| self.candidate(copy, *slot, u32::MAX)));
        // How many are worth a look, by common keys alone: that needs no entry to be read.
        let mut counts = hits.above(least);
        counts.retain(|(_, slot)| !equal.contains(slot));
        counts.sort_unstable_by_key(|(hits, _)| std::cmp::Reverse(*hits));
        let faint = counts.partition_point(|(hits, _)| *hits as usize * 3 >= keys.len());
        let enough = CANDIDATES.min(faint + FAINT);
        // Those that share as many keys as the first beyond the bound are left out with it, whatever their order: their
        // slots are an accident. Where that would leave nobody, all are read and the earliest are taken.
        let kept = match counts.get(enough) {
            None => counts.len(),
            Some((beyond, _)) => match counts.partition_point(|(hits, _)| hits > beyond) {
                0 => counts.partition_point(|(hits, _)| hits == beyond),
                some => some,
            },
        };
        counts.truncate(kept);
        // Like the postings, the entries are brought near all at once, before the first is waited for.
        let near = |slot: u32| self.slot(slot).map_or(0, |s| s.arrival ^ s.entry.touch());
        black_box(counts.iter().fold(0, |all, (_, slot)| all ^ near(*slot)));
        found.extend(counts.into_iter().filter_map(|(hits, slot)| self.candidate(copy, slot, hits)));
        found.sort_unstable_by_key(|(hits, arrival, _)| (std::cmp::Reverse(*hits), *arrival));
        found.truncate(CANDIDATES);
        black_box(found.iter().fold(0, |all, (_, _, entry)| all ^ entry.sketch.touch()));
        found.into_iter().map(|(_, _, entry)| entry).collect()
    }

    fn candidate(&self, copy: &Entry, slot: u32, hits: u32) -> Option<(u32, u64, &Entry)> {
        let Slot { arrival, entry } = self.slot(slot)?;
        let near = (entry.event_time - copy.event_time).abs() <= self.window;
        (near && entry.item != copy.item).then_some((hits, *arrival, entry))
    }

    /// Applies a change, and lets go of what has left the window. An older revision never replaces a newer one.
    pub fn apply(&mut self, change: IndexChange) {
        let entry = *change.0;
        self.newest = self.newest.max(Some(entry.event_time));
        match self.entry_of(&entry.item) {
            Some(known) if known.revision > entry.revision => {}
            // A replay: its place in the order of arrival stays.
            Some(known) if known.same_as(&entry) => {}
            Some(_) => {
                self.remove(&entry.item);
                self.put(entry);
            }
            None => self.put(entry),
        }
        self.evict();
    }

    fn put(&mut self, entry: Entry) {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            (self.slots.len() - 1) as u32
        });
        self.arrivals += 1;
        self.order.insert((entry.event_time, slot));
        if entry.sketch.exact != 0 {
            self.exact.insert(exact(&entry.sketch), slot);
        }
        for key in keys(&entry.sketch) {
            self.postings.insert(*key, slot);
        }
        let spread = entry.item.spread();
        if let Some(place) = self.slots.get_mut(slot as usize) {
            *place = Some(Slot { arrival: self.arrivals, entry });
        }
        let slots = &self.slots;
        self.items.insert_unique(spread, slot, |slot| {
            slots.get(*slot as usize).and_then(Option::as_ref).map_or(0, |s| s.entry.item.spread())
        });
    }

    fn remove(&mut self, item: &Digits) {
        let slots = &self.slots;
        let is = |slot: &u32| {
            slots.get(*slot as usize).and_then(Option::as_ref).is_some_and(|s| s.entry.item == *item)
        };
        let Ok(place) = self.items.find_entry(item.spread(), is) else { return };
        let slot = place.remove().0;
        let Some(Slot { entry, .. }) = self.slots.get_mut(slot as usize).and_then(Option::take) else {
            return;
        };
        self.free.push(slot);
        self.order.remove(&(entry.event_time, slot));
        if entry.sketch.exact != 0 {
            self.exact.remove(exact(&entry.sketch), slot);
        }
        self.postings.of_all(keys(&entry.sketch));
        for key in keys(&entry.sketch) {
            self.postings.remove(*key, slot);
        }
    }

    fn evict(&mut self) {
        let Some(limit) = self.newest.and_then(|newest| newest.checked_sub_signed(self.window)) else {
            return;
        };
        while let Some((time, slot)) = self.order.first().copied() {
            let Some(item) = self.entry(slot).map(|e| e.item.clone()).filter(|_| time < limit) else {
                break;
            };
            self.remove(&item);
        }
    }
}

/// A quarter of the hash of the text: enough for a table, as equal texts are compared by the whole.
fn exact(sketch: &Sketch) -> u32 {
    sketch.exact as u32
}
