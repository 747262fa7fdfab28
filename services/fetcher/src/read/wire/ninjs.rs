//! ninjs (IPTC, 1.x to 3.x): one object, an array of them, or an object that wraps such an array. Names are taken without
//! case and `_`, so the dialects are one: `body_html`, `bodies[].value` with `contentType`.

use wiredesk_contract::media::Media;

use super::super::{Document, Hints, Tally};
use super::copy::{self, Copy};
use super::draft::{Draft, date, line, status, topic, urgency};
use super::html::is_web;
use super::json::{Json, members, objects};
use super::{items, media, versions};

/// Members that no other kind of document has beside `uri`.
const OWN: [&str; 14] = [
    "versioncreated",
    "firstcreated",
    "pubstatus",
    "headline",
    "headlines",
    "bodies",
    "bodytext",
    "bodyhtml",
    "bodyxhtml",
    "representationtype",
    "type",
    "title",
    "descriptions",
    "standard",
];
/// Members of wrappers that hold the items.
const WRAPPED: [&str; 7] = ["items", "hits", "data", "results", "entries", "docs", "newsitems"];

/// Reads a document; None where it is no ninjs.
pub(super) fn read(text: &str, hints: &Hints, repairs: &mut Tally) -> Option<Document> {
    // A JSON Feed says so at its head.
    if text[..text.floor_char_boundary(1024)].contains("jsonfeed.org/version") {
        return None;
    }
    let (found, ended) = if text.starts_with('[') {
        let (found, ended) = objects(text);
        found.iter().take(3).any(|object| is_ninjs(object)).then_some((found, ended))?
    } else if is_ninjs(text) {
        (vec![text], true)
    } else {
        wrapped(text)?
    };
    let mut document = Document::default();
    document.meta.form = "ninjs";
    let mut numbers = Vec::new();
    let count = found.len();
    for (n, object) in found.into_iter().enumerate() {
        // Some interfaces wrap each item once more.
        let inner =
            members(object).into_iter().find(|(k, _)| matches!(k.as_str(), "item" | "source" | "newsitem"));
        let one = Json::parse(object.trim_end()).map(|json| match inner {
            Some((key, _)) if !is_ninjs(object) => json.get(&[&key]).cloned().unwrap_or(json),
            _ => json,
        });
        match one.map(|json| entry(&json, hints).finish()) {
            Ok(Some((entry, version))) => {
                document.entries.push(entry);
                numbers.push(version);
            }
            Ok(None) => items::broken(&mut document, object, "it has no title, no text and no uri", repairs),
            // The last of a document that was cut comes again whole, unless it is the only one.
            Err(_) if !ended && n + 1 == count && n > 0 => {}
            Err(why) => {
                document.partial |= count == 1 && why.contains("EOF");
                items::broken(&mut document, object, &why, repairs);
            }
        }
    }
    if !ended || document.partial {
        repairs.add("truncated");
        document.partial = true;
    }
    versions::newest(&mut document.entries, &numbers, repairs);
    Some(document)
}

/// Has the object, which need not be whole, `uri` and what else ninjs has?
fn is_ninjs(object: &str) -> bool {
    let keys = members(object);
    let has = |key: &str| keys.iter().any(|(k, _)| k == key);
    let feed =
        keys.iter().any(|(k, at)| k == "version" && object[*at..].starts_with("\"https://jsonfeed.org"));
    !feed && has("uri") && OWN.iter().any(|key| has(key))
}

/// The items of a wrapper, up to two levels down.
fn wrapped(text: &str) -> Option<(Vec<&str>, bool)> {
    let mut object = text;
    for _ in 0..2 {
        let (_, at) = members(object).into_iter().find(|(key, _)| WRAPPED.contains(&key.as_str()))?;
        object = &object[at..];
        if object.starts_with('[') {
            let (found, ended) = objects(object);
            let inner = |o: &&str| {
                let found = members(o)
                    .into_iter()
                    .find(|(k, _)| matches!(k.as_str(), "item" | "source" | "newsitem"));
                found.is_some_and(|(_, at)| is_ninjs(&o[at..]))
            };
            return found.iter().take(3).any(|o| is_ninjs(o) || inner(o)).then_some((found, ended));
        }
    }
    None
}

fn entry(item: &Json, hints: &Hints) -> Draft {
    let mut draft = Draft::default();
    draft.entry.guid = item.text(&["uri"]).map(ToOwned::to_owned);
    let canonical = item.text(&["url", "link", "href"]).filter(|l| is_web(l)).map(ToOwned::to_owned);
    draft.entry.link = canonical.or_else(|| draft.entry.guid.clone().filter(|g| is_web(g)));
    draft.version = item.text(&["version"]).and_then(|v| v.parse().ok()).unwrap_or_default();
    let versioned = date(item.text(&["versioncreated"]), hints);
    draft.entry.published = date(item.text(&["firstcreated"]), hints).or(versioned);
    draft.entry.published = draft
        .entry
        .published
        .or_else(|| date(item.text(&["contentcreated", "published", "datetime"]), hints));
    draft.entry.updated = versioned;
    draft.entry.embargoed_until = date(item.text(&["embargoed", "embargoeduntil"]), hints);
    draft.status(status(item.text(&["pubstatus"])));
    draft.entry.urgency = urgency(item.text(&["urgency", "priority"]));
    draft.entry.language = item.text(&["language"]).map(ToOwned::to_owned);
    draft.entry.copyright = item.text(&["copyrightnotice", "copyrightholder"]).and_then(line);
    for key in ["ednote", "embargoedreason", "usageterms"] {
        draft.note(item.text(&[key]).and_then(line));
    }
    draft.title(headline(item));
    draft.fallback_title = item.text(&["title", "name", "slugline"]).and_then(line);
    draft.dateline = item.text(&["dateline"]).and_then(line);
    authors(item, &mut draft);
    copies(item, hints, &mut draft);
    draft.summary(description(item));
    categories(item, &mut draft);
    if let Some(own) = picture(item, hints) {
        draft.media(own);
    }
    for association in item.get(&["associations"]).map(Json::values).unwrap_or_default() {
        if let Some(found) = picture(association, hints) {
            draft.media(found);
        }
    }
    draft
}

