//! What comes from the bus: messages, records and their headers, dead letters; and what readers are given of an item.

use std::fmt::Debug;
use std::sync::LazyLock;

use serde_json::Value;
use wiredesk_bus::{Received, Record};
use wiredesk_contract::enrichment::{Entity, Quote};
use wiredesk_contract::envelope::traceparent_of;
use wiredesk_contract::marked::{self, Marks};
use wiredesk_contract::{
    CleanItem, CopyItem, DeadLetter, Item, Message, RawItem, Story, Timestamp, TopicTable, decode, encode,
    ninjs,
};
use wiredesk_runtime::dead::{Refusal, fit, letter, record_of};
use wiredesk_runtime::decode::{decode_all, origin};
use wiredesk_runtime::semconv::span_context;

/// A whole message of each kind, which the fuzzer's JSON is laid over.
const RAW: &str = include_str!("../../shared/contract/tests/golden/raw.v1.full.json");
const COPY: &str = include_str!("../../shared/contract/tests/golden/copy.v1.full.json");
const CLEAN: &str = include_str!("../../shared/contract/tests/golden/clean.v1.full.json");
const ITEM: &str = include_str!("../../shared/contract/tests/golden/item.v1.full.json");
const STORY: &str = include_str!("../../shared/contract/tests/golden/story.v1.full.json");
const DEAD: &str = include_str!("../../shared/contract/tests/golden/dead.v1.full.json");

static TOPICS: LazyLock<Option<TopicTable>> = LazyLock::new(|| TopicTable::load("wiredesk", None).ok());

/// Longest sentence about a record that is none, in bytes: it is printed, logged and sent.
const SENTENCE: usize = 2_000;
/// A small topic of dead letters.
const SMALL: usize = 16 * 1024;

fn now() -> Timestamp {
    Timestamp::from_timestamp(1_800_000_000, 0).unwrap_or_default()
}

/// A message of the kind that the first byte names, as it came and laid over a whole one.
pub fn message(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else { return };
    match first % 6 {
        0 => either::<RawItem>(rest, RAW),
        1 => either::<CopyItem>(rest, COPY),
        2 => either::<CleanItem>(rest, CLEAN),
        3 => either::<Item>(rest, ITEM),
        4 => either::<Story>(rest, STORY),
        _ => either::<DeadLetter>(rest, DEAD),
    }
}

fn either<M: Message + Debug + PartialEq>(bytes: &[u8], whole: &str) {
    taken::<M>(bytes);
    if let Some(laid) = over(bytes, whole) {
        taken::<M>(laid.to_string().as_bytes());
    }
}

/// The whole message with the members that the bytes give (RFC 7396).
fn over(bytes: &[u8], whole: &str) -> Option<Value> {
    let patch: Value = serde_json::from_slice(bytes).ok()?;
    let mut target: Value = serde_json::from_str(whole).ok()?;
    merge(&mut target, patch);
    Some(target)
}

fn merge(target: &mut Value, patch: Value) {
    match (target, patch) {
        (Value::Object(target), Value::Object(patch)) => {
            for (key, value) in patch {
                if value.is_null() {
                    target.remove(&key);
                } else {
                    merge(target.entry(key).or_insert(Value::Null), value);
                }
            }
        }
        // A list is changed in its first element, so that a small patch reaches deep.
        (Value::Array(target), patch @ Value::Object(_)) if !target.is_empty() => {
            merge(&mut target[0], patch)
        }
        (target, patch) => *target = patch,
    }
}

/// What is read is written as the same bytes each time, and read again as itself; its headers are whole.
fn taken<M: Message + Debug + PartialEq>(bytes: &[u8]) {
    let message: M = match decode(bytes) {
        Ok(message) => message,
        Err(error) => {
            let words = error.to_string();
            assert!(words.len() <= SENTENCE, "a sentence of {} bytes", words.len());
            return;
        }
    };
    let written = encode(&message).expect("a message is written");
    let again: M = decode(&written).expect("what was written is read");
    assert_eq!(again, message, "what was written is read otherwise");
    assert_eq!(encode(&again).expect("a message is written"), written, "other bytes for the same message");
    let trace = traceparent_of(&message.id());
    let Some(topics) = TOPICS.as_ref() else { return };
    let record = Record::of(&message, topics, now(), Some(&trace)).expect("a message is written");
    assert_eq!(record.headers.len(), 9);
    assert!(record.header("traceparent").and_then(span_context).is_some(), "our own trace is not read");
}

/// A record as another producer may send it: lines of headers, an empty line, the payload. What is refused becomes a letter
/// that fits its topic, and a letter whose payload is whole gives the record back.
pub fn record(data: &[u8]) {
    let Some(topics) = TOPICS.as_ref() else { return };
    let Some((first, rest)) = data.split_first() else { return };
    let at = rest.windows(2).position(|two| two == b"\n\n").unwrap_or(rest.len());
    let (head, payload) = (&rest[..at], rest.get(at + 2..).unwrap_or_default());
    let head = String::from_utf8_lossy(head);
    let headers: Vec<(String, String)> = head
        .lines()
        .filter_map(|line| line.split_once(':'))
        .map(|(n, v)| (n.to_owned(), v.to_owned()))
        .collect();
    let received = Received {
        record: Record {
            topic: "wiredesk.raw.v1".into(),
            key: head.lines().next().unwrap_or_default().into(),
            payload: payload.to_vec().into(),
            headers,
            timestamp: now(),
        },
        partition: i32::from(*first),
        offset: i64::MAX - i64::from(*first),
    };
    let from = origin(&received);
    let trace = from.traceparent.as_deref();
    assert!(trace.is_none_or(|t| t.len() == 55), "a trace context of another length");
    let records = [received];
    let refused = match first % 6 {
        0 => refused::<RawItem>(&records),
        1 => refused::<CopyItem>(&records),
        2 => refused::<CleanItem>(&records),
        3 => refused::<Item>(&records),
        4 => refused::<Story>(&records),
        _ => refused::<DeadLetter>(&records),
    };
    let [received] = records;
    let Some(refusal) = refused else { return };
    let whole = letter("strip", &received, &refusal, now());
    assert_eq!(letter("strip", &received, &refusal, now()), whole, "the same record, another letter");
    taken::<DeadLetter>(&encode(&whole).expect("a letter is written"));
    let sent = record_of(&whole, topics, now()).expect("a whole letter can be sent again");
    assert_eq!((&sent.payload, &sent.key), (&received.record.payload, &received.record.key));
    let cut = fit(whole.clone(), payload, SMALL, topics);
    let size = Record::of(&cut, topics, cut.at, trace).map_or(0, |r| r.size());
    assert!(size <= SMALL, "a letter of {size} bytes for a topic of {SMALL}");
    if cut != whole {
        assert!(record_of(&cut, topics, now()).is_err(), "a letter that is cut is sent again");
    }
}

