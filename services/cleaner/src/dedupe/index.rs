//! The copies of the last 96 hours in one language, found by exact hash or by bands of their signature.

use std::collections::hash_map::Entry as Place;
use std::collections::{BTreeSet, HashMap};
use std::hash::{BuildHasherDefault, Hasher};

use chrono::Duration;
use wiredesk_contract::{ItemId, Timestamp};

use super::entry::Entry;

/// The most entries that are read from one bucket, newest first: boilerplate that everybody carries would make a
/// bucket of thousands.
const BUCKET_READS: usize = 48;
/// The most candidates that are verified for one copy, most shared bands first.
const CANDIDATES: usize = 40;

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
#[derive(Debug)]
pub struct Index {
    window: Duration,
    newest: Option<Timestamp>,
    arrivals: u64,
    slots: Vec<Option<Slot>>,
    free: Vec<u32>,
    items: HashMap<ItemId, u32>,
    exact: HashMap<String, Vec<u32>>,
    buckets: HashMap<u64, Bucket, BuildHasherDefault<Mixed>>,
    order: BTreeSet<(Timestamp, u32)>,
}

#[derive(Debug)]
struct Slot {
    arrival: u64,
    entry: Entry,
}

/// Most buckets hold one entry: no vector for those.
#[derive(Debug)]
enum Bucket {
    One(u32),
    #[expect(clippy::box_collection, reason = "one word in place of three, in 64 buckets a copy")]
    Many(Box<Vec<u32>>),
}

impl Bucket {
    fn push(&mut self, slot: u32) {
        match self {
            Self::One(first) => *self = Self::Many(Box::new(vec![*first, slot])),
            Self::Many(slots) => slots.push(slot),
        }
    }
}

/// Band keys are mixed already.
#[derive(Default)]
struct Mixed(u64);

impl Hasher for Mixed {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }
    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
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
            items: HashMap::new(),
            exact: HashMap::new(),
            buckets: HashMap::default(),
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
        self.entry(*self.items.get(item)?)
    }

    fn slot(&self, slot: u32) -> Option<&Slot> {
        self.slots.get(slot as usize)?.as_ref()
    }

    fn entry(&self, slot: u32) -> Option<&Entry> {
        self.slot(slot).map(|s| &s.entry)
    }

    /// Entries that `copy` may repeat: equal text first, then those that share most bands, among equals the earlier.
    pub(super) fn candidates(&self, copy: &Entry) -> Vec<&Entry> {
        let mut hits: HashMap<u32, usize, BuildHasherDefault<Mixed>> = HashMap::default();
        if !copy.stored.exact.is_empty() {
            for slot in newest_of(self.exact.get(&copy.stored.exact).map_or(&[], Vec::as_slice)) {
                hits.insert(*slot, copy.bands.len() + 1);
            }
        }
        for key in &copy.bands {
            let slots = match self.buckets.get(key) {
                None => continue,
                Some(Bucket::One(slot)) => std::slice::from_ref(slot),
                Some(Bucket::Many(slots)) => newest_of(slots),
            };
            for slot in slots {
                *hits.entry(*slot).or_default() += 1;
            }
        }
        let mut found: Vec<(usize, &Slot)> =
            hits.into_iter().filter_map(|(slot, hits)| Some((hits, self.slot(slot)?))).collect();
        found.retain(|(_, s)| {
            s.entry.item_id != copy.item_id && (s.entry.event_time - copy.event_time).abs() <= self.window
        });
        found.sort_by_key(|(hits, slot)| (std::cmp::Reverse(*hits), slot.arrival));
        found.truncate(CANDIDATES);
        found.into_iter().map(|(_, slot)| &slot.entry).collect()
    }

    /// Applies a change, and lets go of what has left the window. An older revision never replaces a newer one.
    pub fn apply(&mut self, change: IndexChange) {
        let entry = *change.0;
        self.newest = self.newest.max(Some(entry.event_time));
        match self.get(&entry.item_id) {
            Some(known) if known.revision > entry.revision => {}
            // A replay: its place in the order of arrival stays.
            Some(known) if known.content_hash == entry.content_hash && known.verdict == entry.verdict => {}
            _ => {
                self.remove(&entry.item_id);
                self.put(entry);
            }
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
        self.items.insert(entry.item_id.clone(), slot);
        if !entry.stored.exact.is_empty() {
            self.exact.entry(entry.stored.exact.clone()).or_default().push(slot);
        }
        for key in &entry.bands {
            match self.buckets.entry(*key) {
                Place::Vacant(vacant) => {
                    vacant.insert(Bucket::One(slot));
                }
                Place::Occupied(mut bucket) => bucket.get_mut().push(slot),
            }
        }
        if let Some(place) = self.slots.get_mut(slot as usize) {
            *place = Some(Slot { arrival: self.arrivals, entry });
        }
    }

    fn remove(&mut self, item: &ItemId) {
        let Some(slot) = self.items.remove(item) else { return };
        let Some(Slot { entry, .. }) = self.slots.get_mut(slot as usize).and_then(Option::take) else {
            return;
        };
        self.free.push(slot);
        self.order.remove(&(entry.event_time, slot));
        if let Some(slots) = self.exact.get_mut(&entry.stored.exact) {
            slots.retain(|s| *s != slot);
            if slots.is_empty() {
                self.exact.remove(&entry.stored.exact);
            }
        }
        for key in &entry.bands {
            let empty = match self.buckets.get_mut(key) {
                None => false,
                Some(Bucket::One(only)) => *only == slot,
                Some(Bucket::Many(slots)) => {
                    slots.retain(|s| *s != slot);
                    slots.is_empty()
                }
            };
            if empty {
                self.buckets.remove(key);
            }
        }
    }

    fn evict(&mut self) {
        let Some(limit) = self.newest.and_then(|newest| newest.checked_sub_signed(self.window)) else {
            return;
        };
        while let Some((time, slot)) = self.order.first().copied() {
            let Some(item) = self.entry(slot).map(|e| e.item_id.clone()).filter(|_| time < limit) else {
                break;
            };
            self.remove(&item);
        }
    }
}

fn newest_of(slots: &[u32]) -> &[u32] {
    slots.split_at(slots.len().saturating_sub(BUCKET_READS)).1
}
