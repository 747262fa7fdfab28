//! A table of bounded size that forgets what was not used for longest.

use std::borrow::Borrow;
use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

/// A table of bounded weight.
pub(super) struct Lru<K, V> {
    most: usize,
    weight: usize,
    /// Counts uses; one more at each.
    uses: u64,
    table: HashMap<K, Slot<V>>,
    by_use: BTreeMap<u64, K>,
}

struct Slot<V> {
    value: V,
    used: u64,
    weight: usize,
}

impl<K: Eq + Hash + Clone, V: Clone> Lru<K, V> {
    /// One that holds at most `most` of weight.
    pub fn new(most: usize) -> Self {
        Self { most, weight: 0, uses: 0, table: HashMap::new(), by_use: BTreeMap::new() }
    }

    /// The value of a key, which counts as used.
    pub fn get<Q: Hash + Eq + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let slot = self.table.get_mut(key)?;
        let key = self.by_use.remove(&slot.used)?;
        self.uses += 1;
        slot.used = self.uses;
        self.by_use.insert(self.uses, key);
        Some(slot.value.clone())
    }

    /// Puts a value in place of the one that was there, and forgets others until it fits. The newest always stays.
    pub fn put(&mut self, key: K, value: V, weight: usize) {
        if let Some(old) = self.table.remove(&key) {
            self.by_use.remove(&old.used);
            self.weight -= old.weight;
        }
        self.uses += 1;
        self.weight += weight;
        self.by_use.insert(self.uses, key.clone());
        self.table.insert(key, Slot { value, used: self.uses, weight });
        while self.weight > self.most && self.table.len() > 1 {
            let Some((_, oldest)) = self.by_use.pop_first() else { return };
            if let Some(slot) = self.table.remove(&oldest) {
                self.weight -= slot.weight;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_was_used_last_stays() {
        let mut lru = Lru::new(3);
        for key in ["a", "b", "c"] {
            lru.put(key, key, 1);
        }
        assert_eq!(lru.get("a"), Some("a"));
        lru.put("d", "d", 1);
        assert_eq!(["a", "b", "c", "d"].map(|k| lru.get(k)), [Some("a"), None, Some("c"), Some("d")]);
        lru.put("e", "e", 9);
        assert_eq!(["a", "c", "d", "e"].map(|k| lru.get(k)), [None, None, None, Some("e")]);
    }

    proptest! {
        #[test]
        fn it_never_holds_more(steps in proptest::collection::vec((0u8..20, 1usize..5, any::<bool>()), 0..200)) {
            let mut lru = Lru::new(12);
            for (key, weight, put) in steps {
                if put {
                    lru.put(key, key, weight);
                    prop_assert_eq!(lru.get(&key), Some(key));
                } else {
                    lru.get(&key);
                }
                let held: usize = lru.table.values().map(|s| s.weight).sum();
                prop_assert_eq!(held, lru.weight);
                prop_assert!(held <= 12);
                prop_assert_eq!(lru.by_use.len(), lru.table.len());
            }
        }
    }
}
