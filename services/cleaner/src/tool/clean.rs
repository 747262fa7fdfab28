//! `wiredesk tool clean`: wire copy in, the same without what the wire prints around it.

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use wiredesk_contract::Timestamp;
use wiredesk_contract::copy::Removed;

use crate::strip::Rules;
use crate::strip::blocks::{Block, BlockKind, html_of, text_of};
use crate::strip::conventions::{Context, Draft, apply, kind};
use crate::strip::extract::{blocks, chrome, fragment};
use crate::strip::{forum, hygiene};

static RULES: LazyLock<Rules> = LazyLock::new(Rules::default);

/// `{"id","title","text",…}` with `title` and `text` clean, and `dateline`, `agency`, `markers`, `byline` and more taken
/// out. `published`, `deck`, `language` and `time_zone` are hints; all other keys go through as they are.
pub fn clean(line: &Value) -> Value {
    let get = |key: &str| line.get(key).and_then(Value::as_str).unwrap_or_default();
    let published: Option<Timestamp> =
        DateTime::parse_from_rfc3339(get("published")).ok().map(|t| t.with_timezone(&Utc));
    let zone = get("time_zone").parse().unwrap_or(chrono_tz::UTC);
    let mut removed: Vec<Removed> = Vec::new();
    let text = get("text");
    let lines = if text.contains("</p>") || text.contains("<br") { fragment(text) } else { flattened(text) };
    let lines = forum::drop_flattened(lines, &mut removed);
    let lines = chrome::drop_lines(lines, &mut removed);
    let deck = Some(hygiene::line(get("deck"))).filter(|deck| !deck.is_empty());
    let headline = hygiene::line(get("title"));
    let mut draft = Draft { headline, deck, blocks: lines, removed, ..Draft::default() };
    apply(&mut draft, &Context { agencies: &RULES.agencies, published, zone });
    let sample = format!("{}. {}", draft.headline, text_of(&draft.blocks));
    let told = RULES.languages.tell(&sample, line.get("language").and_then(Value::as_str));
    let mut out = if line.is_object() { line.clone() } else { json!({}) };
    let agency = draft.dateline.as_ref().and_then(|d| d.agency.clone()).or_else(|| draft.signed.clone());
    let kind = kind::of(&draft.headline, draft.blocks.iter().map(|b| b.text.as_str()));
    for (key, value) in [
        ("title", json!(draft.headline)),
        ("deck", json!(draft.deck)),
        ("text", json!(text_of(&draft.blocks))),
        ("html", json!(html_of(&draft.blocks))),
        ("kind", json!(kind)),
        ("dateline", json!(draft.dateline)),
        ("agency", json!(agency)),
        ("markers", json!(draft.marks.printed)),
        ("signal", json!(draft.marks.signal)),
        ("developing", json!(draft.marks.developing)),
        ("urgency", json!(draft.marks.urgency.unwrap_or(5))),
        ("byline", json!(draft.byline)),
        ("embargoed_until", json!(draft.embargoed_until)),
        ("ed_note", json!(draft.ed_note)),
        ("copyright_notice", json!(draft.copyright_notice)),
        ("usage_terms", json!(draft.usage_terms)),
        ("language", json!(told.language)),
        ("language_confidence", json!((f64::from(told.confidence) * 100.0).round() / 100.0)),
        ("removed", json!(draft.removed)),
    ] {
        out[key] = value;
    }
    out
}

fn flattened(text: &str) -> Vec<Block> {
    let lines = text.lines().map(hygiene::line).filter(|line| !line.is_empty());
    lines
        .map(|line| {
            let kind = if blocks::subhead(&line, false) { BlockKind::Subhead } else { BlockKind::Paragraph };
            Block { kind, text: line, links: 0.0 }
        })
        .collect()
}
