//! NewsML-G2 (IPTC, all versions 2.x): `newsMessage` with its `itemSet`, or a single item; news, packages, planning and
//! concept items.

use std::collections::HashMap;

use wiredesk_contract::Timestamp;
use wiredesk_contract::media::Media;
use wiredesk_contract::status::PubStatus;

use super::super::{Document, Hints, Tally};
use super::draft::{Draft, code_of, date, line, status, topic, urgency};
use wiredesk_contract::escape::escape;

use super::html::{block, is_web};
use super::items::{self, Shape};
use super::tree::El;
use super::{copy, media};

/// Reads a message or a single item.
pub(super) fn read(text: &str, shape: &Shape<'_>, hints: &Hints, repairs: &mut Tally) -> Document {
    let sent = std::cell::Cell::new(None);
    let mut packages = 0_usize;
    let mut document = items::read(
        text,
        shape,
        repairs,
        |head, document| {
            let header = head.find("header");
            sent.set(header.and_then(|h| date(h.text_of("sent"), hints)));
            document.meta.title = header.and_then(|h| h.text_of("sender"));
        },
        |item, _| {
            if item.is("knowledgeItem") {
                return Err("it is a vocabulary (knowledgeItem), not news".to_owned());
            }
            let found = entry(item, sent.get(), hints);
            // A package that only binds together what comes beside it says nothing of its own.
            if item.is("packageItem") && found.entry.title.is_empty() && found.entry.content_html.is_none() {
                packages += 1;
                return Ok(None);
            }
            Ok(Some(found))
        },
    );
    if document.entries.is_empty() && packages > 0 {
        let why = "the package only refers to items, and none of them is in the message";
        items::broken(&mut document, "", why, repairs);
    }
    document.meta.form = "NewsML-G2";
    document
}

fn entry(item: El<'_>, sent: Option<Timestamp>, hints: &Hints) -> Draft {
    let mut draft = Draft::default();
    draft.entry.guid = item.attr("guid").map(ToOwned::to_owned);
    draft.entry.link = draft.entry.guid.clone().filter(|g| is_web(g));
    draft.version = item.attr("version").and_then(|v| v.parse().ok()).unwrap_or_default();
    draft.entry.language = item.attr("lang").map(ToOwned::to_owned);
    if let Some(meta) = item.child("itemMeta") {
        item_meta(meta, hints, &mut draft);
    }
    let content_meta = if item.is("contentMeta") { Some(item) } else { item.child("contentMeta") };
    if let Some(meta) = content_meta {
        content_metadata(item, meta, hints, &mut draft);
    }
    for rights in item.all("rightsInfo") {
        let holder = || rights.child("copyrightHolder").and_then(named);
        draft.entry.copyright =
            draft.entry.copyright.take().or_else(|| rights.text_of("copyrightNotice")).or_else(holder);
        rights.all("usageTerms").for_each(|terms| draft.note(terms.text()));
    }
    let content = if item.is("contentSet") { Some(item) } else { item.child("contentSet") };
    if let Some(set) = content {
        content_set(item, set, hints, &mut draft);
    }
    if let Some(groups) = item.child("groupSet") {
        draft.content(references(groups));
    }
    for coverage in item.every("newsCoverage") {
        coverage.every("edNote").for_each(|note| draft.note(note.text()));
    }
    if let Some(concept) = item.child("concept") {
        draft.title(concept.text_of("name"));
        draft.summary(concept.text_of("definition"));
    }
    if draft.entry.published.is_none() && draft.entry.updated.is_none() && draft.entry.content_html.is_some()
    {
        draft.entry.published = sent;
    }
    draft
}

fn item_meta(meta: El<'_>, hints: &Hints, draft: &mut Draft) {
    draft.entry.updated = date(meta.text_of("versionCreated"), hints);
    draft.entry.published = date(meta.text_of("firstCreated"), hints).or(draft.entry.updated);
    draft.entry.embargoed_until = date(meta.text_of("embargoed"), hints);
    draft.status(meta.child("pubStatus").and_then(code).and_then(|c| status(Some(c))));
    draft.fallback_title = meta.text_of("title");
    for note in meta.all("edNote") {
        draft.note(note.text());
    }
    for signal in meta.all("signal") {
        let Some(signal) = code(signal).map(code_of) else { continue };
        if status(Some(signal)) == Some(PubStatus::Canceled) {
            draft.status(Some(PubStatus::Canceled));
        } else if !matches!(signal.to_ascii_lowercase().as_str(), "update" | "atomic" | "") {
            draft.note(line(signal));
        }
    }
}

/// The code of a property, by whichever of the three ways it is given.
fn code(el: El<'_>) -> Option<&str> {
    ["qcode", "uri", "literal"].iter().find_map(|n| el.attr(n))
}

/// The name of a concept.
fn named(el: El<'_>) -> Option<String> {
    el.text_of("name").or_else(|| el.attr("literal").and_then(line)).or_else(|| el.text())
}

