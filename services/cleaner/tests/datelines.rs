//! Two hundred datelines in seven languages, as agencies print them: place, region, date and agency come out right, and
//! the text behind them whole. The copy is invented.

use serde_json::json;
use wiredesk_cleaner::tool;

const CORPUS: &str = include_str!("datelines.tsv");

/// What may be wrong: one in a hundred.
const MOST_WRONG: usize = 2;

#[test]
fn place_date_and_agency_of_every_dateline() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for row in CORPUS.lines().skip(1) {
        let cells: Vec<&str> = row.split('\t').collect();
        let [language, text, published, place, region, date, agency, rest] = cells[..] else {
            panic!("eight cells were expected: {row}")
        };
        seen += 1;
        let out = tool::clean(&json!({
            "id": "a", "title": "Un titular cualquiera", "text": text, "published": published, "language": language,
        }));
        let dateline = &out["dateline"];
        let told = |key: &str| dateline[key].as_str().unwrap_or_default();
        let right = [("place", place), ("region", region), ("date", date), ("agency", agency)]
            .iter()
            .all(|(key, wanted)| told(key) == *wanted);
        if !right || out["text"] != rest {
            wrong.push(format!("{text}\n   {dateline} {}", out["text"]));
        }
    }
    assert!(seen >= 200, "{seen}");
    assert!(wrong.len() <= MOST_WRONG, "{} of {seen}:\n{}", wrong.len(), wrong.join("\n"));
}
