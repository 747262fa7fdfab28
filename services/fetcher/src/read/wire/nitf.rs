//! NITF 3.x, alone or inside NewsML: `head` with `docdata`, `body.head`, `body.content`.

use wiredesk_contract::media::Media;

use super::super::{Document, Hints, Tally};
use super::draft::{Draft, date, line, status, urgency};
use super::html;
use super::items::{self, Shape};
use super::media;
use super::tree::{El, Part};

/// Reads NITF documents.
pub(super) fn read(text: &str, shape: &Shape<'_>, hints: &Hints, repairs: &mut Tally) -> Document {
    let mut document = items::read(
        text,
        shape,
        repairs,
        |_, _| {},
        |nitf, _| {
            let mut draft = Draft::default();
            fill(nitf, hints, &mut draft);
            Ok(Some(draft))
        },
    );
    document.meta.form = "NITF";
    document
}

/// Fills in what a NITF element says and the draft does not know yet.
pub(super) fn fill(nitf: El<'_>, hints: &Hints, draft: &mut Draft) {
    if draft.entry.language.is_none() {
        draft.entry.language = ["baselang", "lang"].iter().find_map(|n| nitf.attr(n)).map(ToOwned::to_owned);
    }
    let body_head = nitf.find("body.head");
    if let Some(head) = body_head {
        head_of_body(head, hints, draft);
    }
    if let Some(head) = nitf.child("head") {
        draft.title(head.text_of("title"));
        subjects(head, draft);
        if let Some(docdata) = head.child("docdata") {
            docdata_of(docdata, hints, draft);
        }
        if let Some(data) = head.child("pubdata") {
            let published = date(data.attr("date.publication"), hints);
            draft.entry.published = draft.entry.published.or(published);
        }
        let revised = head.all("revision-history").filter_map(|r| date(r.attr("norm"), hints)).max();
        draft.entry.updated = draft.entry.updated.or(revised);
    }
    let body = nitf.find("body.content").or_else(|| nitf.child("body"));
    if let Some(body) = body {
        let title = draft.entry.title.clone();
        draft.content(html::copy(body, &title));
        let lead =
            body.every("p").find(|p| p.attr("lede") == Some("true") || p.attr("class") == Some("lead"));
        draft.summary(lead.and_then(El::text));
        pictures(body, hints, draft);
    }
}

fn head_of_body(head: El<'_>, hints: &Hints, draft: &mut Draft) {
    let headline = head.find("hedline").unwrap_or(head);
    draft.title(headline.text_of("hl1").or_else(|| headline.text_of("hl2")));
    let abstracts = head.child("abstract").and_then(El::text);
    // A second headline is the deck: what the desk says under the title.
    draft.summary(abstracts.or_else(|| headline.text_of("hl2").filter(|t| *t != draft.entry.title)));
    if draft.entry.authors.is_empty() {
        for byline in head.all("byline") {
            let mut people = byline.every("person").filter_map(El::text).peekable();
            if people.peek().is_some() {
                people.for_each(|name| draft.author(Some(name)));
            } else {
                draft.author(byline_of(byline).or_else(|| byline.text_of("byttl")));
            }
        }
    }
    let dateline = head.child("dateline");
    if draft.dateline.is_none() {
        draft.dateline = dateline.and_then(El::text);
    }
    let story_date = dateline.and_then(|d| d.find("story.date")).and_then(|d| date(d.attr("norm"), hints));
    draft.entry.published = draft.entry.published.or(story_date);
    for note in head.all("note") {
        draft.note(note.text());
    }
    let rights = head.child("rights");
    if draft.entry.copyright.is_none() {
        draft.entry.copyright = rights.and_then(El::text);
    }
}

/// A byline without the author's post.
fn byline_of(byline: El<'_>) -> Option<String> {
    let text: String = byline
        .parts()
        .map(|part| match part {
            Part::Text(text) => text.to_owned(),
            Part::Element(el) if el.is("byttl") => " ".to_owned(),
            Part::Element(el) => el.raw_text(),
        })
        .collect();
    line(&text).map(|t| t.trim_end_matches([',', ' ']).to_owned()).filter(|t| !t.is_empty())
}

fn subjects(head: El<'_>, draft: &mut Draft) {
    let Some(tobject) = head.child("tobject") else { return };
    draft.category(tobject.attr("tobject.type").and_then(line));
    for subject in tobject.all("tobject.subject") {
        for level in ["tobject.subject.type", "tobject.subject.matter", "tobject.subject.detail"] {
            draft.category(subject.attr(level).and_then(line));
        }
    }
}

fn docdata_of(docdata: El<'_>, hints: &Hints, draft: &mut Draft) {
    let id = docdata.child("doc-id");
    if draft.entry.guid.is_none() {
        draft.entry.guid = id.and_then(|d| d.attr("id-string")).map(ToOwned::to_owned);
    }
    draft.status(status(docdata.attr("management-status")));
    let urgent = urgency(docdata.child("urgency").and_then(|u| u.attr("ed-urg")));
    draft.entry.urgency = draft.entry.urgency.or(urgent);
    let norm = |name: &str| date(docdata.child(name).and_then(|d| d.attr("norm")), hints);
    let (issue, release) = (norm("date.issue"), norm("date.release"));
    draft.entry.published = issue.or(release).or(draft.entry.published);
    // Released later than issued: until then it is under embargo.
    if draft.entry.embargoed_until.is_none() {
        draft.entry.embargoed_until = release.filter(|r| issue.is_some_and(|i| *r > i));
    }
    if let Some(key) = docdata.child("du-key") {
        let version = key.attr("version").and_then(|v| v.parse().ok()).unwrap_or_default();
        draft.version = draft.version.max(version);
        draft.fallback_title = draft.fallback_title.take().or_else(|| key.attr("key").and_then(line));
    }
    for message in docdata.all("ed-msg") {
        draft.note(message.attr("info").and_then(line));
        draft.note(message.attr("msg-type").and_then(line).filter(|_| message.attr("info").is_some()));
    }
    draft.category(docdata.child("fixture").and_then(|f| f.attr("fix-id")).and_then(line));
    draft.category(docdata.child("series").and_then(|s| s.attr("series.name")).and_then(line));
    for keyword in docdata.every("keyword") {
        draft.category(keyword.attr("key").and_then(line));
    }
    if let Some(copyright) = docdata.child("doc.copyright")
        && draft.entry.copyright.is_none()
    {
        let parts: Vec<&str> = ["year", "holder"]
            .iter()
            .filter_map(|n| copyright.attr(&format!("copyright.{n}")).or_else(|| copyright.attr(n)))
            .collect();
        draft.entry.copyright = (!parts.is_empty()).then(|| format!("© {}", parts.join(" ")));
    }
}

fn pictures(body: El<'_>, hints: &Hints, draft: &mut Draft) {
    for element in body.every("media") {
        let caption = element.child("media-caption").and_then(El::text);
        let credit = element.child("media-producer").and_then(El::text);
        for reference in element.all("media-reference") {
            let Some(url) = reference.attr("source").and_then(|s| media::address(s, hints)) else { continue };
            let content_type = reference.attr("mime-type").map(ToOwned::to_owned);
            draft.media(Media { url, content_type, caption: caption.clone(), credit: credit.clone() });
        }
    }
}
