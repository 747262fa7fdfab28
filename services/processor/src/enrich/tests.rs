//! Enrichment in seven languages, on invented copy, and its invariants on any text.

use std::sync::LazyLock;

use proptest::prelude::*;
use wiredesk_contract::enrichment::Enrichment;

use super::{Enricher, Input};

static ENRICHER: LazyLock<Enricher> = LazyLock::new(Enricher::new);

fn enrich(language: &str, text: &str) -> Enrichment {
    ENRICHER.run(&Input { language, text, ..Input::default() }).0
}

/// `TYPE:text` of every entity, in order.
fn entities(language: &str, text: &str) -> String {
    let found = enrich(language, text).entities;
    found
        .iter()
        .map(|e| format!("{}:{}", e.id.split(':').take(2).collect::<Vec<_>>().join(":"), e.text))
        .collect::<Vec<_>>()
        .join(" | ")
}

const COPY: [(&str, &str); 7] = [
    (
        "es",
        "ALMERÍA, 15 Feb. (EUROPA PRESS) - La ministra de Hacienda, Carmen Roldán, ha visitado Sevilla. «Es lo justo», ha dicho Roldán.",
    ),
    (
        "en",
        "DUBLIN, June 7 (Reuters) - Health minister Aileen Carrow met doctors in Berlin. \"We need a plan by May,\" Carrow said.",
    ),
    (
        "fr",
        "LYON, 15 février (AFP) - Le maire, Alain Perrond, s'est rendu aux États-Unis. « C'est une chance », a déclaré Perrond.",
    ),
    (
        "pt",
        "Lisboa, 25 abr (Lusa) - A ministra da Saúde, Teresa Valadar, esteve no Porto. \"Vamos contratar mais gente\", afirmou Valadar.",
    ),
    (
        "it",
        "(ANSA) - ROMA, 19 GEN - Il ministro Paolo Ferrandi è a Napoli. \"Il tavolo resta aperto\", ha detto Ferrandi.",
    ),
    (
        "de",
        "Berlin (dpa) - Gesundheitsministerin Petra Kühnel hat in Mannheim eine Klinik besucht. „Das ist ein Durchbruch“, sagte Kühnel.",
    ),
    (
        "ca",
        "ACN Girona.- La consellera d'Educació, Núria Vilaregut, ha anat a Figueres. \"Ho farem aquest curs\", ha afirmat Vilaregut.",
    ),
];

