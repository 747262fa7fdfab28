//! What was sent by this publisher and not read back yet.

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use wiredesk_contract::Kind;

/// A record by the kind of its message and its CloudEvents id.
pub type EventId = (Kind, String);

/// The records in flight.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Window {
    open: BTreeSet<EventId>,
    /// In the order of sending, with the time of sending; those that were read back are dropped when they come to the front.
    sent: VecDeque<(Duration, EventId)>,
}

impl Window {
    /// These are being sent at `now` (since any fixed moment). Called before the publication: records may be read back
    /// before it answers.
    pub fn sending(&mut self, ids: impl IntoIterator<Item = EventId>, now: Duration) {
        for id in ids {
            if self.open.insert(id.clone()) {
                self.sent.push_back((now, id));
            }
        }
    }

    /// These were read back; others' records are ignored.
    pub fn confirmed<'a>(&mut self, ids: impl IntoIterator<Item = &'a EventId>) {
        for id in ids {
            self.open.remove(id);
        }
        while self.sent.front().is_some_and(|(_, id)| !self.open.contains(id)) {
            self.sent.pop_front();
        }
    }

    /// These were not sent after all.
    pub fn withdrawn<'a>(&mut self, ids: impl IntoIterator<Item = &'a EventId>) {
        self.confirmed(ids);
    }

    /// Records in flight.
    pub fn len(&self) -> usize {
        self.open.len()
    }

    /// Is nothing in flight?
    pub fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    /// The oldest record in flight, where it was sent longer than `patience` before `now`: it should have been seen.
    pub fn overdue(&self, now: Duration, patience: Duration) -> Option<&EventId> {
        self.sent.front().filter(|(at, _)| now.saturating_sub(*at) > patience).map(|(_, id)| id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u8) -> EventId {
        (Kind::Item, format!("item/{n}"))
    }

    #[test]
    fn the_oldest_that_was_not_seen_is_overdue() {
        let second = Duration::from_secs(1);
        let mut window = Window::default();
        window.sending([id(1), id(2)], second);
        window.sending([id(3)], second * 5);
        window.confirmed([&id(1), &id(3), &id(9)]);
        assert_eq!(window.len(), 1);
        assert_eq!(window.overdue(second * 3, second * 2), None);
        assert_eq!(window.overdue(second * 4, second * 2), Some(&id(2)));
        window.confirmed([&id(2)]);
        assert!(window.is_empty());
        assert_eq!(window.overdue(second * 99, second), None);
    }

    #[test]
    fn what_was_not_sent_is_not_awaited() {
        let mut window = Window::default();
        window.sending([id(1)], Duration::ZERO);
        window.withdrawn([&id(1)]);
        assert_eq!(window.overdue(Duration::MAX, Duration::ZERO), None);
        window.sending([id(1)], Duration::from_secs(3));
        assert_eq!(window.overdue(Duration::from_secs(5), Duration::from_secs(1)), Some(&id(1)));
    }
}