/// Of texts with roles the main one, else the first.
fn with_role<'j>(list: Option<&'j Json>, roles: &[&str]) -> Option<&'j Json> {
    let values = list?.values();
    let by_role =
        |role: &&str| values.iter().find(|v| v.text(&["role"]).is_some_and(|r| r.eq_ignore_ascii_case(role)));
    roles.iter().find_map(by_role).or(values.first()).copied()
}

fn headline(item: &Json) -> Option<String> {
    let many = with_role(item.get(&["headlines"]), &["main", "headline"]);
    let many = many.and_then(|h| h.text(&["value", "headline"]).or_else(|| h.as_text()));
    item.text(&["headline"]).or(many).and_then(line)
}

fn description(item: &Json) -> Option<String> {
    let many = with_role(item.get(&["descriptions"]), &["summary", "lead", "abstract", "text", "caption"]);
    let many = many.and_then(|d| d.text(&["value"]).or_else(|| d.as_text()));
    let text = item
        .text(&["descriptiontext", "description", "descriptionsummary", "descriptioncaption"])
        .or(many)?;
    if text.contains("</") || text.contains("/>") { line(&crate::text::plain(text)) } else { line(text) }
}

fn authors(item: &Json, draft: &mut Draft) {
    for key in ["byline", "by"] {
        draft.author(item.text(&[key]).and_then(line));
        if !draft.entry.authors.is_empty() {
            return;
        }
    }
    for key in ["bylines", "authors", "creators"] {
        for by in item.get(&[key]).map(Json::values).unwrap_or_default() {
            draft.author(
                by.text(&["value", "by", "byline", "name", "literal"])
                    .or_else(|| by.as_text())
                    .and_then(line),
            );
        }
    }
    if draft.entry.authors.is_empty() {
        for source in item.get(&["infosources"]).map(Json::values).unwrap_or_default() {
            draft.author(source.text(&["name", "literal"]).and_then(line));
        }
    }
}

fn copies(item: &Json, hints: &Hints, draft: &mut Draft) {
    let title = draft.entry.title.clone();
    let mut inner = Draft::default();
    let mut found: Vec<Copy> = Vec::new();
    for body in item.get(&["bodies"]).map(Json::values).unwrap_or_default() {
        let Some(text) = body.text(&["value"]).or_else(|| body.as_text()) else { continue };
        let content_type = body.text(&["contenttype"]).unwrap_or_default();
        found.push(copy::of_text(text, content_type, &title, hints, &mut inner));
    }
    if let Json::Object(members) = item {
        for (key, value) in members {
            let (Some(kind), Some(text)) = (key.strip_prefix("body"), value.as_text()) else { continue };
            let content_type = if kind == "text" { "" } else { kind };
            found.push(copy::of_text(text, content_type, &title, hints, &mut inner));
        }
    }
    draft.content(copy::best(found));
    inner.entry.media.into_iter().for_each(|m| draft.media(m));
    if draft.entry.authors.is_empty() {
        draft.entry.authors = inner.entry.authors;
    }
    draft.dateline = draft.dateline.take().or(inner.dateline);
}

fn categories(item: &Json, draft: &mut Draft) {
    for key in ["subjects", "subject", "genres", "genre", "keywords", "keyword"] {
        let Some(values) = item.get(&[key]) else { continue };
        // A single object is one subject, not a map of names.
        let values = if values.text(&["name"]).is_some() { vec![values] } else { values.values() };
        for value in values {
            let code = value.text(&["code", "qcode", "uri", "literal"]);
            let name = value.text(&["name"]).or_else(|| value.as_text());
            draft.category(name.and_then(line).or_else(|| topic(code?).map(ToOwned::to_owned)));
        }
    }
    draft.category(item.text(&["slugline"]).and_then(line));
}

/// A picture, video or sound: of its renditions the widest.
fn picture(item: &Json, hints: &Hints) -> Option<Media> {
    let renditions = item.get(&["renditions"])?;
    let size = |r: &Json| r.text(&["width"]).and_then(|w| w.parse::<f64>().ok()).unwrap_or_default();
    let shown = |r: &&&Json| !r.text(&["contenttype", "mimetype"]).is_some_and(|t| t.starts_with("text/"));
    let values = renditions.values();
    let mut best: Option<(&Json, String)> = None;
    for rendition in values.iter().filter(shown) {
        let Some(url) = rendition.text(&["href"]).and_then(|h| media::address(h, hints)) else { continue };
        if best.as_ref().is_none_or(|(known, _)| size(rendition) > size(known)) {
            best = Some((rendition, url));
        }
    }
    let (rendition, url) = best?;
    Some(Media {
        url,
        content_type: rendition.text(&["contenttype", "mimetype"]).map(ToOwned::to_owned),
        caption: description(item).or_else(|| headline(item)),
        credit: item.text(&["creditline", "byline", "by", "copyrightholder"]).and_then(line),
    })
}
