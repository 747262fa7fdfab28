//! Three hundred labelled pairs of wire copy in five languages: is the relation named rightly?

use std::collections::BTreeMap;

use chrono::{Duration, TimeZone, Utc};
use serde_json::{Value, json};
use wiredesk_cleaner::dedupe::{Before, Index, decide};
use wiredesk_cleaner::tool;
use wiredesk_contract::CopyItem;

/// The copy as the strip stage makes it of the dispatch.
fn copy(pair: &Value, side: &str, language: &str, minutes: i64) -> CopyItem {
    let dispatch = &pair[side];
    let clean = tool::clean(&json!({
        "id": side, "title": dispatch["title"], "text": dispatch["text"], "language": language,
    }));
    let at = Utc.with_ymd_and_hms(2026, 2, 10, 6, 0, 0).unwrap() + Duration::minutes(minutes);
    let of = |value: &Value| value.as_str().unwrap().to_owned();
    let (source, title, text) = (of(&dispatch["source"]), of(&clean["title"]), of(&clean["text"]));
    let copy = crate::dedupe_support::copy(side, &source, language, at, &title, &text);
    CopyItem { signal: serde_json::from_value(clean["signal"].clone()).unwrap(), ..copy }
}

fn told(pair: &Value, language: &str) -> String {
    let mut index = Index::new(Duration::hours(96));
    let minutes = (pair["hours"].as_f64().unwrap() * 60.0) as i64;
    let (_, change) = decide(&copy(pair, "before", language, 0), &index, Before::default());
    index.apply(change);
    let (verdict, _) = decide(&copy(pair, "after", language, minutes), &index, Before::default());
    let relation = serde_json::to_value(verdict.relation).unwrap();
    relation.as_str().unwrap_or("none").to_owned()
}

#[test]
fn relations_are_named_rightly() {
    let (mut right, mut all, mut held) = (0, 0, (0, 0));
    let mut confused: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for language in ["es", "fr", "en", "pt", "de"] {
        let path = format!("{}/tests/pairs/{language}.jsonl", env!("CARGO_MANIFEST_DIR"));
        let mut in_language = 0;
        for line in std::fs::read_to_string(path).unwrap().lines() {
            let pair: Value = serde_json::from_str(line).unwrap();
            let (id, relation) = (pair["id"].as_str().unwrap(), pair["relation"].as_str().unwrap());
            let told = told(&pair, language);
            let correct = usize::from(told == relation);
            right += correct;
            in_language += correct;
            all += 1;
            if id.ends_with(['0', '2', '4', '6', '8']) {
                held = (held.0 + correct, held.1 + 1);
            }
            if correct == 0 {
                confused.entry((relation.to_owned(), told)).or_default().push(id.to_owned());
            }
        }
        println!("{language}: {in_language} of 60");
        assert!(in_language >= 50, "{language}: {in_language} of 60 relations are right: {confused:#?}");
    }
    for ((relation, told), ids) in &confused {
        println!("{relation} was called {told}: {}", ids.join(" "));
    }
    println!("{right} of {all}; of those held out {} of {}", held.0, held.1);
    assert_eq!(all, 300);
    assert!(right * 100 >= all * 92, "{right} of {all} relations are right: {confused:#?}");
}
