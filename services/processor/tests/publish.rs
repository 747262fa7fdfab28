//! What is published of a copy: the table of rights and states.

use wiredesk_contract::enrichment::{Enrichment, Quote, QuoteKind};
use wiredesk_contract::item::Item;
use wiredesk_contract::source::Rights;
use wiredesk_contract::status::PubStatus;
use wiredesk_contract::{Change, CopyItem, Timestamp, Verdict};
use wiredesk_processor::publish::{held_of, item_of, reenriched};
use wiredesk_processor::sound::fit;
use wiredesk_store::ledger::VersionFacts;

fn at(second: i64) -> Timestamp {
    chrono::DateTime::from_timestamp(1_780_000_000 + second, 0).unwrap()
}

fn copy(rights: Rights, status: PubStatus) -> CopyItem {
    let copy = serde_json::json!({
        "schema_version": 1, "item_id": "a".repeat(32), "revision": 1, "content_hash": "b".repeat(32),
        "source": { "id": "ribeira", "name": "Ribeira Press", "rights": rights },
        "url": "https://ribeira.example/a", "guid": "a", "headline": "El faro se apaga",
        "lead": "El faro se apagó anoche.", "text": "El faro se apagó anoche.\nEl farero dijo: «Nadie lo vio».",
        "html": "<p>El faro se apagó anoche.</p>", "urgency": 4, "pub_status": status, "embargoed_until": at(100),
        "ed_note": "Nota.", "language": "es", "language_confidence": 0.9, "fetched_at": at(0),
        "authors": ["Iria Outeiro", "Brais Lema"], "fingerprint": { "exact": "", "minhash": "" },
    });
    serde_json::from_value(copy).unwrap()
}

fn enrichment() -> Enrichment {
    let words = "Nadie lo vio".to_owned();
    let quote = Quote {
        start: 43,
        end: 55,
        text: words,
        speaker: None,
        speaker_id: None,
        verb: None,
        kind: QuoteKind::Direct,
        confidence: 0.5,
    };
    Enrichment { quotes: vec![quote], ..Enrichment::default() }
}

/// Status, number of descriptions, bodies and quotes, headline, note.
fn shape(item: &Item) -> String {
    format!(
        "{} d{} b{} q{} {:?} {:?} until {:?}",
        item.pub_status.as_str(),
        item.descriptions.len(),
        item.bodies.len(),
        item.quotes.len(),
        item.headline(),
        item.ed_note.as_deref().unwrap_or_default(),
        item.embargoed_until.map(|t| (t - at(0)).num_seconds()),
    )
}

