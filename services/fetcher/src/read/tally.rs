//! Repairs, counted by kind.

use std::fmt;

use wiredesk_contract::raw::Repair;

/// How often each kind of repair was made.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// By kind.
    counts: Vec<(&'static str, u32)>,
    /// The one that was counted last: what is broken is broken the same way over and over.
    last: usize,
}

impl PartialEq for Tally {
    fn eq(&self, other: &Self) -> bool {
        self.counts == other.counts
    }
}

impl Eq for Tally {}

impl Tally {
    /// Counts one.
    pub fn add(&mut self, kind: &'static str) {
        self.add_n(kind, 1);
    }

    /// Counts several; none is none.
    pub fn add_n(&mut self, kind: &'static str, n: u32) {
        if n == 0 {
            return;
        }
        let same = |(k, _): &(&'static str, u32)| std::ptr::eq(*k, kind);
        if !self.counts.get(self.last).is_some_and(same) {
            self.last = match self.counts.binary_search_by(|(k, _)| (*k).cmp(kind)) {
                Ok(place) => place,
                Err(place) => {
                    self.counts.insert(place, (kind, 0));
                    place
                }
            };
        }
        if let Some((_, count)) = self.counts.get_mut(self.last) {
            *count = count.saturating_add(n);
        }
    }

    /// How often this kind was counted.
    pub fn count(&self, kind: &str) -> u32 {
        self.counts.iter().find(|(k, _)| *k == kind).map_or(0, |(_, n)| *n)
    }

    /// How many were counted in all.
    pub fn total(&self) -> u64 {
        self.counts.iter().map(|(_, n)| u64::from(*n)).sum()
    }

    /// As the raw message carries them, by kind.
    pub fn repairs(&self) -> Vec<Repair> {
        self.counts.iter().map(|(kind, count)| Repair { kind: (*kind).to_owned(), count: *count }).collect()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<String> = self.counts.iter().map(|(kind, count)| format!("{kind}={count}")).collect();
        f.write_str(&words.join(" "))
    }
}
