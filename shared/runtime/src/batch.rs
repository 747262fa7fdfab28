//! One batch: decode, prepare, core, dead letters, store, commit.

use std::any::Any;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use tokio::runtime::{Handle, RuntimeFlavor};
use wiredesk_bus::{Batch, Received};
use wiredesk_contract::{DeadLetter, Kind, Outcome, Timestamp};

use crate::dead::{Refusal, fit, letter};
use crate::decode::{Decoded, decode_all, origin};
use crate::run::Runner;
use crate::stage::{Output, Stage, StageError, Work};

/// How long a stage may take to make a batch durable, at the first attempt. Each attempt that had no answer doubles it: a server that
/// is gone without a word is given up soon, and one that is only slow gets its time.
const STORING: Duration = Duration::from_secs(8);
/// How long it may take to read what a batch needs, at the first attempt: days of copies, where a language is new to it.
const READING: Duration = Duration::from_secs(64);
/// The longest that an attempt may take.
const LONGEST: Duration = Duration::from_secs(512);

/// What the core made of a batch.
struct Judged<T> {
    outputs: Vec<Output<T>>,
    refused: Vec<(usize, Refusal)>,
}

/// How a batch ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Done {
    /// Durable and committed.
    Yes,
    /// The process stops and the batch could not be stored: it comes again after the start.
    NotBeforeShutdown,
}

impl<S: Stage> Runner<'_, S> {
    pub(crate) async fn batch(&mut self, batch: Batch, topic: &str) -> Result<Done, StageError> {
        let now = (self.deps.clock)();
        self.measure.batch(batch.records().len());
        let decoded = decode_all::<S::In>(batch.records());
        if self.prepare(&decoded.inputs).await? == Done::NotBeforeShutdown {
            return Ok(Done::NotBeforeShutdown);
        }
        let began = Instant::now();
        let judged = self.judge(decoded, batch.records(), now);
        self.measure.core(began.elapsed());
        wiredesk_failpoint::hit_in(self.name, "judged");
        self.watch(&judged.refused, batch.records())?;
        let work = Work { topic: topic.to_owned(), outputs: judged.outputs, spans: self.spans(&batch) };
        if self.bury(&judged.refused, batch.records(), now).await? == Done::NotBeforeShutdown
            || self.store(&work).await? == Done::NotBeforeShutdown
        {
            return Ok(Done::NotBeforeShutdown);
        }
        wiredesk_failpoint::hit_in(self.name, "stored");
        self.measure.outputs(work.outputs.len());
        let stored_at = (self.deps.clock)();
        for born in work.outputs.iter().filter_map(|o| self.stage.born(&o.value)) {
            self.measure.latency((stored_at - born).as_seconds_f64());
        }
        // Everything is durable. Where the commit fails, the group is rejoined and the records come again: they are stored
        // again without effect, and then committed, also when no other record ever comes.
        batch.done().await.map_err(|error| match StageError::from(error) {
            StageError::Transient(why) => {
                StageError::Transient(format!("the batch is stored but its commit failed: {why}"))
            }
            other => other,
        })?;
        wiredesk_failpoint::hit_in(self.name, "committed");
        self.next.extend(work.spans.iter().map(|(partition, (_, next))| (*partition, *next)));
        Ok(Done::Yes)
    }

    /// The batch's spans, each from where this member stands: what lies between that and the first record is a gap.
    fn spans(&self, batch: &Batch) -> BTreeMap<i32, (i64, i64)> {
        let mut spans = batch.spans();
        for (partition, (from, _)) in &mut spans {
            *from = self.next.get(partition).copied().unwrap_or(*from).min(*from);
        }
        spans
    }

    async fn prepare(&mut self, inputs: &[S::In]) -> Result<Done, StageError> {
        let mut patience = Patience::reading();
        loop {
            match patience.wait(self.stage.prepare(inputs)).await {
                Ok(()) => return Ok(self.works()),
                Err(StageError::Transient(why)) if self.again("prepare", &why).await => {}
                Err(StageError::Transient(_)) => return Ok(Done::NotBeforeShutdown),
                Err(error) => return Err(error),
            }
        }
    }

    /// Runs the core on every input. A long batch must not stall the reactor (heartbeats, health), hence
    /// `block_in_place`, which only a multi-thread runtime has.
    fn judge(&mut self, decoded: Decoded<S::In>, records: &[Received], now: Timestamp) -> Judged<S::Out> {
        let multi = Handle::try_current().is_ok_and(|h| h.runtime_flavor() == RuntimeFlavor::MultiThread);
        if multi {
            tokio::task::block_in_place(|| self.judge_all(decoded, records, now))
        } else {
            self.judge_all(decoded, records, now)
        }
    }

    fn judge_all(&mut self, decoded: Decoded<S::In>, records: &[Received], now: Timestamp) -> Judged<S::Out> {
        let mut judged = Judged { outputs: Vec::new(), refused: decoded.refused };
        for (input, place) in decoded.inputs.into_iter().zip(decoded.places) {
            let stage = &mut self.stage;
            match catch_unwind(AssertUnwindSafe(|| stage.core(input, now))) {
                Ok(Outcome::Emit(values)) => {
                    let origin = origin(&records[place]);
                    judged
                        .outputs
                        .extend(values.into_iter().map(|value| Output { value, origin: origin.clone() }));
                }
                Ok(Outcome::Skip(why)) => {
                    self.measure.skip(why.reason);
                    tracing::debug!(
                        stage = self.name,
                        key = records[place].record.key,
                        reason = why.reason,
                        "skipped: {}",
                        why.explanation
                    );
                }
                Ok(Outcome::Dead(why)) => judged
                    .refused
                    .push((place, Refusal { reason: why.reason.to_owned(), explanation: why.explanation })),
                Err(payload) => judged.refused.push((place, panicked(payload.as_ref()))),
            }
        }
        judged.refused.sort_by_key(|(place, _)| *place);
        judged
    }

    /// Notes each record in order, and stops the line before the batch's dead letters go out when too many were refused.
    fn watch(&mut self, refused: &[(usize, Refusal)], records: &[Received]) -> Result<(), StageError> {
        let mut refused = refused.iter().peekable();
        for (place, received) in records.iter().enumerate() {
            let refusal = refused.next_if(|(p, _)| *p == place).map(|(_, r)| r);
            let Err(exceeded) = self.watch.note(refusal.is_some()) else { continue };
            let last = refusal.map_or("", |r| r.explanation.as_str());
            return Err(StageError::Fatal(format!(
                "the {} stage stops, because {exceeded}, the last at {} partition {} offset {}: {last}; \
                 mend the cause, or raise dead_letter_limits to let them all become dead letters",
                self.name, received.record.topic, received.partition, received.offset
            )));
        }
        Ok(())
    }

    /// Publishes the dead letters and waits until they are durable.
    async fn bury(
        &mut self,
        refused: &[(usize, Refusal)],
        records: &[Received],
        now: Timestamp,
    ) -> Result<Done, StageError> {
        if refused.is_empty() {
            return Ok(Done::Yes);
        }
        let max = self.emitter.max_bytes(Kind::Dead);
        let letters: Vec<Output<DeadLetter>> = refused
            .iter()
            .map(|(place, refusal)| {
                let received = &records[*place];
                let dead = letter(self.name, received, refusal, now);
                let value = fit(dead, &received.record.payload, max, self.emitter.topics());
                Output { value, origin: origin(received) }
            })
            .collect();
        loop {
            match self.emitter.send(&letters, now).await {
                Ok(_) => break,
                Err(StageError::Transient(why)) if self.again("dead_letter", &why).await => {}
                Err(StageError::Transient(_)) => return Ok(Done::NotBeforeShutdown),
                Err(error) => return Err(error),
            }
        }
        for dead in &letters {
            let d = &dead.value;
            self.measure.dead(&d.reason);
            tracing::warn!(
                stage = self.name, dead_id = %d.dead_id, reason = d.reason, topic = d.topic, partition = d.partition, offset = d.offset,
                "dead letter {}: {}", d.dead_id, d.explanation
            );
        }
        Ok(self.works())
    }

    /// Stores the same work until it is durable: the core is never asked twice.
    async fn store(&mut self, work: &Work<S::Out>) -> Result<Done, StageError> {
        let mut patience = Patience::storing();
        loop {
            let began = Instant::now();
            match patience.wait(self.stage.store(work)).await {
                Ok(()) => {
                    self.measure.store(began.elapsed());
                    return Ok(self.works());
                }
                Err(StageError::Transient(why)) if self.again("store", &why).await => {}
                Err(StageError::Transient(_)) => return Ok(Done::NotBeforeShutdown),
                Err(error) => return Err(error),
            }
        }
    }
}

