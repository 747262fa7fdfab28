//! What is published of a copy: the table of rights and states.

#![allow(clippy::unwrap_used, reason = "clippy knows test functions, not their helpers")]

use wiredesk_contract::enrichment::{Enrichment, Quote, QuoteKind};
use wiredesk_contract::item::Item;
use wiredesk_contract::source::Rights;
use wiredesk_contract::status::PubStatus;
use wiredesk_contract::{Change, CopyItem, Timestamp, Verdict};
use wiredesk_processor::publish::{held_of, item_of};
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