fn content_metadata(item: El<'_>, meta: El<'_>, hints: &Hints, draft: &mut Draft) {
    draft.entry.urgency = urgency(meta.text_of("urgency"));
    if let Some(tag) = meta.child("language").and_then(|l| l.attr("tag")) {
        draft.entry.language = Some(tag.to_owned());
    }
    let created = date(meta.text_of("contentCreated"), hints);
    draft.entry.published = draft.entry.published.or(created);
    let main = meta.all("headline").find(|h| h.attr("role").is_none_or(|r| code_of(r) == "main"));
    draft.title(main.and_then(El::text).or_else(|| meta.text_of("headline")));
    let slug = meta.text_of("slugline");
    draft.fallback_title = draft.fallback_title.take().or_else(|| slug.clone());
    meta.all("by").for_each(|by| draft.author(by.text()));
    draft.dateline = meta.text_of("dateline");
    let summary = meta
        .all("description")
        .find(|d| d.attr("role").is_some_and(|r| matches!(code_of(r), "summary" | "lead")));
    draft.summary(summary.or_else(|| meta.child("description")).and_then(El::text));
    let mut known: HashMap<&str, String> = HashMap::new();
    for concept in item.all("assert") {
        if let (Some(code), Some(name)) = (code(concept), concept.text_of("name")) {
            known.entry(code).or_insert(name);
        }
    }
    for subject in meta.all("subject").chain(meta.all("genre")) {
        let by_code = || {
            let code = code(subject)?;
            known.get(code).cloned().or_else(|| topic(code).map(ToOwned::to_owned))
        };
        let literal = || subject.attr("literal").and_then(line);
        draft.category(subject.text_of("name").or_else(by_code).or_else(literal));
    }
    meta.all("keyword").for_each(|word| draft.category(word.text()));
    draft.category(slug);
}

fn content_set(item: El<'_>, set: El<'_>, hints: &Hints, draft: &mut Draft) {
    let title = draft.entry.title.clone();
    // NITF inside may name people, dates and pictures that the metadata does not.
    let mut inner = Draft::default();
    let mut copies = Vec::new();
    for part in set.children().filter(|el| el.is("inlineXML") || el.is("inlineData")) {
        let content_type = part.attr("contenttype").unwrap_or_default();
        if part.attr("encoding").is_some_and(|e| !e.eq_ignore_ascii_case("none")) || binary(content_type) {
            continue;
        }
        copies.push(copy::of_element(part, content_type, &title, hints, &mut inner));
    }
    draft.content(copy::best(copies));
    if draft.entry.title.is_empty() {
        draft.entry.title = inner.entry.title;
    }
    if draft.entry.authors.is_empty() {
        draft.entry.authors = inner.entry.authors;
    }
    if draft.entry.summary_html.is_none() {
        draft.entry.summary_html = inner.entry.summary_html;
    }
    draft.dateline = draft.dateline.take().or(inner.dateline);
    draft.entry.urgency = draft.entry.urgency.or(inner.entry.urgency);
    draft.entry.published = draft.entry.published.or(inner.entry.published);
    draft.entry.copyright = draft.entry.copyright.take().or(inner.entry.copyright);
    draft.note(inner.entry.ed_note);
    inner.entry.media.into_iter().for_each(|m| draft.media(m));
    let meta = item.child("contentMeta");
    if draft.entry.authors.is_empty() {
        let creators = meta.into_iter().flat_map(|m| m.all("creator"));
        creators.for_each(|creator| {
            draft.author(creator.text_of("name").or_else(|| creator.attr("literal").and_then(line)))
        });
    }
    let caption = || {
        let caption =
            meta?.all("description").find(|d| d.attr("role").is_some_and(|r| code_of(r) == "caption"))?;
        caption.text()
    };
    let credit =
        || meta.and_then(|m| m.text_of("creditline")).or_else(|| draft.entry.authors.first().cloned());
    let (caption, credit) = (caption(), credit());
    for remote in largest(set) {
        let Some(url) = remote.attr("href").and_then(|h| media::address(h, hints)) else { continue };
        let content_type = remote.attr("contenttype").map(ToOwned::to_owned);
        draft.media(Media { url, content_type, caption: caption.clone(), credit: credit.clone() });
    }
}

fn binary(content_type: &str) -> bool {
    ["image/", "video/", "audio/", "application/pdf"].iter().any(|t| content_type.starts_with(t))
}

/// Of the renditions of one picture, video or sound the largest of each sort.
fn largest(set: El<'_>) -> Vec<El<'_>> {
    let mut best: Vec<(&str, u64, El<'_>)> = Vec::new();
    for remote in set.all("remoteContent") {
        let sort = remote.attr("contenttype").and_then(|t| t.split('/').next()).unwrap_or_default();
        if matches!(sort, "text" | "application") {
            continue;
        }
        let number = |name: &str| remote.attr(name).and_then(|n| n.parse::<u64>().ok());
        let size = number("width").or_else(|| number("size")).unwrap_or_default();
        match best.iter_mut().find(|(other, ..)| *other == sort) {
            Some(known) if known.1 < size => *known = (sort, size, remote),
            Some(_) => {}
            None => best.push((sort, size, remote)),
        }
    }
    best.into_iter().map(|(.., remote)| remote).collect()
}

/// What a package refers to, as a list.
fn references(groups: El<'_>) -> String {
    let mut list = String::new();
    for reference in groups.every("itemRef") {
        let text: Vec<String> =
            ["title", "headline", "description"].iter().filter_map(|n| reference.text_of(n)).collect();
        if !text.is_empty() {
            list.push_str("<li>");
            escape(&text.join(": "), &mut list);
            list.push_str("</li>");
        }
    }
    let mut out = String::new();
    if !list.is_empty() {
        block(&mut out, "ul", &list);
    }
    out
}
