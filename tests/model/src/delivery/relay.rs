//! A relay: the phases of the code, and between them what it remembers.

use std::time::Duration;

use wiredesk_contract::Kind;
use wiredesk_relay::recover::{Event as Happened, Phase};
use wiredesk_relay::window::{EventId, Window};
use wiredesk_store::outbox::Cursor;

use super::kafka::{Fate, Kafka};
use super::postgres::{Postgres, Row};
use super::{Event, Guard};

/// How the answer to a commit may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Committed, and said so.
    Committed,
    /// Committed, and the answer is lost.
    Lost,
    /// Aborted, and the relay hears of an error.
    Refused,
    /// The request is on its way still when the relay gives it up.
    Late,
    /// Aborted, and the relay hears that it was committed.
    Untrue,
}

/// A relay's memory.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Relay {
    /// What it is doing.
    pub phase: Phase,
    /// Of its producer.
    pub epoch: u8,
    /// Where its reader stands.
    pub read: usize,
    /// Everything up to here was sent by this producer.
    pub cursor: (u64, i64),
    /// Rows that it has selected and not written yet.
    pub selected: Vec<Row>,
    /// Rows of its open transaction.
    pub written: Vec<Row>,
    /// What it has sent and not read back.
    pub window: Window,
}

impl Default for Relay {
    fn default() -> Self {
        Self {
            phase: Phase::Standby,
            epoch: 0,
            read: 0,
            cursor: (0, 0),
            selected: Vec::new(),
            written: Vec::new(),
            window: Window::default(),
        }
    }
}

impl Relay {
    /// Something happened: the next phase. All memory but the phase belongs to one life.
    pub fn happens(&mut self, event: Happened) {
        let next = self.phase.after(event);
        let goes_on = matches!(next, Phase::ReadingBack | Phase::Sending);
        *self = if goes_on {
            Self { phase: next, ..self.clone() }
        } else {
            Self { phase: next, ..Self::default() }
        };
    }

    /// Makes a producer.
    pub fn fence(&mut self, kafka: &mut Kafka, without: Option<Guard>) {
        let epoch = kafka.new_producer(without != Some(Guard::Fence));
        self.happens(Happened::Fenced);
        self.epoch = epoch;
    }

    /// May the topic be read to its end?
    pub fn may_catch_up(kafka: &Kafka) -> bool {
        kafka.stable() == kafka.log.len()
    }

    /// Reads back from the stored position to the end.
    pub fn catch_up(&mut self, db: &mut Postgres, kafka: &Kafka, without: Option<Guard>) {
        self.read = usize::try_from(db.read_back).unwrap_or_default();
        self.follow(db, kafka, without);
        self.happens(Happened::CaughtUp);
    }

    /// Reads on to the last stable offset, and deletes what it sees from the outbox.
    pub fn follow(&mut self, db: &mut Postgres, kafka: &Kafka, without: Option<Guard>) {
        let seen: Vec<Event> = kafka.committed(self.read).collect();
        self.read = self.read.max(kafka.stable());
        if without != Some(Guard::ReadBack) {
            confirm(db, &seen, without);
        }
        db.read_back = db.read_back.max(i64::try_from(self.read).unwrap_or(i64::MAX));
        let ids: Vec<EventId> = seen.iter().map(|event| id(*event)).collect();
        self.window.confirmed(&ids);
    }

    /// The rows after the cursor that lie below the oldest open transaction, as `outbox::next` reads them.
    pub fn rows(&self, db: &Postgres, oldest_open: u64, without: Option<Guard>) -> Vec<Row> {
        let cursor = Cursor { tx: self.cursor.0, seq: self.cursor.1 };
        let below = |row: &&Row| row.place.0 < oldest_open || without == Some(Guard::SnapshotFilter);
        db.outbox
            .iter()
            .filter(|row| row.cursor() > cursor && !db.ahead.contains(&row.event))
            .filter(below)
            .copied()
            .collect()
    }

    /// Selects rows; those that the topic has already leave the outbox.
    pub fn select(&mut self, db: &mut Postgres, oldest_open: u64, without: Option<Guard>) {
        let settled: Vec<Row> =
            db.outbox.iter().filter(|row| db.ahead.contains(&row.event)).copied().collect();
        for row in settled {
            db.outbox.remove(&row);
            db.ahead.remove(&row.event);
        }
        self.selected = self.rows(db, oldest_open, without);
    }

    /// Writes the selected rows in a transaction.
    pub fn write(&mut self, kafka: &mut Kafka, without: Option<Guard>) {
        let rows = std::mem::take(&mut self.selected);
        self.window.sending(rows.iter().map(|row| id(row.event)), Duration::ZERO);
        let fence = without != Some(Guard::Fence);
        if kafka.write(self.epoch, rows.iter().map(|row| row.event), fence) {
            self.written = rows;
        } else {
            self.happens(Happened::Superseded);
        }
    }

    /// Ends its transaction.
    pub fn end(&mut self, answer: Answer, db: &mut Postgres, kafka: &mut Kafka, without: Option<Guard>) {
        let fenced = without != Some(Guard::Fence) && self.epoch != kafka.epoch;
        if fenced {
            return self.happens(Happened::Superseded);
        }
        match answer {
            Answer::Committed | Answer::Lost => kafka.end_of(self.epoch, Fate::Committed),
            Answer::Refused | Answer::Untrue => kafka.end_of(self.epoch, Fate::Aborted),
            Answer::Late => kafka.late = Some(self.epoch),
        }
        if !matches!(answer, Answer::Committed | Answer::Untrue) {
            return self.happens(Happened::Doubt);
        }
        let rows = std::mem::take(&mut self.written);
        if let Some(last) = rows.last() {
            self.cursor = last.place;
        }
        if without == Some(Guard::ReadBack) {
            let sent: Vec<Event> = rows.iter().map(|row| row.event).collect();
            confirm(db, &sent, without);
        }
    }

    /// Is something missing that it has sent, though the topic was read to its end?
    pub fn is_overdue(&self, kafka: &Kafka) -> bool {
        let all = self.read == kafka.log.len() && self.written.is_empty();
        all && self.window.overdue(Duration::MAX, Duration::ZERO).is_some()
    }
}

/// `outbox::confirm`: what was seen leaves the outbox. What neither the outbox nor the ledger knows was published before the database
/// went back to an older state: it is remembered until the ledger comes to it again.
fn confirm(db: &mut Postgres, seen: &[Event], without: Option<Guard>) {
    for event in seen {
        db.outbox.retain(|row| row.event != *event);
        if !db.has(*event) && without != Some(Guard::Ahead) {
            db.ahead.insert(*event);
        }
    }
}

fn id(event: Event) -> EventId {
    (Kind::Item, format!("{}/{}", event.0, event.1))
}