#[test]
fn rights_and_states() {
    let mut table = String::new();
    for rights in [Rights::Headline, Rights::FullText] {
        for status in [PubStatus::Usable, PubStatus::Withheld, PubStatus::Canceled] {
            for now in [at(99), at(100)] {
                let copy = copy(rights, status);
                let verdict = Verdict::original(&copy.item_id, Change::New);
                let facts = VersionFacts::first(now, Change::New);
                let item = item_of(&copy, &verdict, &enrichment(), &facts, now);
                let held = held_of(&copy, &verdict, &enrichment(), &facts, now);
                let held = held.as_ref().map(shape).unwrap_or_else(|| "-".to_owned());
                table.push_str(&format!(
                    "{rights:?} {:?} {}: {}\n    held {held}\n",
                    status,
                    (now - at(0)).num_seconds(),
                    shape(&item)
                ));
            }
        }
    }
    insta::assert_snapshot!(table, @r#"
    Headline Usable 99: usable d1 b0 q0 "El faro se apaga" "Nota." until None
        held -
    Headline Usable 100: usable d1 b0 q0 "El faro se apaga" "Nota." until None
        held -
    Headline Withheld 99: withheld d0 b0 q0 "El faro se apaga" "Nota." until Some(100)
        held usable d1 b0 q0 "El faro se apaga" "Nota." until None
    Headline Withheld 100: usable d1 b0 q0 "El faro se apaga" "Nota." until None
        held -
    Headline Canceled 99: canceled d0 b0 q0 "" "Nota." until None
        held -
    Headline Canceled 100: canceled d0 b0 q0 "" "Nota." until None
        held -
    FullText Usable 99: usable d1 b2 q1 "El faro se apaga" "Nota." until None
        held -
    FullText Usable 100: usable d1 b2 q1 "El faro se apaga" "Nota." until None
        held -
    FullText Withheld 99: withheld d0 b0 q0 "El faro se apaga" "Nota." until Some(100)
        held usable d1 b2 q1 "El faro se apaga" "Nota." until None
    FullText Withheld 100: usable d1 b2 q1 "El faro se apaga" "Nota." until None
        held -
    FullText Canceled 99: canceled d0 b0 q0 "" "Nota." until None
        held -
    FullText Canceled 100: canceled d0 b0 q0 "" "Nota." until None
        held -
    "#);
}

/// An enrichment each of whose parts quotes the text.
fn telling() -> Enrichment {
    let told = serde_json::json!({
        "located": { "id": "geo:1", "name": "Secreto", "country": "ES", "lat": 1.0, "lon": 2.0 },
        "entities": [{ "start": 0, "end": 7, "text": "Secreto", "type": "PER", "id": "ent:PER:secreto", "name": "Secreto", "salience": 1.0, "confidence": 1.0 }],
        "places": [{ "id": "geo:2", "name": "Secreto", "country": "ES", "lat": 1.0, "lon": 2.0 }],
        "event_place": { "id": "geo:3", "name": "Secreto", "country": "ES", "lat": 1.0, "lon": 2.0, "confidence": 0.9, "evidence": "text" },
        "quotes": [{ "start": 0, "end": 7, "text": "Secreto", "speaker": "Secreto" }],
        "keywords": [{ "term": "secreto", "score": 1.0 }],
        "figures": [{ "start": 0, "end": 7, "text": "Secreto", "kind": "count", "value": 7.0, "unit": "secretos" }],
        "dates": [{ "start": 0, "end": 7, "text": "Secreto", "date": "2026-02-03", "basis": "absolute" }],
        "summary": { "text": "Secreto.", "kind": "lead" },
        "reading_seconds": 7,
        "sentiment": { "score": -0.5, "confidence": 0.5 },
    });
    serde_json::from_value(told).unwrap()
}

#[test]
fn neither_embargo_nor_kill_lets_a_word_of_the_text_through() {
    for (status, kept) in [(PubStatus::Withheld, "dateline"), (PubStatus::Canceled, "")] {
        let copy = copy(Rights::FullText, status);
        let verdict = Verdict::original(&copy.item_id, Change::New);
        let facts = VersionFacts::first(at(0), Change::New);
        let mut item = item_of(&copy, &verdict, &telling(), &facts, at(0));
        // Where a withheld item was written is no secret: it stands in the header of every advisory.
        if !kept.is_empty() {
            item.dateline_place = None;
            item.located = None;
        }
        let text = serde_json::to_string(&item).unwrap();
        assert!(!text.to_lowercase().contains("secreto"), "{text}");
        assert_eq!((item.reading_seconds, item.sentiment.is_none()), (0, true));
    }
}

#[test]
fn another_enrichment_of_a_withheld_item_stays_withheld() {
    let copy = copy(Rights::FullText, PubStatus::Withheld);
    let verdict = Verdict::original(&copy.item_id, Change::New);
    let facts = VersionFacts::first(at(0), Change::New);
    let item = item_of(&copy, &verdict, &enrichment(), &facts, at(0));
    let held = held_of(&copy, &verdict, &enrichment(), &facts, at(0)).unwrap();
    let anew = reenriched(&item, &copy, &telling());
    assert_eq!((anew.quotes.len(), anew.summary, anew.pub_status), (0, None, PubStatus::Withheld));
    assert_eq!(reenriched(&held, &copy, &telling()).summary.unwrap().text, "Secreto.");
    // The same enrichment changes nothing.
    assert_eq!(reenriched(&item, &copy, &enrichment()), item);
    assert_eq!(reenriched(&held, &copy, &enrichment()), held);
}

#[test]
fn what_does_not_fit_is_shortened_from_the_least_needed_on() {
    let mut copy = copy(Rights::FullText, PubStatus::Usable);
    copy.text = "palabra ".repeat(2_000);
    copy.html = Some("<p>palabra</p>".repeat(2_000));
    let verdict = Verdict::original(&copy.item_id, Change::New);
    let item = item_of(&copy, &verdict, &enrichment(), &VersionFacts::first(at(0), Change::New), at(0));
    let bodies = |max: usize| fit(item.clone(), max).map(|i| (i.bodies.len(), i.quotes.len()));
    assert_eq!(bodies(100_000), Some((2, 1)));
    assert_eq!(bodies(30_000), Some((1, 1)));
    assert_eq!(bodies(10_000), Some((0, 0)));
    assert_eq!(bodies(1_000), None);
}
