//! A stage whose word counts once: dedupe decides by what it has seen, stores the verdict, sends it, and commits its input.
//!
//! Two members run. One may be replaced while it goes on. The decision is the code's own
//! ([`decide`](wiredesk_cleaner::dedupe::decide)), on an index that is filled as the stage fills it: from the stored verdicts when a
//! partition is taken on, then copy by copy.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use chrono::Duration;
use serde_json::json;
use wiredesk_cleaner::dedupe::{Before, Entry, Index, IndexChange, decide};
use wiredesk_cleaner::strip::fingerprint::fingerprint;
use wiredesk_contract::{CopyItem, ItemId, SourceId, Verdict};

use crate::explore::Machine;

const MEMBERS: usize = 2;

/// A guard, to be taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// A verdict that is stored goes before one that is given now.
    Memo,
    /// The input is committed once the output is acknowledged.
    Acknowledge,
}

/// How many faults of each kind may happen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Faults {
    /// A member dies.
    pub crashes: u8,
    /// An acknowledgement is lost: it is sent again.
    pub answers: u8,
    /// The partition goes to another while its holder lives.
    pub takeovers: u8,
}

/// A place in the list of the machine's copies, or in that of the verdicts that were met.
type Place = u8;
/// Copies and the verdicts on them, in order.
type Judged = Vec<(Place, Place)>;

/// The machine.
#[derive(Debug)]
pub struct Stage {
    faults: Faults,
    without: Option<Guard>,
    copies: Vec<CopyItem>,
    verdicts: RefCell<Vec<Verdict>>,
    decided: RefCell<HashMap<(Judged, Place), Place>>,
}

/// What a member holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Hand {
    Decided(Place),
    Stored(Place),
    Sent,
}

/// A member that has the partition, or thinks so.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Member {
    at: usize,
    /// What its index was filled with, in order.
    index: Judged,
    hand: Option<Hand>,
}

/// Everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct World {
    /// The table of verdicts, in the order of their storing.
    pub stored: Judged,
    /// The output topic.
    pub sent: Judged,
    /// The input offset of the group.
    pub committed: usize,
    members: [Option<Member>; MEMBERS],
    /// Whom the group takes commits from.
    owner: Option<usize>,
    left: Faults,
}

/// What happens. The number is the member's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each says what it does")]
pub enum Step {
    Assigned(usize),
    AssignedBesides(usize),
    Decide(usize),
    Store(usize),
    Send(usize),
    SendUnacknowledged(usize),
    Commit(usize),
    Dies(usize),
}

impl Stage {
    /// A dispatch, an outlet's copy of it, and the dispatch's next version.
    ///
    /// # Errors
    /// A word on what is wrong with the copies of the model.
    pub fn new(faults: Faults, without: Option<Guard>) -> Result<Self, serde_json::Error> {
        let text = "El Torán se desbordó el martes a su paso por Villalba y obligó a evacuar a 300 vecinos de la ribera.\n\
                    La alcaldesa aseguró que el agua alcanzó 140 centímetros en el puente, la marca más alta desde 1931.";
        let longer = format!(
            "{text}\nLos bomberos rescataron a 17 personas de sus coches y la carretera sigue cortada."
        );
        let copies = [("a", 1, text), ("b", 1, text), ("a", 2, longer.as_str())];
        let copies = copies.into_iter().map(|(item, revision, text)| copy(item, revision, text));
        Ok(Self {
            faults,
            without,
            copies: copies.collect::<Result<_, _>>()?,
            verdicts: RefCell::default(),
            decided: RefCell::default(),
        })
    }

