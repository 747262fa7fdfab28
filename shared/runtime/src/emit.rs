//! Outputs onto the bus: durable, with CloudEvents headers, the trace continued.

use std::sync::Arc;

use wiredesk_bus::{Position, Producer, Record};
use wiredesk_contract::envelope::traceparent_of;
use wiredesk_contract::{ContentHash, DeadId, DeadLetter, Kind, Message, Timestamp, TopicTable};

use crate::dead::{Refusal, fit, letter};
use crate::deps::Deps;
use crate::stage::{Origin, Output, StageError};

/// Sends messages and waits until each is durable. Cheap to clone.
#[derive(Clone)]
pub struct Emitter {
    producer: Arc<dyn Producer>,
    topics: Arc<TopicTable>,
}

impl Emitter {
    /// An emitter with a producer of its own.
    ///
    /// # Errors
    /// [`StageError`] where the bus gives no producer.
    pub async fn new(deps: &Deps) -> Result<Self, StageError> {
        Ok(Self { producer: deps.bus.producer().await?.into(), topics: deps.topics.clone() })
    }

    /// Sends all in this order and waits until each is durable. The trace of each output's origin goes on; without one
    /// a trace starts that is derived from the message's id. A message that is larger than its topic takes becomes a
    /// dead letter with the reason `too_large`: it cannot be sent, and it must not hold up the others.
    ///
    /// # Errors
    /// [`StageError::Transient`] where the same call may succeed later; some may have been sent: send all again.
    pub async fn send<M: Message>(
        &self,
        outputs: &[Output<M>],
        now: Timestamp,
    ) -> Result<Vec<Position>, StageError> {
        if outputs.is_empty() {
            return Ok(Vec::new());
        }
        let max = self.max_bytes(M::KIND);
        let mut records = Vec::with_capacity(outputs.len());
        for output in outputs {
            let record = self.record(&output.value, &output.origin, now)?;
            if record.size() > max {
                records.push(self.too_large(record, &output.value, &output.origin, max, now)?);
            } else {
                records.push(record);
            }
        }
        Ok(self.producer.send(records).await?)
    }

    /// Sends messages that no input led to (a fetcher's): see [`Emitter::send`].
    ///
    /// # Errors
    /// As [`Emitter::send`].
    pub async fn send_new<M: Message>(
        &self,
        messages: &[M],
        now: Timestamp,
    ) -> Result<Vec<Position>, StageError> {
        let outputs: Vec<Output<M>> =
            messages.iter().map(|m| Output { value: m.clone(), origin: Origin::none() }).collect();
        self.send(&outputs, now).await
    }

    /// Most bytes that a record of this kind may have.
    pub fn max_bytes(&self, kind: Kind) -> usize {
        let spec = self.topics.specs().iter().find(|s| s.kind == kind);
        spec.map_or(usize::MAX, |s| s.max_bytes as usize)
    }

    /// The topics that it sends to.
    pub fn topics(&self) -> &TopicTable {
        &self.topics
    }

    fn record<M: Message>(&self, message: &M, origin: &Origin, now: Timestamp) -> Result<Record, StageError> {
        let started;
        let trace = match &origin.traceparent {
            Some(parent) => parent,
            None => {
                started = traceparent_of(&message.id());
                &started
            }
        };
        Record::of(message, &self.topics, now, Some(trace))
            .map_err(|e| StageError::Fatal(format!("a {} message cannot be written: {e}", M::KIND.as_str())))
    }

    fn too_large<M: Message>(
        &self,
        record: Record,
        message: &M,
        origin: &Origin,
        max: usize,
        now: Timestamp,
    ) -> Result<Record, StageError> {
        let stage = self.topics.specs().iter().find(|s| s.kind == M::KIND).map_or("", |s| s.writer.as_str());
        let explanation = format!(
            "the {} message {} has {} bytes and its topic {} takes {max}; raise max_bytes in schemas/topics.toml and send it again",
            M::KIND.as_str(),
            message.id(),
            record.size(),
            record.topic
        );
        tracing::warn!(stage, id = message.id(), "dead letter: {explanation}");
        metrics::counter!("wiredesk_stage_dead_total", "stage" => stage.to_owned(), "reason" => "too_large")
            .increment(1);
        let refusal = Refusal { reason: "too_large".to_owned(), explanation };
        let id = ContentHash::of(&["too_large", &record.topic, &message.id()]);
        let payload = record.payload.clone();
        let received = wiredesk_bus::Received { record, partition: origin.partition, offset: origin.offset };
        let mut dead = letter(stage, &received, &refusal, now);
        dead.dead_id = DeadId::new(id.as_str());
        let dead = fit(dead, &payload, self.max_bytes(Kind::Dead), &self.topics);
        self.record::<DeadLetter>(&dead, origin, now)
    }
}
