//! `wiredesk tool extract --explain` for people: the page before, line by line, with what became of each; with colours where
//! a terminal shows them.

use serde_json::Value;
use wiredesk_runtime::terminal::{Colour, printable};

/// Longest line that is shown, in characters.
const LONGEST: usize = 160;

/// What `explain` answered, as text: a line of facts, then each line of the page, `+` where it stayed, `-` and why where
/// it went.
pub fn paint(explained: &Value, colour: Colour) -> String {
    let get = |key: &str| explained[key].as_str().map(printable).unwrap_or_default();
    let mut out = colour.wrap("1", &format!("{}  {}", get("id"), get("title")));
    out.push('\n');
    let authors: Vec<String> = explained["authors"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(printable)
        .collect();
    let facts: Vec<String> = [get("published"), authors.join(", "), get("language"), get("section")]
        .into_iter()
        .filter(|fact| !fact.is_empty())
        .collect();
    out.push_str(&colour.wrap("2", &facts.join(" · ")));
    out.push('\n');
    if let Some(why) = explained["not_article"].as_str() {
        out.push_str(&colour.wrap("33", &format!("no article: {why}")));
        out.push('\n');
    }
    let lines = explained["lines"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut kept = 0;
    for line in lines {
        let text = short(line["text"].as_str().unwrap_or_default());
        let likely = line["likely"].as_f64().unwrap_or_default();
        if line["kept"] == true {
            kept += 1;
            out.push_str(&colour.wrap("32", &format!("+ {likely:.2} {:<14} {text}", "")));
        } else {
            let reason = line["reason"].as_str().unwrap_or_default();
            out.push_str(&colour.wrap("31", &format!("- {likely:.2} {reason:<14} {text}")));
        }
        out.push('\n');
    }
    out.push_str(&colour.wrap("2", &format!("{kept} of {} lines stayed", lines.len())));
    out.push('\n');
    out
}

fn short(text: &str) -> String {
    let mut out: String = printable(text).chars().take(LONGEST).collect();
    if text.chars().count() > LONGEST {
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn colours_only_where_they_are_seen() {
        let explained = json!({"id": "a", "title": "T\u{1b}[31m", "authors": [], "lines": [
            {"text": "Der Rat hat beschlossen", "likely": 0.97, "kept": true, "reason": ""},
            {"text": "Mehr zum Thema", "likely": 0.03, "kept": false, "reason": "read_more"},
        ]});
        let plain = paint(&explained, Colour::None);
        assert!(!plain.contains('\u{1b}'));
        assert!(plain.contains("+ 0.97                Der Rat hat beschlossen\n"));
        assert!(plain.contains("- 0.03 read_more      Mehr zum Thema\n"));
        assert!(plain.ends_with("1 of 2 lines stayed\n"));
        assert!(paint(&explained, Colour::Ansi).contains("\u{1b}[31m- 0.03 read_more"));
    }
}
