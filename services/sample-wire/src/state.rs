//! What the running server knows.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use wiredesk_contract::time::wall_clock;

use crate::clock::Clock;
use crate::edition::Edition;
use crate::feeds::{self, Document};
use crate::pages;
use crate::plan::Plan;
use crate::wires::{Format, WIRES, Wire};

/// The plan, the clock, and up to which second each feed was read.
pub(crate) struct State {
    pub(crate) plan: Plan,
    pub(crate) clock: Clock,
    pub(crate) manual: bool,
    read_to: Mutex<BTreeMap<&'static str, i64>>,
}

impl State {
    pub(crate) fn new(plan: Plan, clock: Clock, manual: bool) -> Self {
        Self { plan, clock, manual, read_to: Mutex::default() }
    }

    /// The second that the wires' clock shows.
    pub(crate) fn second(&self) -> i64 {
        self.clock.second(wall_clock())
    }

    /// The wire whose feed is at `path`.
    pub(crate) fn wire_at(path: &str) -> Option<&'static Wire> {
        WIRES.iter().find(|wire| wire.feed_path() == path)
    }

    /// The feed now, and when it last changed.
    pub(crate) fn feed(&self, wire: &'static Wire) -> (Document, wiredesk_contract::Timestamp) {
        let second = self.second();
        if let Ok(mut read_to) = self.read_to.lock() {
            read_to.insert(wire.id, second);
        }
        let items = self.plan.window(wire, second);
        let changed = items.iter().map(|edition| edition.updated).max().unwrap_or(self.plan.settings.epoch);
        (feeds::render(&self.plan.settings, wire, &items), changed)
    }

    /// The page at `path`, as it was when the wire's feed was last read: whoever reads the feed and then the
    /// page gets the same version of both, as from one edition of a site.
    pub(crate) fn page(&self, path: &str) -> Option<(String, wiredesk_contract::Timestamp)> {
        let address = format!("{}{path}", self.plan.settings.base_url);
        let now = self.second();
        let item = self
            .plan
            .items
            .iter()
            .find(|item| item.editions.iter().any(|edition| edition.link == address))?;
        let wire = item.editions.first()?.wire;
        let read_to = self.read_to.lock().unwrap_or_else(PoisonError::into_inner).get(wire.id).copied();
        let second = read_to.unwrap_or(now);
        let edition = item.at(second)?;
        let others: Vec<&Edition> =
            self.plan.window(wire, second).into_iter().filter(|other| other.link != edition.link).collect();
        Some((pages::render(&self.plan.settings, edition, &others), edition.updated))
    }

    /// Is this wire closed for good?
    pub(crate) fn gone(wire: &Wire) -> bool {
        wire.format == Format::Gone
    }
}
