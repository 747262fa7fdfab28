//! An entry while a wire format fills it in, and the small conversions that all of them need.

use wiredesk_contract::media::Media;
use wiredesk_contract::raw::FeedEntry;
use wiredesk_contract::{Timestamp, status::PubStatus};

use super::super::{Hints, dates};
use wiredesk_contract::escape::escape;

use super::html::is_web;

/// Most media, categories or authors of one entry.
const MAX_LIST: usize = 64;

/// An entry that is being filled in.
#[derive(Debug, Default)]
pub(super) struct Draft {
    /// The entry.
    pub(super) entry: FeedEntry,
    /// The agency's number of this version, 0 where it gives none.
    pub(super) version: u64,
    /// The dateline, where it stands apart from the copy.
    pub(super) dateline: Option<String>,
    /// A title to fall back on, such as the slug line.
    pub(super) fallback_title: Option<String>,
}

impl Draft {
    /// The finished entry; None where there is nothing in it.
    pub(super) fn finish(mut self) -> Option<(FeedEntry, u64)> {
        let entry = &mut self.entry;
        if entry.title.is_empty() {
            entry.title = self.fallback_title.take().map(|t| title(&t)).unwrap_or_default();
        }
        if let (Some(html), Some(dateline)) = (&entry.content_html, &self.dateline) {
            entry.content_html = Some(with_dateline(html, dateline));
        }
        let says = !entry.title.is_empty()
            || entry.summary_html.is_some()
            || entry.content_html.is_some()
            || entry.link.is_some()
            || entry.guid.is_some();
        says.then_some((self.entry, self.version))
    }

    /// Sets the title where there is none yet.
    pub(super) fn title(&mut self, text: Option<String>) {
        if let Some(text) = text.filter(|_| self.entry.title.is_empty()) {
            self.entry.title = title(&text);
        }
    }

    /// Sets the teaser, plain text, where there is none yet.
    pub(super) fn summary(&mut self, text: Option<String>) {
        if let Some(text) = text.filter(|_| self.entry.summary_html.is_none()) {
            let mut html = String::with_capacity(text.len());
            escape(&text, &mut html);
            self.entry.summary_html = Some(html);
        }
    }

    /// Sets the copy, HTML of our own making, where there is none yet.
    pub(super) fn content(&mut self, html: String) {
        if self.entry.content_html.is_none() && !html.is_empty() {
            self.entry.content_html = Some(html);
        }
    }

    /// Adds to the note to editors.
    pub(super) fn note(&mut self, text: Option<String>) {
        let Some(text) = text else { return };
        match &mut self.entry.ed_note {
            Some(note) if note.len() > 4000 || note.contains(&text) => {}
            Some(note) => {
                note.push('\n');
                note.push_str(&text);
            }
            none => *none = Some(text),
        }
    }

    /// Adds a category.
    pub(super) fn category(&mut self, text: Option<String>) {
        push(&mut self.entry.categories, text);
    }

    /// Adds an author.
    pub(super) fn author(&mut self, text: Option<String>) {
        push(&mut self.entry.authors, text);
    }

    /// Adds a picture or the like, where its address is one of the web.
    pub(super) fn media(&mut self, media: Media) {
        let list = &mut self.entry.media;
        if is_web(&media.url) && list.len() < MAX_LIST && list.iter().all(|m| m.url != media.url) {
            list.push(media);
        }
    }

    /// Sets the status; a taken-back item stays so whatever else is said.
    pub(super) fn status(&mut self, status: Option<PubStatus>) {
        if self.entry.pub_status != Some(PubStatus::Canceled) {
            self.entry.pub_status = status.or(self.entry.pub_status);
        }
    }
}

fn push(list: &mut Vec<String>, text: Option<String>) {
    if let Some(text) = text
        && list.len() < MAX_LIST
        && list.iter().all(|t| *t != text)
    {
        list.push(text);
    }
}

/// A date with the source's zone where it has none of its own.
pub(super) fn date(text: Option<impl AsRef<str>>, hints: &Hints) -> Option<Timestamp> {
    let text = text?;
    let text = text.as_ref().trim();
    // NITF also writes a day with an offset and no time: `20260302+0100`.
    let day_only = || {
        let (day, offset) = text.split_at_checked(8)?;
        offset.starts_with(['+', '-', 'Z']).then(|| dates::parse(day, hints.zone)).flatten()
    };
    dates::parse(text, hints.zone).or_else(day_only)
}

/// An urgency or priority, 1 to 9.
pub(super) fn urgency(text: Option<impl AsRef<str>>) -> Option<u8> {
    text?.as_ref().trim().parse().ok().filter(|n| (1..=9).contains(n))
}

/// The status that a code stands for: `stat:usable`, `Embargoed`, `http://cv.iptc.org/newscodes/pubstatusg2/canceled`.
pub(super) fn status(code: Option<&str>) -> Option<PubStatus> {
    match code_of(code?).to_ascii_lowercase().as_str() {
        "usable" => Some(PubStatus::Usable),
        "withheld" | "withhold" | "embargoed" => Some(PubStatus::Withheld),
        "canceled" | "cancelled" | "cancel" | "killed" | "kill" | "withdrawn" | "withdraw" | "deleted"
        | "delete" => Some(PubStatus::Canceled),
        _ => None,
    }
}

