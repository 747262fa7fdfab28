//! Weights by the hash of a feature, in one flat table with linear probing.

use super::labels::LABELS;

/// The weights of a feature for each label.
pub(super) type Weights = [i16; LABELS];

/// Read-only weights. A key is 32 bits of a feature's hash; 0 is an empty place.
#[derive(Debug, Default)]
pub(super) struct Table {
    keys: Vec<u32>,
    weights: Vec<Weights>,
}

impl Table {
    /// A table of these features, a third of it empty.
    pub(super) fn new(features: &[(u32, Weights)]) -> Self {
        let size = (features.len() * 3 / 2 + 1).next_power_of_two();
        let mut table = Self { keys: vec![0; size], weights: vec![[0; LABELS]; size] };
        for (key, weights) in features.iter().filter(|(key, _)| *key != 0) {
            let mut place = table.home(*key);
            while table.keys[place] != 0 && table.keys[place] != *key {
                place = (place + 1) & (size - 1);
            }
            table.keys[place] = *key;
            table.weights[place] = *weights;
        }
        table
    }

    fn home(&self, key: u32) -> usize {
        key as usize & (self.keys.len() - 1)
    }

    /// The weights of a feature, where it has any.
    pub(super) fn get(&self, key: u32) -> Option<&Weights> {
        let mut place = self.home(key);
        loop {
            match self.keys.get(place)? {
                0 => return None,
                found if *found == key => return self.weights.get(place),
                _ => place = (place + 1) & (self.keys.len() - 1),
            }
        }
    }
}
