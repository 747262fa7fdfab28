//! A processor: takes a partition's copies from where the ledger stands, and writes versions, outbox rows and the offset in one
//! transaction.

use std::collections::BTreeMap;

use wiredesk_store::ledger::offsets::{Advance, judge};
use wiredesk_store::ledger::{Decision, LedgerError, decide};

use super::postgres::{Postgres, Row, hash};
use super::{Copy, Event, LOG, TOPIC};

/// A transaction that is open: nobody else sees it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Open {
    /// Its number.
    pub tx: u64,
    /// The partition whose offset row it holds, and where that is moved to.
    pub partition: i32,
    upto: i64,
    copy: Copy,
    /// The version that the copy makes, and its outbox row.
    version: Option<(Event, i64)>,
    sighting: bool,
}

/// A processor's memory.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Ledger {
    /// The partitions that it takes for its own, and where it stands in each.
    pub at: BTreeMap<i32, i64>,
    /// Its transaction.
    pub open: Option<Open>,
}

impl Ledger {
    /// Takes a partition: from where the ledger stands.
    pub fn assigned(&mut self, partition: i32, db: &mut Postgres) {
        self.at.insert(partition, *db.offsets.entry(partition).or_default());
    }

    /// The next copy of a partition that it takes for its own.
    pub fn next(&self, partition: i32) -> Option<Copy> {
        let at = usize::try_from(*self.at.get(&partition)?).ok()?;
        LOG.get(usize::try_from(partition).ok()?)?.get(at).copied()
    }

    /// Begins a batch of one copy: the compare-and-swap of the offset first, then what the copy is to the ledger.
    pub fn begin(&mut self, partition: i32, swap: bool, db: &mut Postgres) {
        let (Some(copy), Some(from)) = (self.next(partition), self.at.get(&partition).copied()) else {
            return;
        };
        let tx = db.next_tx;
        db.next_tx += 1;
        let upto = from + 1;
        let spans = BTreeMap::from([(partition, (from, upto))]);
        let stands = if swap { db.offsets.clone() } else { BTreeMap::from([(partition, from)]) };
        match judge(TOPIC, &spans, &stands) {
            Err(LedgerError::Fenced { .. }) => {
                // It rejoins its group.
                self.at.remove(&partition);
                return;
            }
            Err(_) => return,
            Ok(Advance::AlreadyThere) => {
                self.at.insert(partition, upto);
                return;
            }
            Ok(Advance::Moved) => {}
        }
        let decision = decide(db.known(copy.item).as_ref(), copy.revision, &hash(copy.text));
        let version = (decision == Decision::Version).then(|| {
            let number = db.versions.get(&copy.item).map_or(0, Vec::len) + 1;
            let seq = db.next_seq;
            db.next_seq += 1;
            ((copy.item, u8::try_from(number).unwrap_or(u8::MAX)), seq)
        });
        let sighting = decision == Decision::Sighting;
        self.open = Some(Open { tx, partition, upto, copy, version, sighting });
    }

    /// Its transaction becomes visible. Where the answer is lost the processor keeps its place and tries again.
    pub fn commit(&mut self, answered: bool, db: &mut Postgres) {
        let Some(open) = self.open.take() else { return };
        db.offsets.insert(open.partition, open.upto);
        if let Some((event, seq)) = open.version {
            db.versions.entry(open.copy.item).or_default().push(open.copy.text);
            db.outbox.insert(Row { place: (open.tx, seq), event });
        }
        if open.version.is_some() || open.sighting {
            db.saw(open.copy);
        }
        if answered {
            self.at.insert(open.partition, open.upto);
        }
    }

    /// Its transaction is gone; it tries again from the same place.
    pub fn roll_back(&mut self) {
        self.open = None;
    }
}
