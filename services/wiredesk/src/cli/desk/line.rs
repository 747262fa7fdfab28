//! An item as one line.

use wiredesk_contract::status::PubStatus;
use wiredesk_contract::{Change, Item};
use wiredesk_store::read::ItemRow;

use crate::cli::style::{Paint, cut, padded, safe};

/// Columns of a terminal that says nothing of its width, or of a pipe: nothing is cut then.
const UNKNOWN: usize = usize::MAX;

/// How lines are written.
#[derive(Clone, Copy, Debug)]
pub struct Lines {
    paint: Paint,
    width: usize,
}

impl Lines {
    /// For stdout as it is: cut to the width of a terminal, whole in a pipe.
    pub fn of_stdout() -> Self {
        let width =
            rustix::termios::tcgetwinsize(std::io::stdout()).map_or(0, |size| usize::from(size.ws_col));
        Self { paint: Paint::of_stdout(), width: if width > 20 { width } else { UNKNOWN } }
    }

    /// `15:03:07  es  europapress        !  MADRID  headline  (repeats …)`.
    pub fn of(self, row: &ItemRow) -> String {
        let item = &row.doc.0;
        let head = format!(
            "{}  {}  {}  {}  ",
            row.version_created.with_timezone(&chrono::Local).format("%H:%M:%S"),
            padded(&cut(&safe(&item.language), 5), 5),
            padded(&cut(&safe(item.source.id.as_str()), 18), 18),
            mark(item)
        );
        let note = note(item);
        let room = self.width.saturating_sub(head.chars().count() + note.chars().count());
        let place = item.located.as_deref().map(|place| format!("{}  ", safe(place).to_uppercase()));
        let told = cut(&format!("{}{}", place.unwrap_or_default(), headline(item)), room);
        let quiet = item.verdict.duplicate_of.is_some() || item.pub_status != PubStatus::Usable;
        let told = match item.urgency {
            _ if quiet => self.paint.quiet(&told),
            1 | 2 => self.paint.bad(&told),
            3 => self.paint.bold(&told),
            _ => told,
        };
        format!("{}{told}{}", self.paint.quiet(&head), self.paint.warn(&note))
    }
}

fn headline(item: &Item) -> String {
    match item.headlines.first() {
        Some(headline) => safe(&headline.value),
        None if item.pub_status == PubStatus::Canceled => "(withdrawn)".to_owned(),
        None => "(no headline)".to_owned(),
    }
}

/// Urgency at a glance.
fn mark(item: &Item) -> &'static str {
    match item.urgency {
        1 | 2 => "!!",
        3 => "! ",
        _ => "  ",
    }
}

/// What a reader should know before the story is used.
fn note(item: &Item) -> String {
    let note = match (item.pub_status, item.change) {
        (PubStatus::Canceled, _) => Some("withdrawn"),
        (PubStatus::Withheld, _) => Some("under embargo"),
        (_, Change::Corrected) => Some("correction"),
        (_, Change::TitleOnly) => Some("new headline"),
        (_, Change::Minor) => Some("touched up"),
        (_, Change::Expanded) => Some("expanded"),
        (_, Change::Cut) => Some("cut"),
        (_, Change::Rewritten) => Some("rewritten"),
        (_, Change::Status) => Some("status"),
        (_, Change::New | Change::Withdrawn | Change::Reenriched) => None,
    }
    .filter(|_| item.version > 1 || item.pub_status != PubStatus::Usable);
    let version = if item.version > 1 { format!(" v{}", item.version) } else { String::new() };
    let note = note.map(|note| format!("  ({note}{version})")).unwrap_or_default();
    match &item.verdict.duplicate_of {
        Some(original) => format!("{note}  (repeats {})", cut(original.as_str(), 10)),
        None => note,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use sqlx::types::Json;

    use super::*;

    fn row(change: serde_json::Value) -> ItemRow {
        let at = "2026-02-15T09:30:00Z";
        let mut item = json!({
            "schema_version": 1, "uri": "urn:wiredesk:item:abc", "item_id": "abc", "version": 1, "versionCreated": at,
            "firstCreated": at, "pubStatus": "usable", "urgency": 4, "kind": "news", "language": "es",
            "language_confidence": 0.9, "headlines": [{ "role": "main", "value": "El puerto\u{1b}[2J reabre" }],
            "source": { "id": "ribeira", "name": "Ribeira Press", "rights": "headline" }, "located": "Vigo",
            "change": "new", "similarity": 0.0, "cluster": "abc", "content_hash": "h", "fetched_at": at,
        });
        for (key, value) in change.as_object().unwrap() {
            item[key] = value.clone();
        }
        ItemRow {
            item_id: "abc".to_owned(),
            version_created: at.parse().unwrap(),
            change_tx: "1".to_owned(),
            change_seq: 1,
            doc: Json(serde_json::from_value(item).unwrap()),
            story_id: None,
        }
    }

    fn told(width: usize, change: serde_json::Value) -> String {
        let paint = Paint::plain();
        let line = Lines { paint, width }.of(&row(change));
        // The clock's zone is the machine's.
        line.split_once("  ").unwrap().1.to_owned()
    }

    #[test]
    fn a_line_says_what_an_editor_looks_for() {
        assert_eq!(told(UNKNOWN, json!({})), "es     ribeira                 VIGO  El puerto [2J reabre");
        assert!(told(UNKNOWN, json!({"urgency": 1})).contains("  !!  VIGO"));
        assert!(
            told(UNKNOWN, json!({"change": "corrected", "version": 3})).ends_with("reabre  (correction v3)")
        );
        assert!(told(UNKNOWN, json!({"duplicate_of": "0123456789abcdef"})).ends_with("(repeats 012345678…)"));
        let withdrawn =
            json!({"pubStatus": "canceled", "change": "withdrawn", "version": 2, "headlines": []});
        assert!(told(UNKNOWN, withdrawn).ends_with("VIGO  (withdrawn)  (withdrawn v2)"));
    }

    #[test]
    fn a_line_is_cut_to_the_terminal_and_keeps_its_note() {
        let line =
            Lines { paint: Paint::plain(), width: 60 }.of(&row(json!({"change": "corrected", "version": 2})));
        assert_eq!(line.chars().count(), 60, "{line}");
        assert!(line.ends_with("…  (correction v2)"), "{line}");
    }
}
