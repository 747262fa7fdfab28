//! An operator's extract of Wikidata, as JSON Lines:
//! `{"id":"Q42","type":"PER","name":"Nadia Koroleva","names":{"de":["Nadja Koroljowa"],"ru":["Надя Королева"]}}`.

use std::collections::BTreeMap;

use serde::Deserialize;
use wiredesk_contract::enrichment::EntityType;
use wiredesk_store::register::Extracted;

use crate::enrich::known::KnownNames;

#[derive(Deserialize)]
struct Line {
    id: String,
    #[serde(rename = "type")]
    kind: EntityType,
    name: String,
    #[serde(default)]
    names: BTreeMap<String, Vec<String>>,
}

/// Reads a line.
///
/// # Errors
/// One sentence on what is wrong with it.
pub fn read(line: &str) -> Result<Extracted, String> {
    let Line { id, kind, name, names } = serde_json::from_str(line)
        .map_err(|error| format!("it is not of the form of an extract ({error})"))?;
    let number = id.trim_start_matches("wd:").strip_prefix('Q').unwrap_or_default();
    if number.is_empty() || number.len() > 18 || !number.bytes().all(|b| b.is_ascii_digit()) {
        return Err(format!("{id:?} is no item of Wikidata; ids look like Q42"));
    }
    if !matches!(kind, EntityType::Per | EntityType::Org) {
        return Err(format!("Q{number} is neither PER nor ORG; places have their ids from GeoNames"));
    }
    if name.trim().is_empty() {
        return Err(format!("Q{number} has no name"));
    }
    let names = names
        .into_iter()
        .flat_map(|(language, names)| names.into_iter().map(move |name| (language.clone(), name)))
        .filter(|(_, name)| !name.trim().is_empty())
        .collect();
    Ok(Extracted { id: format!("wd:Q{number}"), kind, name, names, merges: Vec::new() })
}

/// Keeps the first of each id, and finds which entities become redirects.
pub fn whole(mut extract: Vec<Extracted>) -> Vec<Extracted> {
    let mut seen = std::collections::HashSet::new();
    extract.retain(|one| seen.insert(one.id.clone()));
    let known = KnownNames::new(extract.clone());
    for one in &mut extract {
        one.merges = known.ids_without(one);
    }
    extract
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_or_refused_with_a_sentence() {
        let one = read(r#"{"id":"Q7","type":"ORG","name":"Unión Naval","names":{"en":["Naval Union"," "]}}"#)
            .unwrap();
        assert_eq!((one.id.as_str(), one.names.len()), ("wd:Q7", 1));
        let whole = whole(vec![one.clone(), one]);
        assert_eq!(whole.len(), 1);
        assert_eq!(whole[0].merges, ["ent:ORG:naval union", "ent:ORG:union naval"]);
        for (line, wanted) in [
            ("[]", "form of an extract"),
            (r#"{"id":"P7","type":"ORG","name":"x"}"#, "no item of Wikidata"),
            (r#"{"id":"Q7","type":"LOC","name":"x"}"#, "GeoNames"),
            (r#"{"id":"Q7","type":"PER","name":" "}"#, "no name"),
        ] {
            assert!(read(line).unwrap_err().contains(wanted), "{line}");
        }
    }
}
