//! Ledger, outbox and relay: what is in the input once or more comes to be in Postgres and in the topic once.
//!
//! Two processors and two relays run. A processor may be replaced while it goes on (a rebalance that it has not heard of), a relay may
//! be taken over while it leads. Assumed of the code and proved elsewhere: the copies of a delivery are alike ([`stage`](crate::stage)),
//! and a relay notices that its database was replaced (its lock is held by a session, which does not outlive the server).

mod kafka;
mod ledger;
mod postgres;
mod relay;

use std::collections::{BTreeMap, BTreeSet};

use wiredesk_relay::recover::{Event as Happened, Phase};

pub use kafka::{Fate, Kafka, Record};
pub use ledger::{Ledger, Open};
pub use postgres::{Postgres, Row};
pub use relay::{Answer, Relay};

use crate::explore::Machine;

/// Item and version.
pub type Event = (u8, u8);

/// What the cleaner sends of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Copy {
    /// Which.
    pub item: u8,
    /// The fetcher's count of its states.
    pub revision: u32,
    /// Its words.
    pub text: u8,
}

const fn copy(item: u8, revision: u32, text: u8) -> Copy {
    Copy { item, revision, text }
}

/// The input topic: an item whose text changes, and whose first copy comes again; and another one on a second partition.
pub(crate) const LOG: [&[Copy]; 2] =
    [&[copy(0, 1, b'a'), copy(0, 2, b'b'), copy(0, 1, b'a')], &[copy(1, 1, b'c')]];
const TOPIC: &str = "wiredesk.clean.v1";
const PROCESSORS: usize = 2;
const RELAYS: usize = 2;

/// What must have become of it.
fn expected() -> BTreeMap<u8, Vec<u8>> {
    BTreeMap::from([(0, vec![b'a', b'b']), (1, vec![b'c'])])
}

/// A guard of the protocol, to be taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Guard {
    /// A new publisher ends what an older one does.
    Fence,
    /// The offset moves only from where the processor thinks that it stands.
    CompareAndSwap,
    /// A processor without work looks whether the ledger still stands where it thinks.
    Look,
    /// Only rows below the oldest open transaction are sent.
    SnapshotFilter,
    /// A row goes when its record was read back, not when its commit was answered.
    ReadBack,
    /// What the topic has and the database has not is remembered.
    Ahead,
}

/// How many faults of each kind may happen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Faults {
    /// A process dies.
    pub crashes: u8,
    /// A commit's answer is lost, late or untrue.
    pub answers: u8,
    /// A partition or the lead goes to another while its holder lives.
    pub takeovers: u8,
    /// Postgres fails over to a replica that lacks the latest.
    pub failovers: u8,
}

/// The machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct Delivery {
    /// Faults at most.
    pub faults: Faults,
    /// The guard that is missing.
    pub without: Option<Guard>,
}

/// Everything.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct World {
    /// What is committed.
    pub db: Postgres,
    /// The replica, from when it stopped to follow.
    pub replica: Option<Box<Postgres>>,
    /// The published topic.
    pub kafka: Kafka,
    /// Processors.
    pub ledgers: [Ledger; PROCESSORS],
    /// Relays.
    pub relays: [Relay; RELAYS],
    /// Who holds the relays' lock.
    pub lead: Option<usize>,
    /// Faults that may happen still.
    pub left: Faults,
}

/// What happens. The number is that of the processor or the relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each says what it does")]
pub enum Step {
    Assigned(usize, i32),
    AssignedBesides(usize, i32),
    Begin(usize, i32),
    Looks(usize, i32),
    Commit(usize),
    CommitUnanswered(usize),
    RollBack(usize),
    ProcessorDies(usize),
    Elected(usize),
    TakesOver(usize),
    Fence(usize),
    CatchUp(usize),
    Follow(usize),
    Select(usize),
    Write(usize),
    End(usize, Answer),
    Overdue(usize),
    RelayDies(usize),
    LateEndArrives,
    TransactionTimesOut,
    ReplicaStops,
    FailsOver,
}

impl World {
    /// The oldest open transaction, or the next one.
    fn oldest_open(&self) -> u64 {
        let open = self.ledgers.iter().filter_map(|ledger| ledger.open.as_ref());
        open.map(|open| open.tx).min().unwrap_or(self.db.next_tx)
    }

    fn is_owned(&self, partition: i32) -> bool {
        self.ledgers.iter().any(|ledger| ledger.at.contains_key(&partition))
    }
}

fn home(processor: usize) -> i32 {
    i32::try_from(processor).unwrap_or_default()
}

