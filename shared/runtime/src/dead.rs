//! Dead letters: what a stage could not take, with everything that is needed to look into it and to send it again.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use wiredesk_bus::{Received, Record};
use wiredesk_contract::{DeadId, DeadLetter, Kind, Message, Timestamp, TopicTable};

use crate::whole::read_whole;
use crate::{Deps, StageError};

/// What a letter says whose payload is not whole.
const CUT: &str = "the payload here is cut to its first";

/// Characters of a key, and of an explanation, that a letter keeps which would not fit with all of them.
const HEAD: usize = 500;

/// The record that a letter was written about, to be sent to its topic again at `now`; a sentence where it cannot be.
///
/// # Errors
/// Why it cannot be sent again, and what to do.
pub fn record_of(letter: &DeadLetter, topics: &TopicTable, now: Timestamp) -> Result<Record, String> {
    // What the fetcher refuses never was in a topic.
    if letter.partition < 0 {
        return Err("it is a document of a wire, read again when its source is polled".to_owned());
    }
    let spec = topics.specs().iter().find(|spec| spec.name == letter.topic);
    let spec =
        spec.ok_or_else(|| format!("{} is no topic of this deployment; see topics.prefix", letter.topic))?;
    // A second record of it would be a second delivery.
    if matches!(spec.kind, Kind::Item | Kind::Story) {
        return Err(
            "readers have this version already, and would get it twice; drop the letter: the next version \
                    of the item is taken by itself"
                .to_owned(),
        );
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

/// A letter without its payload and headers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Id.
    pub dead_id: DeadId,
    /// When it was refused.
    pub at: Timestamp,
    /// The stage that refused it.
    pub stage: String,
    /// A short stable name, such as `not_json`.
    pub reason: String,
    /// Where the record was: topic …
    pub topic: String,
    /// … partition, -1 for a document of a wire …
    pub partition: i32,
    /// … and offset.
    pub offset: i64,
    /// The record's key.
    pub key: String,
    /// One sentence.
    pub explanation: String,
}

impl From<DeadLetter> for Line {
    fn from(letter: DeadLetter) -> Self {
        Self {
            dead_id: letter.dead_id,
            at: letter.at,
            stage: letter.stage,
            reason: letter.reason,
            topic: letter.topic,
            partition: letter.partition,
            offset: letter.offset,
            key: letter.key,
            explanation: letter.explanation,
        }
    }
}

/// The letter of a record of the dead-letter topic; `None` where it is none, which is logged.
pub fn read(received: &Received) -> Option<DeadLetter> {
    let read = serde_json::from_slice(&received.record.payload);
    read.inspect_err(|error| {
        tracing::warn!(
            partition = received.partition,
            offset = received.offset,
            "a record of {} is no dead letter: {error}",
            received.record.topic
        );
    })
    .ok()
}

/// Gives every letter of the topic, up to the end that it has now, to `each`.
///
/// # Errors
/// [`StageError`] where the bus does not answer or the topic is not readable to its end.
pub async fn read_all(deps: &Deps, mut each: impl FnMut(DeadLetter)) -> Result<(), StageError> {
    read_whole(deps, deps.topics.name(Kind::Dead), async |records| {
        records.iter().filter_map(read).for_each(&mut each);
        Ok(())
    })
    .await
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

/// Cuts the payload (and, where that is not enough, drops the headers, and cuts key and explanation) so that the letter's
/// record is not larger than `max` bytes, and says so in its explanation. `payload` is the whole payload.
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
    if size(&letter) > max {
        // A stranger's key may be as long as a record.
        letter.key = letter.key.chars().take(HEAD).collect();
        letter.explanation = letter.explanation.chars().take(HEAD).collect();
        note.push_str("; its key and these words were cut");
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

#[cfg(test)]
mod tests {
    use super::*;

    /// What a stranger may put into a topic: a key, a header or a text as long as a record.
    #[test]
    fn a_letter_fits_its_topic_whatever_is_long() {
        const MAX: usize = 16 * 1024;
        let topics = TopicTable::load("wiredesk", None).unwrap();
        let long = "\u{7f}".repeat(MAX);
        for (key, header, payload, words) in [
            ("k", "h", "p", "why"),
            (&long, "h", "p", "why"),
            ("k", &long, "p", "why"),
            ("k", "h", &long, "why"),
            ("k", "h", "p", &long),
            (&long, &long, &long, &long),
        ] {
            let record = Record {
                topic: "wiredesk.raw.v1".to_owned(),
                key: key.to_owned(),
                payload: payload.to_owned().into(),
                headers: vec![("name".to_owned(), header.to_owned())],
                timestamp: Timestamp::default(),
            };
            let received = Received { record, partition: 3, offset: 7 };
            let refusal = Refusal { reason: "not_this_form".to_owned(), explanation: words.to_owned() };
            let whole = letter("strip", &received, &refusal, Timestamp::default());
            let cut = fit(whole.clone(), payload.as_bytes(), MAX, &topics);
            assert!(Record::of(&cut, &topics, cut.at, None).unwrap().size() <= MAX);
            match record_of(&cut, &topics, cut.at) {
                Ok(again) => assert_eq!((again.payload, cut), (received.record.payload, whole)),
                Err(why) => assert!(why.contains("partition 3, offset 7"), "{why}"),
            }
        }
    }
}