fn refused<M: Message>(records: &[Received]) -> Option<Refusal> {
    let mut decoded = decode_all::<M>(records);
    assert_eq!(decoded.inputs.len() + decoded.refused.len(), records.len(), "a record is lost");
    decoded.refused.pop().map(|(_, refusal)| refusal)
}

/// What people and tools see of a letter that anybody may have written.
pub fn letters(data: &[u8]) {
    let Some(topics) = TOPICS.as_ref() else { return };
    let Some(laid) = over(data, DEAD) else { return };
    let Ok(letter) = serde_json::from_value::<DeadLetter>(laid) else { return };
    if let Ok(record) = record_of(&letter, topics, now()) {
        assert!(topics.specs().iter().any(|spec| spec.name == record.topic), "a record for no topic of ours");
        assert_eq!(record.key, letter.key);
    }
    let shown = wiredesk_runtime::terminal::printable(&letter.explanation);
    assert!(!shown.contains(char::is_control), "a letter steers the terminal");
}

/// An item with the fuzzer's members as ninjs: a whole document without nulls, the same each time.
pub fn export(data: &[u8]) {
    let Some(laid) = over(data, ITEM) else { return };
    let Ok(item) = serde_json::from_value::<Item>(laid) else { return };
    let document = ninjs::to_ninjs(&item);
    assert_eq!(ninjs::to_ninjs(&item), document, "the same item, another document");
    whole(&document);
    assert!((1..=9).contains(&document["urgency"].as_u64().unwrap_or_default()));
    for subject in document["subjects"].as_array().into_iter().flatten() {
        assert!(subject["confidence"].as_u64().is_some_and(|c| c <= 100), "{subject}");
    }
    for address in
        document.pointer("/renditions/0/href").into_iter().chain(document.pointer("/associations/0/uri"))
    {
        let text = address.as_str().unwrap_or_default();
        assert!(!text.contains(|c: char| c.is_control() || c == ' ' || c == '"'), "{text:?} is no address");
    }
}

/// No null and no empty list anywhere: ninjs has neither.
fn whole(value: &Value) {
    match value {
        Value::Null => panic!("a null in ninjs"),
        Value::Array(list) => {
            assert!(!list.is_empty(), "an empty list in ninjs");
            list.iter().for_each(whole);
        }
        Value::Object(members) => members.values().for_each(whole),
        _ => {}
    }
}

/// A text with marks anywhere: HTML that is whole, whose text is the text, with nothing of it as a tag.
pub fn marks(data: &[u8]) {
    let Some((count, rest)) = data.split_first() else { return };
    let count = usize::from(count % 8);
    let Some((spans, text)) = rest.split_at_checked(count * 2) else { return };
    let text = String::from_utf8_lossy(text);
    let whole: Option<Item> = serde_json::from_str(ITEM).ok();
    let Some((entity, quote)) =
        whole.and_then(|item| Some((item.entities.first()?.clone(), item.quotes.first()?.clone())))
    else {
        return;
    };
    let (mut entities, mut quotes): (Vec<Entity>, Vec<Quote>) = (Vec::new(), Vec::new());
    for (n, pair) in spans.chunks_exact(2).enumerate() {
        let (start, end) = (u32::from(pair[0]), u32::from(pair[0]).wrapping_add(u32::from(pair[1])));
        if n % 2 == 0 {
            entities.push(Entity { start, end, name: text.chars().take(30).collect(), ..entity.clone() });
        } else {
            quotes.push(Quote {
                start,
                end,
                speaker: Some(text.chars().take(30).collect()),
                ..quote.clone()
            });
        }
    }
    let html = marked::html(&text, &Marks { entities: &entities, quotes: &quotes, figures: &[], dates: &[] });
    let (mut bare, mut open) = (String::new(), Vec::new());
    let mut rest = html.as_str();
    while let Some((before, after)) = rest.split_once('<') {
        bare.push_str(before);
        let (tag, after) = after.split_once('>').expect("a tag without end");
        rest = after;
        match tag.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop(), Some(name), "a tag that closes another"),
            None => {
                let name = tag.split(' ').next().unwrap_or_default();
                assert!(matches!(name, "p" | "q" | "mark"), "the tag {name:?}");
                open.push(name);
            }
        }
    }
    bare.push_str(rest);
    assert!(open.is_empty(), "a tag that is left open");
    let bare = bare
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&");
    let lines = |t: &str| t.split('\n').filter(|l| !l.is_empty()).map(ToOwned::to_owned).collect::<Vec<_>>();
    assert_eq!(lines(&bare), lines(&text), "the text is another");
}
