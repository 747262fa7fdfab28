//! Why a relay leaves a phase, and what it does then.

use wiredesk_bus::{BusError, PublishError};
use wiredesk_runtime::StageError;

use crate::recover::Event;

/// Why a phase ended.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// The process is to stop.
    Stopped,
    /// A newer relay has fenced this one.
    Superseded(String),
    /// The lock was lost.
    LeadLost(String),
    /// It is not known what was sent, or a part does not answer.
    Doubt(String),
    /// Trying again does not help.
    Fatal(String),
    /// A test ends this relay here, as a crash would.
    Crash(&'static str),
}

impl Trouble {
    /// What it is to the phases; an error where the relay ends.
    pub fn event(self) -> Result<Event, StageError> {
        match self {
            Self::Stopped => Ok(Event::Stop),
            Self::Superseded(_) => Ok(Event::Superseded),
            Self::LeadLost(_) => Ok(Event::LeadLost),
            Self::Doubt(_) => Ok(Event::Doubt),
            Self::Fatal(why) => Err(StageError::Fatal(why)),
            Self::Crash(step) => Err(StageError::Transient(format!("injected crash at {step}"))),
        }
    }
}

impl From<sqlx::Error> for Trouble {
    fn from(error: sqlx::Error) -> Self {
        if wiredesk_store::is_transient(&error) {
            Self::Doubt(wiredesk_store::explained(&error))
        } else {
            Self::Fatal(wiredesk_store::explained(&error))
        }
    }
}

impl From<BusError> for Trouble {
    fn from(error: BusError) -> Self {
        match error {
            BusError::Unavailable(_) | BusError::Fenced { .. } => Self::Doubt(error.to_string()),
            BusError::TooLarge { .. } | BusError::NoTopic(_) | BusError::Config(_) => {
                Self::Fatal(error.to_string())
            }
        }
    }
}

impl From<PublishError> for Trouble {
    fn from(error: PublishError) -> Self {
        match error {
            PublishError::Fenced(_) => Self::Superseded(error.to_string()),
            PublishError::Doubt(_) => Self::Doubt(error.to_string()),
            PublishError::Bus(error) => error.into(),
        }
    }
}
