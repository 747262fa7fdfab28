//! Items as a table (RFC 4180).

use wiredesk_contract::Item;

use super::{page, rfc3339};

const COLUMNS: &str = "item_id,version,version_created,first_created,content_created,source,language,kind,urgency,status,change,\
                       headline,byline,place,country,topics,url,duplicate_of,story,words\r\n";

/// A line an item, under the names of the columns.
pub fn csv(items: &[Item]) -> String {
    let mut table = COLUMNS.to_owned();
    for item in items {
        let place = item.event_place.as_ref().map(|event| &event.place);
        let topics: Vec<&str> = item.subjects.iter().map(|topic| topic.code.as_str()).collect();
        let created = item.content_created.map(rfc3339).unwrap_or_default();
        let words = item.bodies.first().map(|body| body.word_count.to_string()).unwrap_or_default();
        let fields: [&str; 20] = [
            item.item_id.as_str(),
            &item.version.to_string(),
            &rfc3339(item.version_created),
            &rfc3339(item.first_created),
            &created,
            item.source.id.as_str(),
            &item.language,
            &word(&item.kind),
            &item.urgency.to_string(),
            &word(&item.pub_status),
            &word(&item.change),
            item.headline(),
            item.by.as_deref().unwrap_or_default(),
            place.map_or("", |place| &place.name),
            place.map_or("", |place| &place.country),
            &topics.join(" "),
            page(item).unwrap_or_default(),
            item.verdict.duplicate_of.as_ref().map_or("", |id| id.as_str()),
            item.story.as_ref().map_or("", |id| id.as_str()),
            &words,
        ];
        let fields: Vec<String> = fields.iter().map(|field| cell(field)).collect();
        table.push_str(&fields.join(","));
        table.push_str("\r\n");
    }
    table
}

/// The word that the contract writes.
fn word(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Quoted where it must be. A spreadsheet takes what begins with one of `=+-@` for a formula, and a wire may write one: an apostrophe
/// before it says that it is text.
fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let apostrophe = if formula { "'" } else { "" };
    if text.contains(['"', ',', '\n', '\r']) || text.starts_with(' ') || text.ends_with(' ') {
        format!("\"{apostrophe}{}\"", text.replace('"', "\"\""))
    } else {
        format!("{apostrophe}{text}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_hold_whatever_a_wire_writes() {
        for (text, written) in [
            ("Sube el paro", "Sube el paro"),
            ("El \"no\", otra vez", "\"El \"\"no\"\", otra vez\""),
            ("dos\nlíneas", "\"dos\nlíneas\""),
            ("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\""),
            ("-5 grados", "'-5 grados"),
            ("", ""),
        ] {
            assert_eq!(cell(text), written);
        }
        assert_eq!(COLUMNS.split(',').count(), 20);
    }
}
