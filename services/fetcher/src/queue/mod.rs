//! The sources that a fetcher leases, one queue a registrable domain: which may be asked now. Pure: the time is passed in,
//! and the simulator runs the same code.
//!
//! Requests are spread where they are sent: however many sources of a domain are due at once, the queue lets one go, and
//! the next only after the domain's gap. Of a source only its id, its queue and when it is due are kept here.

pub mod domain;
pub mod name;
pub mod share;
mod turns;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use wiredesk_contract::Timestamp;

pub use domain::{Domain, Limits};
pub use turns::Turns;

/// A source that is let go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// Its queue.
    pub domain: Arc<str>,
    /// Its id.
    pub source: Arc<str>,
    /// When it was due.
    pub due: Timestamp,
}

#[derive(Debug)]
struct Queue {
    domain: Domain,
    limits: Limits,
    due: BTreeSet<(Timestamp, Arc<str>)>,
    /// Sources of this queue, those on their way included.
    sources: usize,
    /// Let go and not started yet: with gaps, one at a time, so that the gap counts from the start.
    preparing: usize,
    /// Its place in the order of all queues.
    ready: Option<Timestamp>,
}

impl Queue {
    fn ready_at(&self) -> Option<Timestamp> {
        let (due, _) = self.due.first()?;
        let busy = self.domain.flying + self.preparing >= self.limits.concurrency;
        if busy || self.limits.gap > 0.0 && self.preparing > 0 {
            return None;
        }
        Some(self.domain.open_at().map_or(*due, |open| open.max(*due)))
    }
}

/// All queues of a fetcher.
#[derive(Debug, Default)]
pub struct Queues {
    queues: HashMap<Arc<str>, Queue>,
    /// Where each source stands: its queue, and when it is due; `None` while it is on its way.
    places: HashMap<Arc<str>, (Arc<str>, Option<Timestamp>)>,
    ready: BTreeSet<(Timestamp, Arc<str>)>,
}

impl Queues {
    /// Adds a domain that was leased, with what is owed to it.
    pub fn add_domain(&mut self, name: &str, domain: Domain, limits: Limits) {
        let name: Arc<str> = name.into();
        self.queues.entry(name).or_insert(Queue {
            domain,
            limits,
            due: BTreeSet::new(),
            sources: 0,
            preparing: 0,
            ready: None,
        });
    }

    /// Takes a domain and its sources out, with what is owed to it. Those on their way end without a place.
    pub fn remove_domain(&mut self, name: &str) -> Option<Domain> {
        let (name, queue) = self.queues.remove_entry(name)?;
        if let Some(at) = queue.ready {
            self.ready.remove(&(at, name.clone()));
        }
        for (_, source) in &queue.due {
            self.places.remove(source);
        }
        Some(queue.domain)
    }

    /// Puts a source into its queue, due then; one that stands there already is moved. One that is on its way stays so:
    /// it is put back when it ends.
    pub fn put(&mut self, domain: &str, source: &str, due: Timestamp) {
        if let Some((old, at)) = self.places.get(source) {
            if &**old == domain && (at.is_none() || *at == Some(due)) {
                return;
            }
            self.remove(source);
        }
        let Some((name, queue)) = self.queues.get_key_value(domain).map(|(n, _)| n.clone()).and_then(|n| {
            let queue = self.queues.get_mut(&n)?;
            Some((n, queue))
        }) else {
            return;
        };
        let source: Arc<str> = source.into();
        queue.due.insert((due, source.clone()));
        queue.sources += 1;
        self.places.insert(source, (name.clone(), Some(due)));
        self.settle(&name);
    }

    /// Takes a source out.
    pub fn remove(&mut self, source: &str) {
        let Some((source, (domain, at))) = self.places.remove_entry(source) else { return };
        if let Some(queue) = self.queues.get_mut(&domain) {
            queue.sources = queue.sources.saturating_sub(1);
            if let Some(at) = at {
                queue.due.remove(&(at, source));
            }
        }
        self.settle(&domain);
    }

    /// Lets up to `room` sources go that may be asked now, the longest due first.
    pub fn pop(&mut self, now: Timestamp, room: usize) -> Vec<Ticket> {
        let mut tickets = Vec::new();
        while tickets.len() < room {
            let Some((at, name)) = self.ready.first().cloned() else { break };
            if at > now {
                break;
            }
            let Some(queue) = self.queues.get_mut(&name) else {
                self.ready.pop_first();
                continue;
            };
            if let Some((due, source)) = queue.due.pop_first() {
                queue.preparing += 1;
                if let Some(place) = self.places.get_mut(&source) {
                    place.1 = None;
                }
                tickets.push(Ticket { domain: name.clone(), source, due });
            }
            self.settle(&name);
        }
        tickets
    }

