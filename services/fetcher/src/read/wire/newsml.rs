//! NewsML 1.x (IPTC): several `NewsItem`s a document, their components with `NewsLines`, metadata and content in NITF,
//! XHTML or text.

use std::collections::HashMap;

use wiredesk_contract::Timestamp;
use wiredesk_contract::media::Media;
use wiredesk_contract::status::PubStatus;

use super::super::{Document, Hints, Tally};
use super::copy::{self, Copy};
use super::draft::{Draft, date, line, status, topic, urgency};
use super::items::{self, Shape};
use super::media;
use super::tree::El;

/// Reads a NewsML document.
pub(super) fn read(text: &str, shape: &Shape<'_>, hints: &Hints, repairs: &mut Tally) -> Document {
    let sent = std::cell::Cell::new(None);
    let mut document = items::read(
        text,
        shape,
        repairs,
        |head, document| {
            let envelope = head.find("NewsEnvelope");
            sent.set(envelope.and_then(|e| date(e.text_of("DateAndTime"), hints)));
            let service = envelope.and_then(|e| e.child("NewsService")).and_then(formal);
            let from =
                envelope.and_then(|e| e.child("SentFrom")).and_then(|f| f.find("Party")).and_then(formal);
            document.meta.title = service.or(from);
        },
        |item, _| Ok(Some(entry(item, sent.get(), hints))),
    );
    document.meta.form = "NewsML 1.2";
    document
}

/// `FormalName`, or the text.
fn formal(el: El<'_>) -> Option<String> {
    el.attr("FormalName").and_then(line).or_else(|| el.text())
}

fn entry(item: El<'_>, sent: Option<Timestamp>, hints: &Hints) -> Draft {
    let mut draft = Draft::default();
    identify(item, &mut draft);
    if let Some(management) = item.child("NewsManagement") {
        manage(management, hints, &mut draft);
    }
    let chosen = content(item, hints, &mut draft);
    lines(item, chosen, hints, &mut draft);
    metadata(item, &mut draft);
    pictures(item, hints, &mut draft);
    if draft.entry.published.is_none() {
        draft.entry.published = sent;
    }
    draft
}

/// The id without its revision, so that the next revision is the same item.
fn identify(item: El<'_>, draft: &mut Draft) {
    let id = item.find("NewsIdentifier");
    let part = |name: &str| id.and_then(|i| i.text_of(name));
    let public = part("PublicIdentifier");
    let own = part("NewsItemId").or_else(|| item.attr("Duid").and_then(line));
    draft.entry.guid = match (part("ProviderId"), part("DateId"), own) {
        (Some(provider), Some(date), Some(own)) => Some(format!("urn:newsml:{provider}:{date}:{own}")),
        (_, _, own) => public.as_deref().map(without_revision).map(ToOwned::to_owned).or(own),
    };
    let revision =
        part("RevisionId").or_else(|| public.as_deref()?.rsplit(':').next().map(ToOwned::to_owned));
    let digits: String =
        revision.unwrap_or_default().chars().take_while(char::is_ascii_digit).take(15).collect();
    draft.version = digits.parse().unwrap_or_default();
}

/// `urn:newsml:agency:20260302:id:3U` without `:3U`.
fn without_revision(urn: &str) -> &str {
    match urn.rsplit_once(':') {
        Some((rest, revision))
            if rest.matches(':').count() >= 4
                && revision.trim_end_matches(['N', 'U', 'A']).bytes().all(|b| b.is_ascii_digit()) =>
        {
            rest
        }
        _ => urn,
    }
}

fn manage(management: El<'_>, hints: &Hints, draft: &mut Draft) {
    let first = date(management.text_of("FirstCreated"), hints);
    let revised = date(management.text_of("ThisRevisionCreated"), hints);
    draft.entry.published = first.or(revised);
    draft.entry.updated = revised.or(first);
    draft.status(management.child("Status").and_then(|s| status(s.attr("FormalName"))));
    draft.entry.urgency = urgency(management.child("Urgency").and_then(formal));
    // The embargo ends where the status will change to usable; some agencies name the time of release itself.
    let change = management.child("StatusWillChange").filter(|change| {
        change.child("FutureStatus").is_none_or(|f| status(f.attr("FormalName")) == Some(PubStatus::Usable))
    });
    let release = ["ReleaseTime", "ReleaseDateTime", "EmbargoTime", "Embargo"].iter().find_map(|n| {
        let named = management
            .every("Property")
            .find(|p| p.attr("FormalName").is_some_and(|f| f.eq_ignore_ascii_case(n)));
        management.find(n).and_then(El::text).or_else(|| named?.attr("Value").and_then(line))
    });
    draft.entry.embargoed_until = date(change.and_then(|c| c.text_of("DateAndTime")).or(release), hints);
    for instruction in management.all("Instruction") {
        match instruction.attr("FormalName") {
            Some(order) if status(Some(order)) == Some(PubStatus::Canceled) => {
                draft.status(Some(PubStatus::Canceled))
            }
            Some("Update" | "") | None => {}
            Some(order) => draft.note(line(order)),
        }
        draft.note(instruction.text());
    }
    for name in ["SpecialInstructions", "EditorialNote", "Comment"] {
        management.all(name).for_each(|note| draft.note(note.text()));
    }
}

