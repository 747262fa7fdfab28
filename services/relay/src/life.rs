//! One life of a relay: from its fence to the first doubt.

use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio::time::Instant;
use wiredesk_bus::Publisher;
use wiredesk_contract::TopicSpec;
use wiredesk_runtime::Answered;
use wiredesk_runtime::health::State;
use wiredesk_runtime::retry::Backoff;

use crate::lead::Lead;
use crate::read_back::ReadBack;
use crate::relay::{KINDS, NAME, Relay};
use crate::send::Sender;
use crate::trouble::Trouble;
use crate::window::Window;

/// What sending and reading back share.
pub(crate) struct Flight {
    window: Mutex<Window>,
    /// Told when the window shrinks.
    pub landed: Notify,
    /// What the window's times count from.
    pub began: Instant,
    /// May a topic have what the ledger does not know yet?
    pub ahead: AtomicBool,
}

impl Flight {
    pub fn window(&self) -> MutexGuard<'_, Window> {
        self.window.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A publisher and the readers that check on it.
pub(crate) struct Life<'a> {
    relay: &'a Relay,
    publisher: Box<dyn Publisher>,
    topics: Vec<ReadBack<'a>>,
    flight: Flight,
}

impl<'a> Life<'a> {
    /// Makes a publisher: from here on nothing of an older one is written.
    pub async fn fence(relay: &'a Relay) -> Result<Self, Trouble> {
        let publisher = tokio::select! {
            biased;
            () = relay.deps.shutdown.cancelled() => return Err(Trouble::Stopped),
            publisher = relay.deps.bus.publisher(&relay.id) => publisher?,
        };
        relay.step("relay.fenced")?;
        let flight = Flight {
            window: Mutex::new(Window::default()),
            landed: Notify::new(),
            began: Instant::now(),
            ahead: AtomicBool::new(false),
        };
        Ok(Self { relay, publisher, topics: Vec::new(), flight })
    }

    /// Reads every topic back to the end that it has now, deleting what is seen from the outbox.
    pub async fn read_back(&mut self) -> Result<(), Trouble> {
        let restored = wiredesk_store::outbox::adopt_restored(&self.relay.deps.db).answered_late().await?;
        if restored > 0 {
            tracing::warn!(
                rows = restored,
                "{restored} outbox rows come from another server's dump; they go first"
            );
        }
        self.topics.clear();
        for spec in self.specs() {
            let mut topic = ReadBack::open(self.relay, spec.kind, &spec.name).await?;
            topic.catch_up(&self.flight).await?;
            self.topics.push(topic);
        }
        let ahead = wiredesk_store::outbox::is_any_ahead(&self.relay.deps.db).answered().await?;
        self.flight.ahead.store(ahead, Ordering::Relaxed);
        self.relay.step("relay.read_back")
    }

    fn specs(&self) -> Vec<TopicSpec> {
        let published = |spec: &&TopicSpec| KINDS.contains(&spec.kind);
        self.relay.deps.topics.specs().iter().filter(published).cloned().collect()
    }

    /// Sends, reads back and watches, until something ends it.
    pub async fn send(&mut self, lead: &mut Lead, backoff: &mut Backoff) -> Trouble {
        self.relay.deps.health.set(NAME, State::Ready);
        let flight = &self.flight;
        let sender = Sender { relay: self.relay, publisher: &mut *self.publisher, flight, backoff };
        let [first, second] = self.topics.as_mut_slice() else {
            return Trouble::Fatal(
                "the outbox carries two kinds of message and the relay reads others back".to_owned(),
            );
        };
        let ended: Result<(Infallible, Infallible, Infallible, Infallible), Trouble> = tokio::try_join!(
            sender.run(),
            first.follow(flight),
            second.follow(flight),
            crate::watch::run(self.relay, lead, flight),
        );
        match ended {
            Err(trouble) => trouble,
            Ok((never, ..)) => match never {},
        }
    }
}