    /// The request for a source that was let go starts now.
    pub fn started(&mut self, domain: &str, now: Timestamp, random: f64) {
        self.with(domain, |queue| {
            queue.preparing = queue.preparing.saturating_sub(1);
            queue.domain.started(&queue.limits, now, random);
        });
    }

    /// A source that was let go is not asked after all; where `due` is given, it stands in its queue again.
    pub fn dropped(&mut self, ticket: &Ticket, due: Option<Timestamp>) {
        self.with(&ticket.domain, |queue| queue.preparing = queue.preparing.saturating_sub(1));
        self.back(&ticket.domain, &ticket.source, due);
    }

    /// The request has ended: `refused` where it was a 429, with `Retry-After` in seconds. What is owed to the domain now,
    /// where that has to outlive this process.
    pub fn ended(
        &mut self,
        domain: &str,
        started: Timestamp,
        refused: Option<Option<u64>>,
        now: Timestamp,
        random: f64,
    ) -> Option<Domain> {
        let mut owed = None;
        self.with(domain, |queue| {
            if queue.domain.ended(&queue.limits, started, refused, now, random) {
                owed = Some(queue.domain.clone());
            }
        });
        owed
    }

    /// A source that was on its way stands in its queue again, or, without `due`, nowhere.
    pub fn back(&mut self, domain: &str, source: &str, due: Option<Timestamp>) {
        // It was taken out, or put into another queue, while it was on its way.
        if self.places.get(source).is_none_or(|(name, at)| &**name != domain || at.is_some()) {
            return;
        }
        self.remove(source);
        if let Some(due) = due {
            self.put(domain, source, due);
        }
    }

    /// A further request of a source that is being asked: when it may start. The domain's gap is kept after it.
    pub fn turn(&mut self, domain: &str, now: Timestamp, random: f64) -> Timestamp {
        let mut at = now;
        self.with(domain, |queue| {
            at = queue.domain.open_at().map_or(now, |open| open.max(now));
            queue.domain.reserve(&queue.limits, at, random);
        });
        at
    }

    /// The clock was set back by that much: what is waited for is waited for no longer than it would have been.
    pub fn set_back(&mut self, by: chrono::Duration) {
        let earlier = |at: Timestamp| at.checked_sub_signed(by).unwrap_or(at);
        for queue in self.queues.values_mut() {
            queue.due =
                std::mem::take(&mut queue.due).into_iter().map(|(at, id)| (earlier(at), id)).collect();
            queue.domain.set_back(earlier);
            queue.ready = queue.ready.map(earlier);
        }
        for (_, at) in self.places.values_mut() {
            *at = at.map(earlier);
        }
        self.ready =
            std::mem::take(&mut self.ready).into_iter().map(|(at, name)| (earlier(at), name)).collect();
    }

    /// When the next source may be let go; None while none may.
    pub fn next_at(&self) -> Option<Timestamp> {
        self.ready.first().map(|(at, _)| *at)
    }

    /// The domains with their sources and with how many of their requests are on their way, by name.
    pub fn loads(&self) -> BTreeMap<Arc<str>, (usize, usize)> {
        self.queues
            .iter()
            .map(|(name, q)| (name.clone(), (q.sources, q.domain.flying + q.preparing)))
            .collect()
    }

    /// The sources of a domain, and how many of its requests are on their way.
    pub fn loads_of(&self, domain: &str) -> Option<(usize, usize)> {
        self.queues.get(domain).map(|q| (q.sources, q.domain.flying + q.preparing))
    }

    /// Is this domain here?
    pub fn has(&self, domain: &str) -> bool {
        self.queues.contains_key(domain)
    }

    /// What is owed to a domain.
    pub fn domain(&self, domain: &str) -> Option<&Domain> {
        self.queues.get(domain).map(|q| &q.domain)
    }

    /// Sources in all queues.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// No source in any queue.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    fn with(&mut self, domain: &str, change: impl FnOnce(&mut Queue)) {
        let Some(name) = self.queues.get_key_value(domain).map(|(n, _)| n.clone()) else { return };
        if let Some(queue) = self.queues.get_mut(&name) {
            change(queue);
        }
        self.settle(&name);
    }

    fn settle(&mut self, name: &Arc<str>) {
        let Some(queue) = self.queues.get_mut(name) else { return };
        let at = queue.ready_at();
        if at == queue.ready {
            return;
        }
        if let Some(old) = queue.ready {
            self.ready.remove(&(old, name.clone()));
        }
        queue.ready = at;
        if let Some(at) = at {
            self.ready.insert((at, name.clone()));
        }
    }
}

#[cfg(test)]
mod tests;
