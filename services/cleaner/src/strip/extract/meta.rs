//! What a page says of itself: JSON-LD, OpenGraph, meta, headings.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDateTime, Utc};
use dom_query::Document;
use wiredesk_contract::Timestamp;
use wiredesk_contract::media::Media;

use super::{Article, jsonld, plain, titles};
use crate::strip::hygiene;

/// An article without its body.
pub(crate) fn read(document: &Document, ld: Option<&serde_json::Value>) -> Article {
    let metas = metas(document);
    let from_ld = |key: &str| ld.and_then(|v| jsonld::text(v, key));
    let meta = |names: &[&str]| names.iter().find_map(|name| metas.get(&name.to_lowercase()).cloned());
    let attr = |selector: &str, name: &str| {
        document.select(selector).nodes().first().and_then(|n| n.attr(name)).map(|v| v.trim().to_owned())
    };
    let declared: Vec<String> = [
        from_ld("headline"),
        meta(&["og:title", "twitter:title"]),
        document.select("head > title").nodes().first().map(|n| n.text().to_string()),
    ]
    .into_iter()
    .flatten()
    .map(|t| plain(&t))
    .filter(|t| !t.is_empty())
    .collect();
    let headings: Vec<String> = document
        .select("h1")
        .nodes()
        .iter()
        .take(5)
        .map(|n| hygiene::line(&n.text()))
        .filter(|t| !t.is_empty())
        .collect();
    let site = meta(&["og:site_name", "application-name"]);
    let time = |value: Option<String>| value.as_deref().and_then(instant);
    let published = time(from_ld("datePublished"))
        .or_else(|| {
            time(meta(&[
                "article:published_time",
                "og:article:published_time",
                "datePublished",
                "date",
                "pubdate",
                "dc.date.issued",
            ]))
        })
        .or_else(|| time(attr("time[datetime]", "datetime")));
    let modified =
        time(from_ld("dateModified")).or_else(|| time(meta(&["article:modified_time", "og:updated_time"])));
    let image =
        from_ld("image").or_else(|| meta(&["og:image", "twitter:image"])).filter(|u| u.starts_with("http"));
    Article {
        title: titles::choose(&declared, &headings, site.as_deref()),
        deck: meta(&["og:description", "description"])
            .or_else(|| from_ld("description"))
            .map(|d| plain(&d))
            .filter(|d| !d.is_empty()),
        authors: authors(document, &metas, ld),
        published,
        modified,
        language: attr("html", "lang").or_else(|| from_ld("inLanguage")).filter(|l| !l.is_empty()),
        image: image.map(|url| Media { url, content_type: None, caption: None, credit: None }),
        canonical: attr("link[rel=canonical]", "href").filter(|u| u.starts_with("http")),
        ..Article::default()
    }
}

/// What the `meta` elements say, by name or property in small letters; the first of a name counts.
type Metas = BTreeMap<String, String>;

/// All of them in one walk: a selector for each name would walk the whole page each time.
fn metas(document: &Document) -> Metas {
    let mut found = Metas::new();
    for node in document.select("meta[content]").nodes() {
        let content = node.attr_or("content", "").trim().to_owned();
        for key in ["property", "name", "itemprop"].iter().filter_map(|key| node.attr(key)) {
            if !content.is_empty() {
                found.entry(key.trim().to_lowercase()).or_insert_with(|| content.clone());
            }
        }
    }
    found
}

fn authors(document: &Document, metas: &Metas, ld: Option<&serde_json::Value>) -> Vec<String> {
    let mut names = ld.map(jsonld::authors).unwrap_or_default();
    if names.is_empty() {
        names = ["author", "article:author", "byl", "dc.creator", "parsely-author"]
            .iter()
            .find_map(|name| metas.get(*name).filter(|c| !c.starts_with("http")).cloned())
            .into_iter()
            .collect();
    }
    if names.is_empty() {
        let found = document
            .select("[rel=author], [itemprop=author] [itemprop=name], [class*=author-name], .byline a");
        names = found.nodes().iter().take(4).map(|n| n.text().to_string()).collect();
    }
    let mut clean: Vec<String> = Vec::new();
    for name in names.iter().flat_map(|name| people(&plain(name))) {
        if !clean.contains(&name) {
            clean.push(name);
        }
    }
    clean
}

/// Single names of a byline; `By A, B and C`.
pub(crate) fn people(byline: &str) -> Vec<String> {
    let bare = ["By ", "by ", "Por ", "Par ", "Von ", "Di ", "BY "]
        .iter()
        .find_map(|p| byline.strip_prefix(p))
        .unwrap_or(byline);
    let mut parts = vec![bare.to_owned()];
    for mark in [", ", " and ", " y ", " et ", " und ", " e ", " i ", " & ", " / ", "; "] {
        parts = parts.iter().flat_map(|p| p.split(mark).map(str::to_owned).collect::<Vec<_>>()).collect();
    }
    let name = |p: &String| {
        let length = p.chars().count();
        (if p.is_ascii() { 3 } else { 2 }..=60).contains(&length)
            && p.split(' ').count() <= 6
            && !p.contains(['@', '/'])
            && !p.chars().any(|c| c.is_ascii_digit())
    };
    parts.iter().map(|p| p.trim().to_owned()).filter(name).collect()
}

/// An instant with a zone; without one it is taken for UTC.
pub(crate) fn instant(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(time) = DateTime::parse_from_rfc3339(text).or_else(|_| DateTime::parse_from_rfc2822(text)) {
        return Some(time.with_timezone(&Utc));
    }
    for form in ["%Y-%m-%dT%H:%M:%S%.f%z", "%Y-%m-%dT%H:%M%z", "%Y-%m-%d %H:%M:%S%z", "%Y-%m-%d %H:%M:%S %z"]
    {
        if let Ok(time) = DateTime::parse_from_str(text, form) {
            return Some(time.with_timezone(&Utc));
        }
    }
    for form in ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"] {
        if let Ok(time) = NaiveDateTime::parse_from_str(text, form) {
            return Some(time.and_utc());
        }
    }
    None
}