impl Delivery {
    /// Does a step; `None` where it cannot happen.
    fn after(&self, world: &World, step: Step) -> Option<World> {
        let without = self.without;
        let mut world = world.clone();
        match step {
            // Each has its own partition, as long as nothing is taken over: which of the two it is changes nothing.
            Step::Assigned(n, partition) if home(n) == partition && !world.is_owned(partition) => {
                world.ledgers[n].assigned(partition, &mut world.db);
            }
            Step::AssignedBesides(n, partition)
                if world.is_owned(partition) && !world.ledgers[n].at.contains_key(&partition) =>
            {
                world.left.takeovers = world.left.takeovers.checked_sub(1)?;
                world.ledgers[n].assigned(partition, &mut world.db);
            }
            Step::Begin(n, partition) => {
                world.ledgers[n].next(partition)?;
                let swap = without != Some(Guard::CompareAndSwap);
                // The offset's row is locked; without it, the item's.
                let locked = |open: &Open| open.partition == partition;
                let blocked = world.ledgers.iter().filter_map(|ledger| ledger.open.as_ref()).any(locked);
                if world.ledgers[n].open.is_some() || blocked {
                    return None;
                }
                world.ledgers[n].begin(partition, swap, &mut world.db);
            }
            Step::Looks(n, partition) if without != Some(Guard::Look) => {
                let ledger = &mut world.ledgers[n];
                let stands = *ledger.at.get(&partition)?;
                if ledger.open.is_some() || world.db.offsets.get(&partition) == Some(&stands) {
                    return None;
                }
                ledger.at.remove(&partition);
            }
            Step::Commit(n) if world.ledgers[n].open.is_some() => {
                world.ledgers[n].commit(true, &mut world.db)
            }
            Step::CommitUnanswered(n) if world.ledgers[n].open.is_some() => {
                world.left.answers = world.left.answers.checked_sub(1)?;
                world.ledgers[n].commit(false, &mut world.db);
            }
            Step::RollBack(n) if world.ledgers[n].open.is_some() => {
                world.left.answers = world.left.answers.checked_sub(1)?;
                world.ledgers[n].roll_back();
            }
            Step::ProcessorDies(n) if world.ledgers[n] != Ledger::default() => {
                world.left.crashes = world.left.crashes.checked_sub(1)?;
                world.ledgers[n] = Ledger::default();
            }
            Step::ReplicaStops if world.replica.is_none() && world.left.failovers > 0 => {
                world.replica = Some(Box::new(world.db.clone()));
            }
            Step::FailsOver => {
                let replica = world.replica.take()?;
                world.left.failovers = world.left.failovers.checked_sub(1)?;
                world.db = *replica;
                world.lead = None;
                world.ledgers.iter_mut().for_each(Ledger::roll_back);
                for relay in &mut world.relays {
                    relay.happens(Happened::LeadLost);
                }
            }
            Step::LateEndArrives => {
                let epoch = world.kafka.late.take()?;
                // One of an older epoch is refused, where there is a fence.
                if epoch == world.kafka.epoch || without == Some(Guard::Fence) {
                    world.kafka.end_of(epoch, Fate::Committed);
                }
            }
            Step::TransactionTimesOut => {
                let lives = |epoch: u8| world.relays.iter().any(|relay| relay.epoch == epoch);
                let left: BTreeSet<u8> = (0..=world.kafka.epoch).filter(|epoch| !lives(*epoch)).collect();
                let open = left
                    .into_iter()
                    .find(|epoch| world.kafka.is_open(*epoch) && world.kafka.late != Some(*epoch))?;
                world.kafka.end_of(open, Fate::Aborted);
            }
            step => return self.of_relay(world, step),
        }
        Some(world)
    }

    fn of_relay(&self, mut world: World, step: Step) -> Option<World> {
        let without = self.without;
        let (Step::Elected(n)
        | Step::TakesOver(n)
        | Step::Fence(n)
        | Step::CatchUp(n)
        | Step::Follow(n)
        | Step::Select(n)
        | Step::Write(n)
        | Step::End(n, _)
        | Step::Overdue(n)
        | Step::RelayDies(n)) = step
        else {
            return None;
        };
        let oldest_open = world.oldest_open();
        // Of relays that stand by alike, the first is elected.
        let first = n == 0 || world.relays[0].phase != Phase::Standby;
        let World { db, kafka, relays, lead, left, .. } = &mut world;
        let relay = &mut relays[n];
        let sends = relay.phase == Phase::Sending;
        match step {
            Step::Elected(_) if relay.phase == Phase::Standby && lead.is_none() && first => {
                *lead = Some(n);
                relay.happens(Happened::Elected);
            }
            Step::TakesOver(_) if relay.phase == Phase::Standby && lead.is_some() => {
                left.takeovers = left.takeovers.checked_sub(1)?;
                relay.happens(Happened::Elected);
            }
            Step::Fence(_) if relay.phase == Phase::Fencing => relay.fence(kafka, without),
            Step::CatchUp(_) if relay.phase == Phase::ReadingBack && Relay::may_catch_up(kafka) => {
                relay.catch_up(db, kafka, without);
            }
            Step::Follow(_) if sends && relay.read < kafka.stable() => relay.follow(db, kafka, without),
            Step::Select(_) if sends && relay.selected.is_empty() && relay.written.is_empty() => {
                let settles = db.outbox.iter().any(|row| db.ahead.contains(&row.event));
                if relay.rows(db, oldest_open, without).is_empty() && !settles {
                    return None;
                }
                relay.select(db, oldest_open, without);
            }
            Step::Write(_) if sends && !relay.selected.is_empty() => relay.write(kafka, without),
            Step::End(_, answer) if sends && !relay.written.is_empty() => {
                if answer != Answer::Committed {
                    left.answers = left.answers.checked_sub(1)?;
                }
                relay.end(answer, db, kafka, without);
            }
            Step::Overdue(_) if sends && relay.is_overdue(kafka) => relay.happens(Happened::Doubt),
            Step::RelayDies(_) if relay.phase != Phase::Standby => {
                left.crashes = left.crashes.checked_sub(1)?;
                *relay = Relay::default();
            }
            _ => return None,
        }
        if relay.phase == Phase::Standby && *lead == Some(n) {
            *lead = None;
        }
        Some(world)
    }

