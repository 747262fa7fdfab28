//! What a stage's core says of one message. No `Result`: a transient error cannot happen in a core.

/// What happened to a message.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome<T> {
    /// These go on.
    Emit(Vec<T>),
    /// Nothing goes on, and that is right; counted by reason.
    Skip(Why),
    /// It cannot be taken: a dead letter.
    Dead(Why),
}

/// A reason: a stable name for counters, and a sentence for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// A short stable name in snake_case, used as a metric label.
    pub reason: &'static str,
    /// One sentence, with what to do next where something can be done.
    pub explanation: String,
}

impl Why {
    /// A reason and its sentence.
    pub fn new(reason: &'static str, explanation: impl Into<String>) -> Self {
        Self { reason, explanation: explanation.into() }
    }
}
