//! The published topic: transactions of one transactional id, by the rules of Kafka before KIP-890, which is what clients without it get.

use super::Event;

/// What became of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fate {
    /// Its transaction is open.
    Open,
    /// Readers under read_committed see it.
    Committed,
    /// They pass it by.
    Aborted,
}

/// A record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Record {
    /// What it says.
    pub event: Event,
    /// Of the producer that wrote it.
    pub epoch: u8,
    /// What became of it.
    pub fate: Fate,
}

/// The topic, of one partition, and its transaction coordinator.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Kafka {
    /// The log.
    pub log: Vec<Record>,
    /// Of the newest producer.
    pub epoch: u8,
    /// An EndTxn(commit) that its producer has given up and that has not arrived yet: the producer's epoch.
    pub late: Option<u8>,
}

impl Kafka {
    /// Readers under read_committed come to here: the first record whose transaction is open.
    pub fn stable(&self) -> usize {
        self.log.iter().position(|record| record.fate == Fate::Open).unwrap_or(self.log.len())
    }

    /// `init_transactions`: a new epoch, and the open transaction of an older one is aborted. Without the fence, a producer like any
    /// other.
    pub fn new_producer(&mut self, fence: bool) -> u8 {
        self.epoch += 1;
        if fence {
            self.end(Fate::Aborted, |_| true);
        }
        self.epoch
    }

    /// Begins a transaction with these records. False where the producer is fenced.
    pub fn write(&mut self, epoch: u8, events: impl Iterator<Item = Event>, fence: bool) -> bool {
        if fence && epoch != self.epoch {
            return false;
        }
        self.log.extend(events.map(|event| Record { event, epoch, fate: Fate::Open }));
        true
    }

    /// Ends a producer's open transaction.
    pub fn end_of(&mut self, epoch: u8, fate: Fate) {
        self.end(fate, |record| record.epoch == epoch);
    }

    /// Has the producer a transaction open?
    pub fn is_open(&self, epoch: u8) -> bool {
        self.log.iter().any(|record| record.fate == Fate::Open && record.epoch == epoch)
    }

    fn end(&mut self, fate: Fate, of: impl Fn(&Record) -> bool) {
        for record in self.log.iter_mut().filter(|record| record.fate == Fate::Open && of(record)) {
            record.fate = fate;
        }
    }

    /// What readers under read_committed see from an offset on.
    pub fn committed(&self, from: usize) -> impl Iterator<Item = Event> {
        let stable = self.log.get(from.min(self.stable())..self.stable()).unwrap_or_default();
        stable.iter().filter(|record| record.fate == Fate::Committed).map(|record| record.event)
    }
}
