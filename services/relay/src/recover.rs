//! The phases of a relay, as a function: what it may do after what happened.
//!
//! The one rule: nothing is sent but in [`Phase::Sending`], and the only way there goes through a fence and a read-back that
//! came after it. So a record is sent only when it is known to be absent, and nobody older can still send it.

/// What a relay is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Another relay leads.
    Standby,
    /// Making a publisher, which fences every older one.
    Fencing,
    /// Reading the topics back to the ends they had after the fence, and deleting the outbox rows that were seen.
    ReadingBack,
    /// Sending what is left in the outbox; still reading back and deleting.
    Sending,
    /// Done.
    Stopped,
}

/// What happened to a relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// It leads now: by the lock, or because the leader hangs.
    Elected,
    /// It has a publisher; older ones are fenced.
    Fenced,
    /// The topics were read back to the ends that they had after the fence.
    CaughtUp,
    /// It is not known what was sent: an error, a timeout, a record that does not appear.
    Doubt,
    /// A newer relay has fenced this one.
    Superseded,
    /// The lock was lost.
    LeadLost,
    /// The process is to stop.
    Stop,
}

impl Phase {
    /// What follows. An event that does not belong to the phase is a doubt, never a permission.
    #[must_use]
    pub fn after(self, event: Event) -> Self {
        match (self, event) {
            (_, Event::Stop) | (Self::Stopped, _) => Self::Stopped,
            (_, Event::Superseded | Event::LeadLost) => Self::Standby,
            (Self::Standby, Event::Elected) => Self::Fencing,
            (Self::Standby, _) => Self::Standby,
            (Self::Fencing, Event::Fenced) => Self::ReadingBack,
            (Self::ReadingBack, Event::CaughtUp) => Self::Sending,
            (Self::Fencing | Self::ReadingBack | Self::Sending, _) => Self::Fencing,
        }
    }

    /// The name for logs and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Standby => "standby",
            Self::Fencing => "fencing",
            Self::ReadingBack => "reading_back",
            Self::Sending => "sending",
            Self::Stopped => "stopped",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const EVENTS: [Event; 7] = [
        Event::Elected,
        Event::Fenced,
        Event::CaughtUp,
        Event::Doubt,
        Event::Superseded,
        Event::LeadLost,
        Event::Stop,
    ];

    #[test]
    fn the_way_to_sending() {
        let way = [Event::Elected, Event::Fenced, Event::CaughtUp];
        let phases: Vec<Phase> = way
            .iter()
            .scan(Phase::Standby, |phase, event| {
                *phase = phase.after(*event);
                Some(*phase)
            })
            .collect();
        assert_eq!(phases, [Phase::Fencing, Phase::ReadingBack, Phase::Sending]);
    }

    proptest! {
        #[test]
        fn sends_only_after_a_fence_and_a_read_back(script in prop::collection::vec(0usize..EVENTS.len(), 0..40)) {
            let mut phase = Phase::Standby;
            let mut history = Vec::new();
            for index in script {
                phase = phase.after(EVENTS[index]);
                history.push(EVENTS[index]);
                if phase == Phase::Sending {
                    prop_assert_eq!(&history[history.len() - 2..], &[Event::Fenced, Event::CaughtUp]);
                }
                if history.contains(&Event::Stop) {
                    prop_assert_eq!(phase, Phase::Stopped);
                }
            }
        }
    }
}