/// Most components and groups of news lines that are compared with each other.
const MAX_NEAR: usize = 300;

/// Roles whose content is not the copy.
const BESIDE: [&str; 16] = [
    "headline",
    "subheadline",
    "stylesheet",
    "caption",
    "logo",
    "contact",
    "photo",
    "graphic",
    "thumbnail",
    "quicklook",
    "preview",
    "byline",
    "dateline",
    "keywords",
    "metadata",
    "slugline",
];

/// Finds the copy and answers with the component that holds it.
fn content<'t>(item: El<'t>, hints: &Hints, draft: &mut Draft) -> Option<El<'t>> {
    let components: Vec<El<'t>> = item.every("NewsComponent").collect();
    let mut best: Option<(El<'t>, bool, Vec<Copy>)> = None;
    for component in components.iter().copied() {
        let role = component
            .child("Role")
            .and_then(|r| r.attr("FormalName"))
            .unwrap_or_default()
            .to_ascii_lowercase();
        if BESIDE.contains(&role.as_str()) {
            continue;
        }
        let mut copies = Vec::new();
        for content in component.all("ContentItem") {
            let kind =
                |name: &str| content.child(name).and_then(|m| m.attr("FormalName")).unwrap_or_default();
            let mime = kind("MimeType");
            let encoded = content.child("Encoding");
            if encoded.is_some_and(|e| {
                e.attr("Notation").is_some_and(|n| n.to_ascii_lowercase().contains("base64"))
            }) || ["image", "video", "audio", "text/css"].iter().any(|t| mime.starts_with(t))
            {
                continue;
            }
            let Some(data) = content.child("DataContent").or_else(|| encoded?.child("DataContent")) else {
                continue;
            };
            let mime = if mime.is_empty() { kind("Format") } else { mime };
            copies.push(copy::of_element(data, mime, "", hints, draft));
        }
        // Of two components the main one, else the longer; the first of equals.
        let main = matches!(role.as_str(), "main" | "body" | "maintext" | "text");
        let length = |copies: &[Copy]| copies.iter().map(|c| copy::weight(&c.html)).max().unwrap_or_default();
        let better =
            best.as_ref().is_none_or(|(_, other, known)| (main, length(&copies)) > (*other, length(known)));
        if length(&copies) > 0 && better {
            best = Some((component, main, copies));
        }
    }
    let (component, _, copies) = best?;
    draft.content(copy::best(copies));
    Some(component)
}

/// The news lines, of the components around the copy first.
fn lines(item: El<'_>, chosen: Option<El<'_>>, hints: &Hints, draft: &mut Draft) {
    let all: Vec<El<'_>> = item.every("NewsLines").take(MAX_NEAR).collect();
    let components: Vec<El<'_>> = item.every("NewsComponent").take(MAX_NEAR).collect();
    let near = |lines: El<'_>| {
        chosen.is_some_and(|chosen| {
            let parent = components.iter().rev().find(|c| c.holds(lines));
            parent.is_some_and(|p| p.same(chosen) || p.holds(chosen))
        })
    };
    let mut ordered: Vec<El<'_>> = all.iter().copied().filter(|l| near(*l)).collect();
    // The innermost says most of the copy.
    ordered.reverse();
    ordered.extend(all.iter().copied().filter(|l| !near(*l)));
    let title = ordered.iter().find_map(|l| l.text_of("HeadLine"));
    // What NITF inside calls itself is no better than the news line.
    if title.is_some() {
        draft.entry.title.clear();
    }
    draft.title(title);
    let mut deck = None;
    let authors = std::mem::take(&mut draft.entry.authors);
    for lines in &ordered {
        deck = deck.or_else(|| lines.text_of("SubHeadLine"));
        lines.all("ByLine").for_each(|by| draft.author(by.text()));
        draft.dateline =
            lines.text_of("DateLine").filter(|_| draft.dateline.is_none()).or(draft.dateline.take());
        draft.entry.copyright = draft.entry.copyright.take().or_else(|| lines.text_of("CopyrightLine"));
        draft.note(lines.text_of("RightsLine"));
        draft.fallback_title = draft.fallback_title.take().or_else(|| lines.text_of("SlugLine"));
        for word in lines.all("KeywordLine").filter_map(El::text) {
            word.split([',', ';']).for_each(|w| draft.category(line(w)));
        }
        draft.category(lines.text_of("SeriesLine"));
        for other in lines.all("NewsLine") {
            let kind = other.child("NewsLineType").and_then(formal).unwrap_or_default().to_ascii_lowercase();
            let text = other.text_of("NewsLineText");
            match kind.as_str() {
                k if k.contains("note") || k.contains("advisory") => draft.note(text),
                k if k.contains("caption") => {}
                "link" | "url" | "weblink" if draft.entry.link.is_none() => {
                    draft.entry.link = text.as_deref().and_then(|t| media::address(t, hints));
                }
                _ => {}
            }
        }
    }
    draft.summary(deck);
    if draft.entry.authors.is_empty() {
        draft.entry.authors = authors;
    }
    ordered.iter().for_each(|l| draft.category(l.text_of("SlugLine")));
}