/// The code without the vocabulary that it is of.
pub(super) fn code_of(code: &str) -> &str {
    code.trim().trim_end_matches('/').rsplit([':', '/', '#']).next().unwrap_or_default()
}

/// The English name of a first-level IPTC media topic or subject code (`04000000`), for wires that send the number only.
/// Source: IPTC Media Topics and Subject Codes, whose first levels agree up to 15000000.
pub(super) fn topic(code: &str) -> Option<&'static str> {
    const NAMES: [&str; 17] = [
        "arts, culture, entertainment and media",
        "crime, law and justice",
        "disaster, accident and emergency incident",
        "economy, business and finance",
        "education",
        "environment",
        "health",
        "human interest",
        "labour",
        "lifestyle and leisure",
        "politics and government",
        "religion",
        "science and technology",
        "society",
        "sport",
        "conflict, war and peace",
        "weather",
    ];
    let first = code_of(code).strip_suffix("000000").filter(|c| c.len() == 2)?;
    NAMES.get(first.parse::<usize>().ok()?.checked_sub(1)?).copied()
}

/// White space as single spaces, none at the ends; None where nothing is left.
pub(super) fn line(text: &str) -> Option<String> {
    let text = collapse(text);
    Some(text.trim()).filter(|t| !t.is_empty()).map(ToOwned::to_owned)
}

/// White space, no-break spaces included, as single spaces. Spaces that carry meaning (thin, ideographic) stay.
pub(super) fn collapse(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut space = false;
    for c in text.chars() {
        if matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{a0}' | '\u{feff}') {
            space = true;
        } else {
            if std::mem::take(&mut space) {
                out.push(' ');
            }
            out.push(c);
        }
    }
    if space {
        out.push(' ');
    }
    out
}

/// Plain text as a title, which readers of the raw topic take for small HTML: what looks like markup is escaped.
fn title(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (n, piece) in text.split('&').enumerate() {
        if n > 0 {
            let name = piece.split_once(';').map_or("", |(name, _)| name);
            let reference =
                (1..32).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'#');
            out.push_str(if reference { "&amp;" } else { "&" });
        }
        out.push_str(&piece.replace('<', "&lt;"));
    }
    out
}

/// The copy with its dateline where wires print it, at the head of the first paragraph, unless it stands there already.
fn with_dateline(html: &str, dateline: &str) -> String {
    let Some(at) = html.find("<p>").map(|n| n + "<p>".len()) else { return html.to_owned() };
    let letters = |text: &str| -> String {
        text.chars().filter(|c| c.is_alphanumeric()).take(200).flat_map(char::to_lowercase).collect()
    };
    let place = dateline.split([',', '(', '-', '–']).next().unwrap_or(dateline);
    let start: String = html[at..].chars().take(200).collect();
    if letters(place).is_empty() || letters(&start).starts_with(&letters(place)) {
        return html.to_owned();
    }
    let mut out = html[..at].to_owned();
    escape(dateline.trim_end_matches([' ', '-', '–', '—']), &mut out);
    out.push_str(" - ");
    out.push_str(&html[at..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_statuses() {
        for (code, expected) in [
            ("stat:usable", Some(PubStatus::Usable)),
            ("Embargoed", Some(PubStatus::Withheld)),
            ("http://cv.iptc.org/newscodes/pubstatusg2/canceled", Some(PubStatus::Canceled)),
            ("Cancelled", Some(PubStatus::Canceled)),
            ("new", None),
            ("", None),
        ] {
            assert_eq!(status(Some(code)), expected, "{code}");
        }
        assert_eq!(
            (topic("medtop:04000000"), topic("15000000")),
            (Some("economy, business and finance"), Some("sport"))
        );
        assert_eq!(
            (topic("15001000"), topic("99000000"), topic("00000000"), topic("")),
            (None, None, None, None)
        );
        assert_eq!((urgency(Some(" 4 ")), urgency(Some("0")), urgency(Some("x"))), (Some(4), None, None));
    }

    #[test]
    fn titles_are_text_and_datelines_stand_once() {
        assert_eq!(title("Ruiz & Mora, AT&amp;T y <b> & x;"), "Ruiz & Mora, AT&amp;amp;T y &lt;b> & x;");
        for (html, dateline, expected) in [
            ("<p>El pleno.</p>", "LUGO, 2 mar (AX)", "<p>LUGO, 2 mar (AX) - El pleno.</p>"),
            ("<h2>a</h2>\n<p>Lugo (AX).- El pleno.</p>", "LUGO", "<h2>a</h2>\n<p>Lugo (AX).- El pleno.</p>"),
            ("<p>El pleno.</p>", " - ", "<p>El pleno.</p>"),
            ("<ul></ul>", "LUGO", "<ul></ul>"),
        ] {
            assert_eq!(with_dateline(html, dateline), expected);
        }
    }

    #[test]
    fn a_day_with_an_offset_is_a_day() {
        let found = date(Some("20260302+0100"), &Hints::default()).map(|t| t.to_rfc3339());
        assert_eq!(found.as_deref(), Some("2026-03-02T00:00:00+00:00"));
        assert_eq!(date(Some("2026030é"), &Hints::default()), None);
    }
}