#[test]
fn entities_in_seven_languages() {
    let table: Vec<String> =
        COPY.iter().map(|(language, text)| format!("{language} {}", entities(language, text))).collect();
    insta::assert_snapshot!(table.join("\n"), @"
    es geo:2521886:ALMERÍA | ent:ORG:EUROPA PRESS | ent:PER:Carmen Roldán | geo:2510911:Sevilla | ent:PER:Roldán
    en geo:2964574:DUBLIN | ent:ORG:Reuters | ent:PER:Aileen Carrow | geo:2950159:Berlin | ent:PER:Carrow
    fr geo:2996944:LYON | ent:ORG:AFP | ent:PER:Alain Perrond | geo:6252001:États-Unis | ent:PER:Perrond
    pt geo:2267057:Lisboa | ent:ORG:Lusa | ent:PER:Teresa Valadar | geo:2735943:Porto | ent:PER:Valadar
    it ent:ORG:ANSA | geo:3169070:ROMA | ent:PER:Paolo Ferrandi | geo:3172394:Napoli | ent:PER:Ferrandi
    de geo:2950159:Berlin | ent:ORG:dpa | ent:PER:Petra Kühnel | geo:2873891:Mannheim | ent:PER:Kühnel
    ca ent:ORG:ACN | geo:3121456:Girona | ent:PER:Núria Vilaregut | geo:3122453:Figueres | ent:PER:Vilaregut
    ");
}

#[test]
fn places_of_datelines_in_seven_languages() {
    let place = |(language, text): &(&str, &str)| {
        enrich(language, text).located.map(|p| format!("{} {}", p.name, p.id)).unwrap_or_default()
    };
    insta::assert_snapshot!(COPY.iter().map(place).collect::<Vec<_>>().join("\n"), @"
    Almería geo:2521886
    Dublin geo:2964574
    Lyon geo:2996944
    Lisbon geo:2267057
    Rome geo:3169070
    Berlin geo:2950159
    Girona geo:3121456
    ");
}

#[test]
fn speakers_in_seven_languages() {
    let quote = |(language, text): &(&str, &str)| {
        let quotes = enrich(language, text).quotes;
        quotes
            .iter()
            .map(|q| format!("{} <- {:?} {:?}", q.text, q.speaker_id, q.verb))
            .collect::<Vec<_>>()
            .join(" | ")
    };
    insta::assert_snapshot!(COPY.iter().map(quote).collect::<Vec<_>>().join("\n"), @r#"
    Es lo justo <- Some("ent:PER:carmen roldan") Some("ha dicho")
    We need a plan by May, <- Some("ent:PER:aileen carrow") Some("said")
    C'est une chance <- Some("ent:PER:alain perrond") Some("a déclaré")
    Vamos contratar mais gente <- Some("ent:PER:teresa valadar") Some("afirmou")
    Il tavolo resta aperto <- Some("ent:PER:paolo ferrandi") Some("ha detto")
    Das ist ein Durchbruch <- Some("ent:PER:petra kuhnel") Some("sagte")
    Ho farem aquest curs <- Some("ent:PER:nuria vilaregut") Some("ha afirmat")
    "#);
}

#[test]
fn one_country_has_one_id_in_every_language() {
    let ids: std::collections::BTreeSet<String> = [
        ("es", "Viajó a Estados Unidos."),
        ("es", "Viajó a EEUU."),
        ("fr", "Il va aux États-Unis."),
        ("en", "He went to the United States."),
        ("it", "È andato negli Stati Uniti."),
        ("de", "Er reist in die USA."),
        ("pt", "Ele foi aos Estados Unidos."),
        ("ca", "Va anar als Estats Units."),
    ]
    .iter()
    .flat_map(|(language, text)| enrich(language, text).entities.into_iter().map(|e| e.id))
    .collect();
    assert_eq!(ids.into_iter().collect::<Vec<_>>(), ["geo:6252001"]);
}

#[test]
fn a_dateline_hint_with_a_region_beats_the_larger_namesake() {
    let located = |place, region| {
        let input = Input { dateline: Some((place, region)), language: "en", ..Input::default() };
        ENRICHER.run(&input).0.located.map(|p| p.country).unwrap_or_default()
    };
    assert_eq!(located("LONDON", None), "GB");
    assert_eq!(located("LONDON", Some("Canada")), "CA");
    assert_eq!(located("PARIS", Some("Texas")), "US");
    assert_eq!(located("ANKARA/BEIRUT", None), "TR");
    assert_eq!(located("NOWHERE AT ALL", None), "");
}

#[test]
fn a_pronoun_an_answer_and_a_place_where_something_is_told() {
    let speaker = |language: &str, text: &str| enrich(language, text).quotes[0].speaker.clone();
    let visit = "La alcaldesa Marta Olmedo y el edil Julio Rey visitaron la obra el lunes.";
    assert_eq!(
        speaker("es", &format!("{visit} \"Estará lista en mayo\", dijo él.")).as_deref(),
        Some("Julio Rey")
    );
    assert_eq!(
        speaker("es", &format!("{visit} \"Estará lista en mayo\", dijo ella.")).as_deref(),
        Some("Marta Olmedo")
    );
    let asked = "Carmen Roldán built the wall. Will it hold? \"It will hold for many years to come.\"";
    assert_eq!(speaker("en", asked).as_deref(), Some("Carmen Roldán"));
    assert_eq!(speaker("es", "\"Es lo justo para todos\", relató en el Hospital Virgen del Rocío."), None);
}

#[test]
fn nobody_is_named_where_the_text_names_nobody() {
    let found = enrich("en", "\"We shall see what comes of it in the end.\" The hall was empty.").quotes;
    assert_eq!(found.len(), 1);
    assert_eq!((&found[0].speaker, &found[0].verb), (&None, &None));
    // A title in marks is no quotation.
    assert!(enrich("en", "She read \"The Grey Sea\" twice.").quotes.is_empty());
}

#[test]
fn sections_of_the_wire_speak_before_terms() {
    let categories = ["Deportes".to_owned()];
    let input =
        Input { language: "es", text: "Texto sin tema.", categories: &categories, ..Input::default() };
    let topics = ENRICHER.run(&input).0.topics;
    assert_eq!(topics.iter().map(|t| t.code.as_str()).collect::<Vec<_>>(), ["medtop:15000000"]);
    assert!(enrich("es", "Texto sin tema.").topics.is_empty(), "nothing is said rather than guessed");
}

#[test]
fn every_enrichment_tells_who_made_it() {
    let made: Vec<String> =
        enrich("es", COPY[0].1).provenance.iter().map(|p| format!("{}:{}", p.enrichment, p.engine)).collect();
    assert_eq!(
        made,
        [
            "vocabulary:shipped",
            "dateline:gazetteer",
            "entities:linear",
            "event_place:rules",
            "quotes:rules",
            "topics:linear",
            "keywords:statistics",
            "figures:rules",
            "dates:rules",
            "summary:extract"
        ]
    );
}

/// Offsets are characters of the text, and the text between them is what the entity says.
fn check(text: &str, out: &Enrichment) -> Result<(), TestCaseError> {
    let chars: Vec<char> = text.chars().collect();
    let slice =
        |start: u32, end: u32| chars.get(start as usize..end as usize).map(|c| c.iter().collect::<String>());
    let mut last = 0;
    for entity in &out.entities {
        prop_assert_eq!(slice(entity.start, entity.end), Some(entity.text.clone()));
        prop_assert!(
            entity.start >= last && entity.start < entity.end,
            "entities overlap or are out of order"
        );
        last = entity.end;
    }
    for quote in &out.quotes {
        prop_assert_eq!(slice(quote.start, quote.end), Some(quote.text.clone()));
    }
    prop_assert!(out.enrich.errors.is_empty(), "{:?}", out.enrich);
    Ok(())
}

proptest! {
    #[test]
    fn any_text_is_enriched_with_true_offsets(text in any::<String>(), language in "(es|en|fr|pt|it|de|ca|und|)") {
        check(&text, &enrich(&language, &text))?;
    }

    #[test]
    fn scrambled_copy_is_enriched_with_true_offsets(
        parts in prop::collection::vec(prop::sample::select(vec![
            "Madrid", " ", "«", "»", "\"", " dijo ", "L'", "d'", "O'Brien", "U.S.", ". ", "\n", "(", ")", "OMS", "ministra de ", "Ana Vidal",
            " según ", "İ", "ß", "e\u{301}", "Ayuntamiento de la ", "-", "„", "“", "12 ", "Feb.", "’", "🙂", "J.",
        ]), 0..40),
        language in "(es|en|fr|pt|it|de|ca)",
    ) {
        let text = parts.concat();
        let out = enrich(&language, &text);
        check(&text, &out)?;
        // The same input gives the same answer.
        prop_assert_eq!(enrich(&language, &text), out);
    }
}
