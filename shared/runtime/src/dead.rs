//! Dead letters: what a stage could not take, with everything that is needed to look into it and to send it again.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use wiredesk_bus::{Received, Record};
use wiredesk_contract::{DeadId, DeadLetter, Message, Timestamp, TopicTable};

/// What a letter says whose payload is not whole.
const CUT: &str = "the payload here is cut to its first";

/// The record that a letter was written about, to be sent to its topic again at `now`; a sentence where it cannot be.
///
/// # Errors
/// Why it cannot be sent again, and what to do.
pub fn record_of(letter: &DeadLetter, topics: &TopicTable, now: Timestamp) -> Result<Record, String> {
    // What the fetcher refuses never was in a topic.
    if letter.partition < 0 {
        return Err("it is a document of a wire, read again when its source is polled".to_owned());
    }
    if !topics.specs().iter().any(|spec| spec.name == letter.topic) {
        return Err(format!("{} is no topic of this deployment; see topics.prefix", letter.topic));
    }
    if letter.explanation.contains(CUT) {
        return Err(format!(
            "its payload is cut; the whole record is in {} at partition {}, offset {}, as long as that topic keeps it",
            letter.topic, letter.partition, letter.offset
        ));
    }
    let payload =
        STANDARD.decode(&letter.payload).map_err(|error| format!("its payload is no base64: {error}"))?;
    Ok(Record {
        topic: letter.topic.clone(),
        key: letter.key.clone(),
        payload: payload.into(),
        headers: letter.headers.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
        timestamp: now,
    })
}

/// Why a record was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// A short stable name, used as a metric label.
    pub reason: String,
    /// One sentence.
    pub explanation: String,
}

/// The dead letter of a record. Its id follows from where the record was, so a replay writes the same one.
pub fn letter(stage: &str, received: &Received, refusal: &Refusal, at: Timestamp) -> DeadLetter {
    let record = &received.record;
    DeadLetter {
        schema_version: DeadLetter::VERSION,
        dead_id: DeadId::derive(&record.topic, received.partition, received.offset),
        stage: stage.to_owned(),
        topic: record.topic.clone(),
        partition: received.partition,
        offset: received.offset,
        key: record.key.clone(),
        headers: record.headers.iter().cloned().collect(),
        payload: STANDARD.encode(&record.payload),
        reason: refusal.reason.clone(),
        explanation: refusal.explanation.clone(),
        at,
    }
}

/// Cuts the payload (and, where that is not enough, drops the headers) so that the letter's record is not larger than
/// `max` bytes, and says so in its explanation. `payload` is the whole payload.
pub fn fit(mut letter: DeadLetter, payload: &[u8], max: usize, topics: &TopicTable) -> DeadLetter {
    // Room for the note below.
    const NOTE: usize = 256;
    let size = |l: &DeadLetter| Record::of(l, topics, l.at, None).map_or(0, |r| r.size() + NOTE);
    if size(&letter) <= max {
        return letter;
    }
    letter.payload.clear();
    let mut note = String::new();
    if size(&letter) > max {
        letter.headers.clear();
        note.push_str("; its headers were dropped");
    }
    let room = max.saturating_sub(size(&letter));
    let kept = (room / 4 * 3).min(payload.len());
    letter.payload = STANDARD.encode(&payload[..kept]);
    letter.explanation = format!(
        "{} ({CUT} {kept} of {} bytes, which is what the dead-letter topic takes{note})",
        letter.explanation,
        payload.len()
    );
    letter
}