/// How long is waited for what a stage does with its servers.
pub(crate) struct Patience(Duration);

impl Patience {
    pub fn storing() -> Self {
        Self(STORING)
    }

    pub fn reading() -> Self {
        Self(READING)
    }

    /// Waits, and longer the next time where no answer came.
    pub async fn wait<T>(
        &mut self,
        work: impl Future<Output = Result<T, StageError>>,
    ) -> Result<T, StageError> {
        tokio::time::timeout(self.0, work).await.unwrap_or_else(|_| {
            let why = format!("no answer within {} s", self.0.as_secs());
            self.0 = (self.0 * 2).min(LONGEST);
            Err(StageError::Transient(why))
        })
    }
}

fn panicked(payload: &(dyn Any + Send)) -> Refusal {
    let said = payload
        .downcast_ref::<&str>()
        .map(|s| (*s).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without words".to_owned());
    Refusal {
        reason: "panic".to_owned(),
        explanation: format!(
            "the core of this stage panicked ({said}); this is a fault of wiredesk: report it with this record"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_is_only_slow_gets_its_time() {
        let mut patience = Patience::storing();
        let slow = async || {
            tokio::time::sleep(Duration::from_secs(20)).await;
            Ok(())
        };
        for seconds in [8, 16] {
            let error = patience.wait(slow()).await.unwrap_err();
            assert!(
                error.is_transient() && error.to_string().contains(&format!("within {seconds} s")),
                "{error}"
            );
        }
        assert!(patience.wait(slow()).await.is_ok());
    }
}