fn metadata(item: El<'_>, draft: &mut Draft) {
    let mut topics: HashMap<String, String> = HashMap::new();
    for topic in item.every("Topic") {
        if let (Some(code), Some(name)) = (topic.text_of("FormalName"), topic.text_of("Description")) {
            topics.entry(code).or_insert(name);
        }
    }
    for descriptive in item.every("DescriptiveMetadata") {
        if draft.entry.language.is_none() {
            draft.entry.language =
                descriptive.child("Language").and_then(|l| l.attr("FormalName")).map(ToOwned::to_owned);
        }
        for name in ["Subject", "SubjectMatter", "SubjectDetail", "SubjectCode", "Genre"] {
            for subject in descriptive.every(name) {
                draft.category(subject_of(&topics, subject));
            }
        }
        for property in descriptive.all("Property") {
            if property.attr("FormalName").is_some_and(|n| n.to_ascii_lowercase().starts_with("keyword")) {
                draft.category(property.attr("Value").and_then(line));
            }
        }
    }
    if draft.entry.language.is_none() {
        draft.entry.language = item.attr("lang").map(ToOwned::to_owned);
    }
    for rights in item.every("RightsMetadata") {
        let copyright = rights.find("Copyright");
        let part = |name: &str| copyright.and_then(|c| c.text_of(name));
        if draft.entry.copyright.is_none()
            && let Some(holder) = part("CopyrightHolder")
        {
            let date = part("CopyrightDate").map(|d| format!("{d} ")).unwrap_or_default();
            draft.entry.copyright = Some(format!("© {date}{holder}"));
        }
        for usage in rights.every("UsageRights") {
            draft.note(usage.text_of("Limitations"));
        }
    }
    if draft.entry.authors.is_empty() {
        for administrative in item.every("AdministrativeMetadata") {
            for name in ["Creator", "Source"] {
                let party = administrative.child(name).and_then(|c| c.child("Party")).and_then(formal);
                if draft.entry.authors.is_empty() {
                    draft.author(party);
                }
            }
        }
    }
}

/// The name of a subject: described in the document's own topics, known as a first-level code, or a word already.
fn subject_of(topics: &HashMap<String, String>, subject: El<'_>) -> Option<String> {
    let code = subject.attr("FormalName")?;
    if code.bytes().all(|b| b.is_ascii_digit()) {
        return topics.get(code).cloned().or_else(|| topic(code).map(ToOwned::to_owned));
    }
    line(code)
}

fn pictures(item: El<'_>, hints: &Hints, draft: &mut Draft) {
    for component in item.every("NewsComponent") {
        if component.all("ContentItem").all(|c| c.attr("Href").is_none()) {
            continue;
        }
        let lines = component.child("NewsLines");
        let caption = caption(component).or_else(|| lines.and_then(|l| l.text_of("HeadLine")));
        let credit = lines.and_then(|l| l.text_of("CreditLine").or_else(|| l.text_of("ByLine")));
        // Renditions of one picture stand side by side in one component: the largest counts.
        let mut best: Option<(u64, String, &str)> = None;
        for content in component.all("ContentItem") {
            let Some(url) = content.attr("Href").and_then(|h| media::address(h, hints)) else { continue };
            let of = |name: &str| content.child(name).and_then(|m| m.attr("FormalName"));
            let mime = of("MimeType").unwrap_or_default();
            let kind = of("MediaType").unwrap_or_default().to_ascii_lowercase();
            let visible = ["image", "video", "audio"].iter().any(|t| mime.starts_with(t))
                || matches!(kind.as_str(), "photo" | "picture" | "graphic" | "video" | "audio" | "image");
            if !visible {
                continue;
            }
            let size = content
                .every("Property")
                .find(|p| p.attr("FormalName").is_some_and(|n| n.eq_ignore_ascii_case("width")));
            let size = size.and_then(|p| p.attr("Value")).and_then(|v| v.parse().ok()).unwrap_or_default();
            if best.as_ref().is_none_or(|(known, ..)| size > *known) {
                best = Some((size, url, mime));
            }
        }
        if let Some((_, url, mime)) = best {
            let content_type = Some(mime).filter(|m| !m.is_empty()).map(ToOwned::to_owned);
            draft.media(Media { url, content_type, caption, credit });
        }
    }
}

/// The caption: a news line of that type, or a component of that role beside the picture.
fn caption(component: El<'_>) -> Option<String> {
    let is_caption = |el: El<'_>, name: &str| {
        el.child(name).and_then(|t| t.attr("FormalName")).is_some_and(|n| n.eq_ignore_ascii_case("caption"))
    };
    let lines = component
        .every("NewsLine")
        .find(|l| is_caption(*l, "NewsLineType"))
        .and_then(|l| l.text_of("NewsLineText"));
    let part =
        || component.all("NewsComponent").find(|c| is_caption(*c, "Role"))?.find("DataContent")?.text();
    lines.or_else(part)
}