    /// The verdict on a copy by an index that was filled with these.
    fn decide(&self, index: &[(Place, Place)], place: Place) -> Option<Place> {
        let key = (index.to_vec(), place);
        if let Some(known) = self.decided.borrow().get(&key) {
            return Some(*known);
        }
        let copy = self.copies.get(usize::from(place))?;
        let mut filled = Index::new(Duration::hours(96));
        for (other, verdict) in index {
            let verdict = self.verdicts.borrow().get(usize::from(*verdict))?.clone();
            filled.apply(IndexChange::put(Entry::of(self.copies.get(usize::from(*other))?, &verdict)));
        }
        let (verdict, _) = decide(copy, &filled, Before { version: filled.get(&copy.item_id), older: None });
        let mut verdicts = self.verdicts.borrow_mut();
        let known = verdicts.iter().position(|other| *other == verdict);
        let number = known.unwrap_or_else(|| {
            verdicts.push(verdict);
            verdicts.len() - 1
        });
        let number = Place::try_from(number).ok()?;
        self.decided.borrow_mut().insert(key, number);
        Some(number)
    }

    /// The verdicts of a run without faults.
    fn expected(&self) -> BTreeMap<Place, Place> {
        let mut index = Vec::new();
        for place in (0..self.copies.len()).filter_map(|place| Place::try_from(place).ok()) {
            let Some(verdict) = self.decide(&index, place) else { break };
            index.push((place, verdict));
        }
        index.into_iter().collect()
    }

    /// Does a step; `None` where it cannot happen.
    fn after(&self, world: &World, step: Step) -> Option<World> {
        let mut world = world.clone();
        match step {
            Step::Assigned(n) => {
                world.owner.is_none().then_some(())?;
                world.assigned(n)?;
            }
            Step::AssignedBesides(n) => {
                world.owner?;
                world.left.takeovers = world.left.takeovers.checked_sub(1)?;
                world.assigned(n)?;
            }
            Step::Decide(n) => self.decide_next(&mut world, n)?,
            Step::Store(n) => self.store(&mut world, n)?,
            Step::Send(n) => {
                let at = self.send(&mut world, n)?;
                let member = world.members[n].as_mut()?;
                if self.commits_first() {
                    member.at = at + 1;
                    member.hand = None;
                } else {
                    member.hand = Some(Hand::Sent);
                }
            }
            Step::SendUnacknowledged(n) => {
                world.left.answers = world.left.answers.checked_sub(1)?;
                self.send(&mut world, n)?;
            }
            Step::Commit(n) => self.commit(&mut world, n)?,
            Step::Dies(n) => {
                world.members[n].take()?;
                world.left.crashes = world.left.crashes.checked_sub(1)?;
                world.owner = world.owner.filter(|owner| *owner != n);
            }
        }
        Some(world)
    }

    fn commits_first(&self) -> bool {
        self.without == Some(Guard::Acknowledge)
    }

    /// The stored verdict on a copy, unless nobody looks.
    fn memo(&self, world: &World, place: Place) -> Option<Place> {
        world.verdict(place).filter(|_| self.without != Some(Guard::Memo))
    }

    fn decide_next(&self, world: &mut World, n: usize) -> Option<()> {
        let member = world.members[n].as_ref().filter(|member| member.hand.is_none())?;
        let place = Place::try_from(member.at).ok()?;
        self.copies.get(member.at)?;
        let verdict = self.memo(world, place).or_else(|| self.decide(&member.index, place))?;
        let member = world.members[n].as_mut()?;
        member.index.push((place, verdict));
        member.hand = Some(Hand::Decided(verdict));
        Some(())
    }

    /// Stores a verdict unless there is one; the one that is there counts.
    fn store(&self, world: &mut World, n: usize) -> Option<()> {
        let member = world.members[n].as_ref()?;
        let Some(Hand::Decided(verdict)) = member.hand else { return None };
        let place = Place::try_from(member.at).ok()?;
        if world.verdict(place).is_none() {
            world.stored.push((place, verdict));
        }
        let counts = self.memo(world, place).unwrap_or(verdict);
        let member = world.members[n].as_mut()?;
        if counts != verdict {
            member.index.push((place, counts));
        }
        member.hand = Some(Hand::Stored(counts));
        Some(())
    }

