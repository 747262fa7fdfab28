//! The relay: one life after another, each fenced, until it is told to stop.

use std::time::Duration;

use tokio::time::Instant;
use wiredesk_contract::Kind;
use wiredesk_runtime::Answered;
use wiredesk_runtime::health::State;
use wiredesk_runtime::retry::Backoff;
use wiredesk_runtime::{Deps, StageError};
use wiredesk_store::ledger::Faults;
use wiredesk_store::outbox;

use crate::config::Config;
use crate::lead::Lead;
use crate::life::Life;
use crate::recover::{Event, Phase};
use crate::trouble::Trouble;

/// The kinds of message that the outbox carries.
pub(crate) const KINDS: [Kind; 2] = [Kind::Item, Kind::Story];

/// Health component and metric label.
pub(crate) const NAME: &str = "relay";

/// Publishes the outbox.
pub struct Relay {
    pub(crate) config: Config,
    pub(crate) deps: Deps,
    pub(crate) id: String,
    pub(crate) faults: Faults,
}

impl Relay {
    /// A relay; its transactional id is `<prefix>.relay`.
    pub fn new(config: Config, deps: Deps) -> Self {
        let id = wiredesk_runtime::run::group(&deps.topics, NAME);
        Self { config, deps, id, faults: Faults::none() }
    }

    /// The same, ending as by a crash where `faults` says; for tests. Steps: `relay.fenced`, `relay.read_back`,
    /// `relay.before_publish`, `relay.after_publish`, `relay.before_confirm`, `relay.after_confirm`.
    #[must_use]
    pub fn with_faults(mut self, faults: Faults) -> Self {
        self.faults = faults;
        self
    }

    pub(crate) fn step(&self, step: &'static str) -> Result<(), Trouble> {
        if self.faults.strikes(step) { Err(Trouble::Crash(step)) } else { Ok(()) }
    }

    /// Publishes until `deps.shutdown` is cancelled.
    ///
    /// # Errors
    /// [`StageError::Fatal`] where trying again does not help.
    pub async fn run(&self) -> Result<(), StageError> {
        self.deps.health.set(NAME, State::Starting);
        let outcome = self.phases().await;
        if let Err(StageError::Fatal(why)) = &outcome {
            tracing::error!("the relay stops: {why}");
            self.deps.health.set(NAME, State::Failed(why.clone()));
        }
        outcome
    }

    async fn phases(&self) -> Result<(), StageError> {
        let mut backoff = Backoff::new(&self.config.retry);
        let mut lead = Lead::new(&self.id);
        let mut life: Option<Life<'_>> = None;
        let mut phase = Phase::Standby;
        let mut patience = Duration::ZERO;
        loop {
            let outcome = match phase {
                Phase::Stopped => {
                    lead.give_up().await;
                    return Ok(());
                }
                Phase::Standby => self.stand_by(&mut lead, patience).await,
                Phase::Fencing => {
                    drop(life.take());
                    Life::fence(self).await.map(|new| {
                        life = Some(new);
                        Event::Fenced
                    })
                }
                Phase::ReadingBack | Phase::Sending => match &mut life {
                    None => Err(Trouble::Doubt("there is no publisher".to_owned())),
                    Some(life) if phase == Phase::ReadingBack => {
                        life.read_back().await.map(|()| Event::CaughtUp)
                    }
                    Some(life) => Err(life.send(&mut lead, &mut backoff).await),
                },
            };
            let event = match outcome {
                Ok(event) => event,
                Err(trouble) => {
                    drop(life.take());
                    if !self.told(&trouble, &mut lead, &mut backoff, &mut patience).await {
                        lead.give_up().await;
                        return trouble.event().map(|_| ());
                    }
                    trouble.event()?
                }
            };
            let next = phase.after(event);
            tracing::debug!(from = phase.as_str(), to = next.as_str(), "the relay goes on");
            phase = next;
        }
    }

    /// Says what happened and waits as it befits; false where the relay ends.
    async fn told(
        &self,
        trouble: &Trouble,
        lead: &mut Lead,
        backoff: &mut Backoff,
        patience: &mut Duration,
    ) -> bool {
        match trouble {
            Trouble::Stopped | Trouble::Fatal(_) | Trouble::Crash(_) => false,
            Trouble::Superseded(why) => {
                metrics::counter!("wiredesk_relay_superseded_total").increment(1);
                tracing::warn!("a newer relay has taken over: {why}; this one stands by");
                lead.give_up().await;
                // Long enough for the other one to take the lock: so the two do not fence each other in turn.
                *patience = self.config.standby() * 5;
                true
            }
            Trouble::LeadLost(why) => {
                tracing::warn!("the relay's lock is gone ({why}); it asks for it again");
                lead.give_up().await;
                *patience = Duration::ZERO;
                backoff.pause(&self.deps.shutdown).await
            }
            Trouble::Doubt(why) => {
                metrics::counter!("wiredesk_relay_doubts_total").increment(1);
                tracing::warn!(
                    "the relay is in doubt and reads the topics back before it sends again: {why}"
                );
                self.deps.health.set(NAME, State::Retrying(why.clone()));
                backoff.pause(&self.deps.shutdown).await
            }
        }
    }

    /// Waits until this relay is to lead.
    async fn stand_by(&self, lead: &mut Lead, patience: Duration) -> Result<Event, Trouble> {
        let began = Instant::now();
        if !patience.is_zero() {
            self.deps.health.set(NAME, State::Ready);
            self.pause(patience).await?;
        }
        loop {
            match lead.try_take(&self.deps.db).answered().await {
                Ok(true) => return Ok(Event::Elected),
                Ok(false) => {
                    self.deps.health.set(NAME, State::Ready);
                    if began.elapsed() > self.config.takeover_after() && self.leader_hangs().await? {
                        tracing::warn!("the leading relay does not publish; this one takes over");
                        return Ok(Event::Elected);
                    }
                }
                Err(error) if wiredesk_store::is_transient(&error) => {
                    self.deps.health.set(NAME, State::Retrying(format!("Postgres: {error}")));
                }
                Err(error) => return Err(error.into()),
            }
            self.pause(self.config.standby()).await?;
        }
    }

    async fn leader_hangs(&self) -> Result<bool, Trouble> {
        let backlog = outbox::backlog(&self.deps.db).answered().await?;
        let limit = chrono::Duration::from_std(self.config.takeover_after()).unwrap_or(chrono::Duration::MAX);
        let waits_too_long = backlog.oldest.is_some_and(|oldest| (self.deps.clock)() - oldest > limit);
        Ok(waits_too_long && backlog.rows > backlog.hidden)
    }

    async fn pause(&self, time: Duration) -> Result<(), Trouble> {
        tokio::select! {
            biased;
            () = self.deps.shutdown.cancelled() => Err(Trouble::Stopped),
            () = tokio::time::sleep(time) => Ok(()),
        }
    }
}
