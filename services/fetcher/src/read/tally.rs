//! Repairs, counted by kind.

use std::collections::BTreeMap;
use std::fmt;

use wiredesk_contract::raw::Repair;

/// How often each kind of repair was made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally(BTreeMap<&'static str, u32>);

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
        let count = self.0.entry(kind).or_default();
        *count = count.saturating_add(n);
    }

    /// How often this kind was counted.
    pub fn count(&self, kind: &str) -> u32 {
        self.0.get(kind).copied().unwrap_or_default()
    }

    /// How many were counted in all.
    pub fn total(&self) -> u64 {
        self.0.values().map(|n| u64::from(*n)).sum()
    }

    /// As the raw message carries them, by kind.
    pub fn repairs(&self) -> Vec<Repair> {
        self.0.iter().map(|(kind, count)| Repair { kind: (*kind).to_owned(), count: *count }).collect()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<String> = self.0.iter().map(|(kind, count)| format!("{kind}={count}")).collect();
        f.write_str(&words.join(" "))
    }
}