    /// Sends what is in hand; answers where it was read.
    fn send(&self, world: &mut World, n: usize) -> Option<usize> {
        let member = world.members[n].as_ref()?;
        let Some(Hand::Stored(verdict)) = member.hand else { return None };
        if self.commits_first() && world.owner == Some(n) && member.at == world.committed {
            return None;
        }
        let at = member.at;
        world.sent.push((Place::try_from(at).ok()?, verdict));
        Some(at)
    }

    fn commit(&self, world: &mut World, n: usize) -> Option<()> {
        let member = world.members[n].as_mut()?;
        let due = match member.hand {
            Some(Hand::Sent) => !self.commits_first(),
            Some(Hand::Stored(_)) => self.commits_first() && member.at == world.committed,
            _ => false,
        };
        due.then_some(())?;
        if world.owner != Some(n) {
            // The group refuses it: it rejoins.
            world.members[n] = None;
            return Some(());
        }
        world.committed = member.at + 1;
        if !self.commits_first() {
            member.at += 1;
            member.hand = None;
        }
        Some(())
    }
}

impl World {
    fn verdict(&self, place: Place) -> Option<Place> {
        self.stored.iter().find(|(other, _)| *other == place).map(|(_, verdict)| *verdict)
    }

    /// A member takes the partition: from where the group stands, its index filled with what is stored.
    fn assigned(&mut self, n: usize) -> Option<()> {
        self.members[n].is_none().then_some(())?;
        self.members[n] = Some(Member { at: self.committed, index: self.stored.clone(), hand: None });
        self.owner = Some(n);
        Some(())
    }
}

impl Machine for Stage {
    type State = World;
    type Step = Step;

    fn start(&self) -> World {
        World { left: self.faults, ..World::default() }
    }

    fn steps(&self, world: &World) -> Vec<(Step, World)> {
        let steps = (0..MEMBERS).flat_map(|n| {
            [
                Step::Assigned(n),
                Step::AssignedBesides(n),
                Step::Decide(n),
                Step::Store(n),
                Step::Send(n),
                Step::SendUnacknowledged(n),
                Step::Commit(n),
                Step::Dies(n),
            ]
        });
        steps.filter_map(|step| Some((step, self.after(world, step)?))).collect()
    }

    fn onwards(&self, world: &World) -> Option<(Step, World)> {
        let steps = (0..MEMBERS).flat_map(|n| {
            [Step::Commit(n), Step::Send(n), Step::Store(n), Step::Decide(n), Step::Assigned(n)]
        });
        steps.into_iter().find_map(|step| Some((step, self.after(world, step)?)))
    }

    /// All that is sent of a copy says the same.
    fn wrong(&self, world: &World) -> Option<String> {
        let differs = world.sent.iter().find(|(place, verdict)| {
            world.sent.iter().any(|(other, said)| place == other && verdict != said)
        });
        differs.map(|(place, _)| format!("two verdicts on copy {place} were sent"))
    }

    /// At rest, every copy was sent, with the verdict of a run without faults.
    fn wrong_at_rest(&self, world: &World) -> Option<String> {
        let sent: BTreeMap<Place, Place> = world.sent.iter().copied().collect();
        (sent != self.expected()).then(|| format!("what was sent is {sent:?}, not {:?}", self.expected()))
    }
}

fn copy(item: &str, revision: u32, text: &str) -> Result<CopyItem, serde_json::Error> {
    let at = "2026-03-02T10:00:00Z";
    let mut copy: CopyItem = serde_json::from_value(json!({
        "schema_version": 1, "item_id": ItemId::derive(&SourceId::new("model"), item), "revision": revision, "content_hash": "",
        "source": {"id": item, "name": item}, "headline": "El Torán se desborda en Villalba", "text": text, "urgency": 5,
        "language": "es", "language_confidence": 1.0, "published": at, "fetched_at": at, "fingerprint": fingerprint(text),
    }))?;
    copy.content_hash = copy.hash();
    Ok(copy)
}
