//! The state of the bus: topics, groups and publishers, under one lock.

use std::collections::BTreeMap;

use wiredesk_contract::TopicSpec;

use super::faults::Faults;
use crate::error::BusError;
use crate::murmur2::partition_of;
use crate::record::{Position, Received, Record};
use crate::traits::StartAt;

#[derive(Default)]
pub(super) struct Topic {
    pub max_bytes: usize,
    pub partitions: Vec<Vec<Record>>,
}

impl Topic {
    pub fn ends(&self) -> BTreeMap<i32, i64> {
        (0..).zip(self.partitions.iter().map(|p| p.len() as i64)).collect()
    }

    /// Records of the partition from the offset on.
    pub fn from(&self, partition: i32, offset: i64) -> impl Iterator<Item = Received> {
        let log = usize::try_from(partition).ok().and_then(|p| self.partitions.get(p));
        let start = usize::try_from(offset).unwrap_or_default();
        let records = log.into_iter().flatten().enumerate().skip(start);
        records.map(move |(n, record)| Received { record: record.clone(), partition, offset: n as i64 })
    }

    /// Where a group without a position starts.
    pub fn start(&self, partition: i32, start: StartAt) -> i64 {
        let end = self.ends().get(&partition).copied().unwrap_or_default();
        match start {
            StartAt::Earliest => 0,
            StartAt::Latest => end,
            StartAt::Time(time) => {
                self.from(partition, 0).find(|r| r.record.timestamp >= time).map_or(end, |r| r.offset)
            }
        }
    }
}

/// A group on a topic: its members in the order that they came, and for each partition the owner and its epoch.
#[derive(Default)]
pub(super) struct Group {
    pub members: Vec<u64>,
    pub owners: BTreeMap<i32, (u64, u64)>,
    pub committed: BTreeMap<i32, i64>,
    epochs: u64,
}

impl Group {
    /// Gives every member its fair share; partitions whose owner stays within its share do not move.
    pub fn rebalance(&mut self, partitions: i32) {
        let members = self.members.clone();
        self.owners.retain(|_, (owner, _)| members.contains(owner));
        let total = usize::try_from(partitions).unwrap_or_default();
        let share = |place: usize| total / members.len() + usize::from(place < total % members.len());
        for (place, member) in members.iter().enumerate() {
            let held: Vec<i32> = self.owned_by(*member).into_keys().collect();
            for partition in held.into_iter().skip(share(place)) {
                self.owners.remove(&partition);
            }
        }
        for (place, member) in members.iter().enumerate() {
            let free: Vec<i32> = (0..partitions).filter(|p| !self.owners.contains_key(p)).collect();
            let missing = share(place).saturating_sub(self.owned_by(*member).len());
            for partition in free.into_iter().take(missing) {
                self.epochs += 1;
                self.owners.insert(partition, (*member, self.epochs));
            }
        }
    }

    /// The partitions of a member and their epochs.
    pub fn owned_by(&self, member: u64) -> BTreeMap<i32, u64> {
        self.owners.iter().filter(|(_, (owner, _))| *owner == member).map(|(p, (_, e))| (*p, *e)).collect()
    }
}

pub(super) struct State {
    pub topics: BTreeMap<String, Topic>,
    pub groups: BTreeMap<(String, String), Group>,
    pub publishers: BTreeMap<String, u64>,
    pub members: u64,
    pub faults: Faults,
}

impl State {
    pub fn new(faults: Faults) -> Self {
        Self {
            topics: BTreeMap::new(),
            groups: BTreeMap::new(),
            publishers: BTreeMap::new(),
            members: 0,
            faults,
        }
    }

    pub fn ensure(&mut self, specs: &[TopicSpec]) {
        for spec in specs {
            self.topics.entry(spec.name.clone()).or_insert_with(|| Topic {
                max_bytes: spec.max_bytes as usize,
                partitions: vec![Vec::new(); usize::try_from(spec.partitions).unwrap_or(1).max(1)],
            });
        }
    }

    pub fn topic(&self, name: &str) -> Result<&Topic, BusError> {
        self.topics.get(name).ok_or_else(|| BusError::NoTopic(name.to_owned()))
    }

    /// Refuses all if one cannot be stored.
    pub fn check(&self, records: &[Record]) -> Result<(), BusError> {
        for record in records {
            let (max, size) = (self.topic(&record.topic)?.max_bytes, record.size());
            if size > max {
                return Err(BusError::TooLarge { topic: record.topic.clone(), size, max });
            }
        }
        Ok(())
    }

    /// Stores what was checked.
    pub fn append(&mut self, records: Vec<Record>) -> Vec<Position> {
        let mut positions = Vec::with_capacity(records.len());
        for record in records {
            let Some(topic) = self.topics.get_mut(&record.topic) else { continue };
            let partition = partition_of(&record.key, i32::try_from(topic.partitions.len()).unwrap_or(1));
            let Some(log) = usize::try_from(partition).ok().and_then(|p| topic.partitions.get_mut(p)) else {
                continue;
            };
            positions.push(Position { topic: record.topic.clone(), partition, offset: log.len() as i64 });
            log.push(record);
        }
        positions
    }

    /// Shares the group's partitions out anew.
    pub fn rebalance(&mut self, group: &str, topic: &str) {
        let partitions = self.topics.get(topic).map_or(0, |t| i32::try_from(t.partitions.len()).unwrap_or(0));
        if let Some(found) = self.groups.get_mut(&(group.to_owned(), topic.to_owned()))
            && !found.members.is_empty()
        {
            found.rebalance(partitions);
        }
    }

    /// Takes a member out of its group.
    pub fn remove(&mut self, group: &str, topic: &str, member: u64) {
        if let Some(found) = self.groups.get_mut(&(group.to_owned(), topic.to_owned())) {
            found.members.retain(|m| *m != member);
            found.owners.retain(|_, (owner, _)| *owner != member);
        }
        self.rebalance(group, topic);
    }
}
