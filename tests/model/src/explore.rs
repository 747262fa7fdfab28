//! Every state that a machine can reach, breadth first, so that the way to a fault is the shortest there is.

use std::collections::{HashSet, VecDeque};
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher as _};

/// Steps that a machine may need to come to rest; more means that it turns in a circle.
const LONGEST_REST: usize = 500;

/// A machine.
pub trait Machine {
    /// Everything that its future depends on.
    type State: Clone + Eq + Hash + fmt::Debug;
    /// What can happen to it.
    type Step: Clone + fmt::Debug;

    /// Where it begins.
    fn start(&self) -> Self::State;
    /// Everything that can happen next, faults too.
    fn steps(&self, state: &Self::State) -> Vec<(Self::Step, Self::State)>;
    /// The next step where faults are over; `None` at rest.
    fn onwards(&self, state: &Self::State) -> Option<(Self::Step, Self::State)>;
    /// What is wrong with a state at any time.
    fn wrong(&self, state: &Self::State) -> Option<String>;
    /// What is wrong with a state at rest.
    fn wrong_at_rest(&self, state: &Self::State) -> Option<String>;
}

/// What was explored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Explored {
    /// Different states.
    pub states: usize,
    /// Steps between them.
    pub steps: usize,
}

/// A way to something wrong.
#[derive(Clone, Debug)]
pub struct Counterexample<M: Machine> {
    /// What is wrong.
    pub why: String,
    /// The steps from the start.
    pub steps: Vec<M::Step>,
    /// Where they lead.
    pub state: M::State,
}

impl<M: Machine> fmt::Display for Counterexample<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.why)?;
        for (number, step) in self.steps.iter().enumerate() {
            writeln!(f, "{:3}. {step:?}", number + 1)?;
        }
        write!(f, "{:#?}", self.state)
    }
}

/// Explores a machine: no state that it can reach may be wrong, and from each, once faults are over, it must come to a rest where
/// nothing is missing.
///
/// # Errors
/// The first [`Counterexample`] found, of the fewest steps before faults end.
pub fn explore<M: Machine>(machine: &M) -> Result<Explored, Box<Counterexample<M>>> {
    let mut known = HashSet::from([mark(&machine.start())]);
    // For each state the one before it and the step between.
    let mut from: Vec<Option<(usize, M::Step)>> = vec![None];
    let mut next = VecDeque::from([machine.start()]);
    let mut walked = HashSet::new();
    let (mut at, mut steps) = (0, 0);
    while let Some(state) = next.pop_front() {
        if let Err((why, more, state)) = rest(machine, &state, &mut walked) {
            let mut steps = way(&from, at);
            steps.extend(more);
            return Err(Box::new(Counterexample { why, steps, state }));
        }
        for (step, after) in machine.steps(&state) {
            steps += 1;
            if known.insert(mark(&after)) {
                from.push(Some((at, step)));
                next.push_back(after);
            }
        }
        at += 1;
    }
    Ok(Explored { states: at, steps })
}

/// What a state is known by: 128 bits, so that of ten million states no two are taken for one (odds of 1 to 10^24).
fn mark<S: Hash>(state: &S) -> u128 {
    let half = |salt: u8| {
        let mut hasher = DefaultHasher::new();
        (salt, state).hash(&mut hasher);
        u128::from(hasher.finish())
    };
    half(0) << 64 | half(1)
}

/// A way to something wrong: what it is, the steps, the state.
type Wrong<M> = (String, Vec<<M as Machine>::Step>, <M as Machine>::State);

/// Goes on without faults until the machine is at rest, or on a way that was walked before.
fn rest<M: Machine>(machine: &M, state: &M::State, walked: &mut HashSet<u128>) -> Result<(), Wrong<M>> {
    let mut state = state.clone();
    let mut steps = Vec::new();
    let mut on_the_way = Vec::new();
    loop {
        let mark = mark(&state);
        if walked.contains(&mark) {
            break;
        }
        on_the_way.push(mark);
        if let Some(why) = machine.wrong(&state) {
            return Err((why, steps, state));
        }
        let Some((step, next)) = machine.onwards(&state) else {
            if let Some(why) = machine.wrong_at_rest(&state) {
                return Err((why, steps, state));
            }
            break;
        };
        steps.push(step);
        state = next;
        if steps.len() > LONGEST_REST {
            return Err(("it does not come to rest".to_owned(), steps, state));
        }
    }
    walked.extend(on_the_way);
    Ok(())
}

fn way<S: Clone>(from: &[Option<(usize, S)>], mut at: usize) -> Vec<S> {
    let mut steps = Vec::new();
    while let Some((before, step)) = &from[at] {
        steps.push(step.clone());
        at = *before;
    }
    steps.reverse();
    steps
}
