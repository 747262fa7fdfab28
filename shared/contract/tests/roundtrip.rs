//! What is written is read back the same, whatever the wire sent.

// Helpers of tests are tests too.
use proptest::prelude::*;
use wiredesk_contract::envelope::{headers, traceparent_of};
use wiredesk_contract::{
    CleanItem, CopyItem, DeadLetter, Item, Message, RawItem, Story, Timestamp, decode, encode,
};

fn golden<M: Message>(name: &str) -> M {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    decode(&std::fs::read(path).expect("a golden message")).expect("a golden message")
}

fn instant() -> impl Strategy<Value = Timestamp> {
    // Microseconds, as `wall_clock` cuts them, from 1970 to 2100.
    (0_i64..4_102_444_800_000_000)
        .prop_map(|micros| Timestamp::from_timestamp_micros(micros).unwrap_or_default())
}

fn back<M: Message>(message: &M) -> M {
    decode(&encode(message).expect("written")).expect("read")
}

proptest! {
    #[test]
    fn raw(title in any::<String>(), html in any::<String>(), at in instant(), revision in any::<u32>(), tags in any::<Vec<String>>()) {
        let mut message: RawItem = golden("raw.v1.full.json");
        message.entry.title = title;
        message.entry.categories = tags;
        message.entry.published = Some(at);
        message.revision = revision;
        if let Some(page) = &mut message.page { page.html = html; }
        prop_assert_eq!(back(&message), message);
    }

    #[test]
    fn clean(text in any::<String>(), note in any::<Option<String>>(), at in instant(), share in 0.0_f32..=1.0) {
        let mut message: CleanItem = golden("clean.v1.full.json");
        message.copy.text = text;
        message.copy.ed_note = note;
        message.copy.fetched_at = at;
        message.copy.language_confidence = share;
        message.verdict.similarity = share;
        prop_assert_eq!(back(&message), message);
    }

    #[test]
    fn item(headline in any::<String>(), version in any::<u32>(), share in 0.0_f32..=1.0, lat in -90.0_f64..=90.0) {
        let mut message: Item = golden("item.v1.full.json");
        message.headlines[0].value = headline;
        message.version = version;
        // The verdict is flattened into the item, which serde reads by another way.
        message.verdict.similarity = share;
        message.entities[0].salience = share;
        message.places[0].lat = (lat * 100_000.0).round() / 100_000.0;
        prop_assert_eq!(back(&message), message);
    }

    #[test]
    fn copy(headline in any::<String>(), place in any::<Option<String>>(), at in proptest::option::of(instant()), urgency in any::<u8>()) {
        let mut message: CopyItem = golden("copy.v1.full.json");
        message.headline = headline;
        if let Some(dateline) = &mut message.dateline { dateline.place = place; }
        message.embargoed_until = at;
        message.urgency = urgency;
        prop_assert_eq!(back(&message), message);
    }

    #[test]
    fn story(title in any::<String>(), names in any::<Vec<String>>(), at in instant(), score in 0.0_f32..=1.0, revision in any::<u32>()) {
        let mut message: Story = golden("story.v1.full.json");
        message.title = title;
        message.entities = names;
        message.last_seen = at;
        message.items[0].score = score;
        message.revision = revision;
        prop_assert_eq!(back(&message), message);
    }

    /// A replay writes the same bytes under the same headers.
    #[test]
    fn envelope(title in any::<String>(), revision in any::<u32>(), at in instant()) {
        let mut message: RawItem = golden("raw.v1.full.json");
        message.entry.title = title;
        message.revision = revision;
        let trace = traceparent_of(&message.id());
        let (bytes, sent) = (encode(&message).expect("written"), headers(&message, at, Some(&trace)));
        let read: RawItem = decode(&bytes).expect("read");
        prop_assert_eq!(encode(&read).expect("written"), bytes);
        prop_assert_eq!(headers(&read, at, Some(&traceparent_of(&read.id()))), sent);
    }

    /// Whatever bytes a record has: a message, or a sentence that a person can read.
    #[test]
    fn what_is_no_message_is_told_briefly(text in "[ -~]{0,40}", times in 1..2000_usize) {
        let payload = serde_json::to_string(&text.repeat(times)).expect("written");
        let error = decode::<RawItem>(payload.as_bytes()).expect_err("a text is no message");
        prop_assert!(error.to_string().chars().count() < 700);
        prop_assert!(error.to_string().contains("expected struct RawItem"), "{}", error);
    }

    #[test]
    fn dead(key in any::<String>(), headers in any::<std::collections::BTreeMap<String, String>>(), offset in any::<i64>()) {
        let mut message: DeadLetter = golden("dead.v1.full.json");
        message.key = key;
        message.headers = headers;
        message.offset = offset;
        prop_assert_eq!(back(&message), message);
    }
}

/// A number that is read must be one that can be written.
#[test]
fn a_number_beyond_the_range_is_refused() {
    let mut item = serde_json::to_value(golden::<Item>("item.v1.full.json")).expect("written");
    item["entities"][0]["salience"] = serde_json::json!(1e39);
    // In whose words depends on how serde_json is built: some of our tests bring in numbers of any precision.
    let error = decode::<Item>(item.to_string().as_bytes()).expect_err("no share");
    assert_eq!(error.reason(), "not_this_form", "{error}");
    item["entities"][0]["salience"] = serde_json::json!(0.5);
    item["similarity"] = serde_json::json!(-1e39);
    decode::<Item>(item.to_string().as_bytes()).expect_err("no share");
}
