//! Who is alive and who is ready, for `/livez` and `/readyz`.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The state of one component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Not yet working: alive, not ready.
    Starting,
    /// Working.
    Ready,
    /// Trying again after an error, in words: alive, not ready.
    Retrying(String),
    /// Stopped for good, in words: not alive.
    Failed(String),
}

/// The components of this process and their states. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Health {
    states: Arc<Mutex<BTreeMap<String, State>>>,
}

impl Health {
    /// Sets the state of a component.
    pub fn set(&self, component: &str, state: State) {
        let mut states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        states.insert(component.to_owned(), state);
    }

    /// All components and their states.
    pub fn snapshot(&self) -> BTreeMap<String, State> {
        self.states.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// No component has failed.
    pub fn is_live(&self) -> bool {
        !self.snapshot().values().any(|s| matches!(s, State::Failed(_)))
    }

    /// Every component works.
    pub fn is_ready(&self) -> bool {
        let states = self.snapshot();
        !states.is_empty() && states.values().all(|s| *s == State::Ready)
    }
}
