//! A recorder that keeps the outcomes of polls, and gauges.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};

#[derive(Clone, Default)]
pub struct Counters {
    polls: Arc<Mutex<BTreeMap<String, Arc<AtomicU64>>>>,
    gauges: Arc<Mutex<BTreeMap<String, Arc<AtomicU64>>>>,
}

/// Installs it for this process.
pub fn install() -> Counters {
    let counters = Counters::default();
    let _ = metrics::set_global_recorder(counters.clone());
    counters
}

fn of(map: &Mutex<BTreeMap<String, Arc<AtomicU64>>>, name: &str) -> Arc<AtomicU64> {
    map.lock().unwrap_or_else(PoisonError::into_inner).entry(name.to_owned()).or_default().clone()
}

impl Counters {
    /// Polls with this outcome.
    pub fn get(&self, outcome: &str) -> u64 {
        of(&self.polls, outcome).load(Ordering::Relaxed)
    }

    /// Polls by outcome.
    pub fn all(&self) -> BTreeMap<String, u64> {
        let polls = self.polls.lock().unwrap_or_else(PoisonError::into_inner);
        polls.iter().map(|(name, n)| (name.clone(), n.load(Ordering::Relaxed))).collect()
    }

    /// A gauge.
    pub fn gauge(&self, name: &str) -> f64 {
        f64::from_bits(of(&self.gauges, name).load(Ordering::Relaxed))
    }
}

impl Recorder for Counters {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        if key.name() != "wiredesk_fetch_polls_total" {
            return Counter::noop();
        }
        let outcome = key.labels().find(|l| l.key() == "outcome").map_or("", |l| l.value());
        Counter::from_arc(of(&self.polls, outcome))
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(of(&self.gauges, key.name()))
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}