    /// The steps that belong to the work, in the order that they are taken in when faults are over.
    fn work() -> impl Iterator<Item = Step> {
        let partitions = || 0..i32::try_from(LOG.len()).unwrap_or_default();
        let processors = (0..PROCESSORS).flat_map(move |n| {
            let begins = partitions().map(move |partition| Step::Begin(n, partition));
            let assigned = partitions().map(move |partition| Step::Assigned(n, partition));
            let looks = partitions().map(move |partition| Step::Looks(n, partition));
            [Step::Commit(n)].into_iter().chain(begins).chain(assigned).chain(looks)
        });
        let relays = (0..RELAYS).flat_map(|n| {
            [
                Step::End(n, Answer::Committed),
                Step::Write(n),
                Step::Follow(n),
                Step::Select(n),
                Step::CatchUp(n),
                Step::Fence(n),
                Step::Elected(n),
            ]
        });
        let late = [Step::LateEndArrives, Step::TransactionTimesOut];
        // A record is overdue when nothing else happens any more.
        processors.chain(relays).chain(late).chain((0..RELAYS).map(Step::Overdue))
    }

    fn trouble() -> impl Iterator<Item = Step> {
        let partitions = || 0..i32::try_from(LOG.len()).unwrap_or_default();
        let processors = (0..PROCESSORS).flat_map(move |n| {
            let besides = partitions().map(move |partition| Step::AssignedBesides(n, partition));
            [Step::CommitUnanswered(n), Step::RollBack(n), Step::ProcessorDies(n)].into_iter().chain(besides)
        });
        let relays = (0..RELAYS).flat_map(|n| {
            let answers = [Answer::Lost, Answer::Refused, Answer::Late, Answer::Untrue];
            let ends = answers.into_iter().map(move |answer| Step::End(n, answer));
            [Step::TakesOver(n), Step::RelayDies(n)].into_iter().chain(ends)
        });
        processors.chain(relays).chain([Step::ReplicaStops, Step::FailsOver])
    }
}

impl Machine for Delivery {
    type State = World;
    type Step = Step;

    fn start(&self) -> World {
        World {
            db: Postgres { next_tx: 1, ..Postgres::default() },
            replica: None,
            kafka: Kafka::default(),
            ledgers: Default::default(),
            relays: Default::default(),
            lead: None,
            left: self.faults,
        }
    }

    fn steps(&self, world: &World) -> Vec<(Step, World)> {
        Self::work()
            .chain(Self::trouble())
            .filter_map(|step| Some((step, self.after(world, step)?)))
            .collect()
    }

    fn onwards(&self, world: &World) -> Option<(Step, World)> {
        Self::work().find_map(|step| Some((step, self.after(world, step)?)))
    }

    /// The topic never says one thing twice.
    fn wrong(&self, world: &World) -> Option<String> {
        let mut seen = BTreeSet::new();
        let twice = world.kafka.committed(0).find(|event| !seen.insert(*event));
        twice.map(|(item, version)| format!("version {version} of item {item} is in the topic twice"))
    }

    /// At rest, ledger and topic have what the input calls for, and nothing waits.
    fn wrong_at_rest(&self, world: &World) -> Option<String> {
        if world.db.versions != expected() {
            return Some(format!("the ledger has {:?}", world.db.versions));
        }
        let published: BTreeSet<Event> = world.kafka.committed(0).collect();
        let missing = [(0, 1), (0, 2), (1, 1)].into_iter().find(|event| !published.contains(event));
        if let Some((item, version)) = missing {
            return Some(format!("version {version} of item {item} is lost"));
        }
        (!world.db.outbox.is_empty()).then(|| "the outbox is not empty".to_owned())
    }
}
