//! What a page says of itself: JSON-LD, OpenGraph, meta elements, microdata, headings and bylines, weighed together.

use chrono::FixedOffset;
use serde_json::Value;
use wiredesk_contract::Timestamp;
use wiredesk_contract::media::Media;

use super::dates::{self, When};
use super::jsonld::{self, Declared};
use super::page::{Page, Piece, tag};
use super::titles::{self, Found};
use super::{Article, authors, plain};

/// Most first-level headings that are looked at for the title.
const MOST_HEADINGS: usize = 12;
/// How many pieces from the title a byline or a date may stand.
pub(super) const NEAR: usize = 14;

/// The `meta` elements.
pub(super) struct Metas<'a>(&'a [(String, String)]);

impl Metas<'_> {
    /// The first of the first name that is there.
    fn get(&self, names: &[&str]) -> Option<String> {
        names.iter().find_map(|name| self.all(name).next()).map(str::to_owned)
    }

    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// An article without its body.
pub(crate) fn read(page: &Page, ld: &Declared) -> Article {
    let metas = Metas(&page.head.metas);
    let site = sites(page, ld, &metas);
    let title_at = page.pieces.iter().position(|p| page.place(p).tags & tag::H1 != 0);
    let (published, modified) = times(page, ld, &metas, title_at);
    Article {
        title: title(page, ld, &metas, &site),
        deck: metas
            .get(&["og:description", "description", "twitter:description"])
            .or_else(|| ld.text("description"))
            .map(|d| plain(&d))
            .filter(|d| !d.is_empty()),
        authors: authors::read(page, ld, &metas, &site, title_at),
        published,
        modified,
        language: page
            .head
            .language
            .clone()
            .or_else(|| ld.text("inLanguage"))
            .or_else(|| metas.get(&["og:locale", "content-language", "language", "dc.language"]))
            .filter(|l| !l.is_empty()),
        image: image(ld, &metas),
        canonical: page
            .head
            .canonical
            .clone()
            .or_else(|| metas.get(&["og:url"]))
            .filter(|u| u.starts_with("http")),
        section: metas
            .get(&["article:section", "section"])
            .or_else(|| ld.text("articleSection"))
            .map(|s| plain(&s)),
        keywords: keywords(ld, &metas),
        free: ld.value("isAccessibleForFree").and_then(|v| match v {
            Value::Bool(free) => Some(*free),
            other => other.as_str().map(|s| s.eq_ignore_ascii_case("true")),
        }),
        ..Article::default()
    }
}

/// What the site is called.
fn sites(page: &Page, ld: &Declared, metas: &Metas<'_>) -> Vec<String> {
    let mut sites: Vec<String> = [
        "og:site_name",
        "application-name",
        "apple-mobile-web-app-title",
        "publisher",
        "dc.publisher",
        "cre",
    ]
    .iter()
    .filter_map(|name| metas.get(&[name]))
    .chain(ld.publishers.iter().cloned())
    .map(|s| plain(&s))
    .collect();
    let address = page.head.canonical.clone().or_else(|| metas.get(&["og:url"])).unwrap_or_default();
    let host = address.split("//").nth(1).unwrap_or_default().split('/').next().unwrap_or_default();
    let host = host.trim_start_matches("www.").to_owned();
    if let Some(name) = host.split('.').next().filter(|n| n.len() >= 3) {
        sites.push(name.to_owned());
    }
    sites.push(host);
    sites.retain(|s| !s.trim().is_empty());
    sites
}

fn title(page: &Page, ld: &Declared, metas: &Metas<'_>, site: &[String]) -> Option<String> {
    let mut candidates: Vec<(Found, String)> = Vec::new();
    let enough = |text: &str| {
        let words = text.split_whitespace().count();
        words >= 3 || text.chars().filter(|c| !c.is_ascii()).count() >= 8
    };
    // A heading may be broken into pieces.
    let mut headings: Vec<(u32, String)> = Vec::new();
    for piece in page.pieces.iter().filter(|p| page.place(p).tag & tag::H1 != 0 && !page.place(p).hidden) {
        match headings.last_mut() {
            Some((place, text)) if *place == piece.place => {
                text.push(' ');
                text.push_str(&piece.text);
            }
            _ => headings.push((piece.place, piece.text.clone())),
        }
    }
    let declared = [
        (Found::Ld, ld.text("headline")),
        (Found::OpenGraph, metas.get(&["og:title"])),
        (Found::Element, page.head.title.clone()),
        (Found::Twitter, metas.get(&["twitter:title"])),
    ];
    for (found, text) in declared {
        let text = text.map(|t| plain(&plain(&t))).filter(|t| !t.is_empty());
        candidates.extend(text.map(|t| (found, t)));
    }
    let headings = headings.into_iter().map(|(_, t)| t).filter(|t| enough(t)).take(MOST_HEADINGS).collect();
    if let Some(heading) = titles::heading(headings, &candidates) {
        candidates.insert(0, heading);
    }
    titles::choose(&candidates, site).or_else(|| {
        page.pieces.iter().find(|p| page.place(p).tags & (tag::H1 | tag::H2) != 0).map(|p| p.text.clone())
    })
}

/// First published, last changed.
fn times(
    page: &Page,
    ld: &Declared,
    metas: &Metas<'_>,
    title_at: Option<usize>,
) -> (Option<Timestamp>, Option<Timestamp>) {
    let mut published: Vec<When> = Vec::new();
    let mut modified: Vec<When> = Vec::new();
    published.extend(ld.text("datePublished").as_deref().and_then(dates::read));
    for name in [
        "article:published_time",
        "og:article:published_time",
        "article:published",
        "datepublished",
        "date.available",
        "parsely-pub-date",
        "sailthru.date",
        "publish-date",
        "publish_date",
        "publishdate",
        "pubdate",
        "dc.date.issued",
        "dcterms.created",
        "dc.date",
        "dc.date.created",
        "date",
        "cxenseparse:recs:publishtime",
        "article:date",
        "og:pubdate",
        "article.published",
        "published_at",
        "datecreated",
        "rnews:datepublished",
        "creation_date",
        "originalpublicationdate",
    ] {
        published.extend(metas.all(name).next().and_then(dates::read));
    }
    published.extend(ld.text("dateCreated").as_deref().and_then(dates::read));
    modified.extend(ld.text("dateModified").as_deref().and_then(dates::read));
    for name in ["article:modified_time", "og:updated_time", "datemodified", "date.modified", "last-modified"]
    {
        modified.extend(metas.all(name).next().and_then(dates::read));
    }
    let marked = page.head.times.iter().filter(|(_, _, marked)| *marked);
    published.extend(marked.filter_map(|(text, _, _)| dates::read(text)));
    if published.is_empty() {
        published.extend(beside_title(page, title_at));
    }
    let zone: Option<FixedOffset> = published.iter().chain(&modified).find_map(|when| match when {
        When::Instant(_, zone) if zone.local_minus_utc() != 0 => Some(*zone),
        _ => None,
    });
    (best(&published, zone), best(&modified, zone))
}

/// The first that is told; one that lacks its zone or hour gives way to a later one of the same moment that has them.
fn best(told: &[When], zone: Option<FixedOffset>) -> Option<Timestamp> {
    let first = told.first()?;
    let better = match first {
        When::Instant(..) => None,
        When::Clock(clock) => told.iter().find(|w| match w {
            When::Instant(time, zone) => {
                time.with_timezone(zone).naive_local().signed_duration_since(*clock).num_minutes().abs() <= 1
            }
            _ => false,
        }),
        When::Day(day) => told.iter().find(|w| match w {
            When::Instant(time, zone) => time.with_timezone(zone).date_naive() == *day,
            When::Clock(clock) => clock.date() == *day,
            When::Day(_) => false,
        }),
    };
    Some(better.unwrap_or(first).instant(zone))
}

/// A `time` element, or a date in words, near the title.
fn beside_title(page: &Page, title_at: Option<usize>) -> Option<When> {
    let title = title_at?;
    let range = title.saturating_sub(6)..(title + NEAR).min(page.pieces.len());
    let near = page.pieces.get(range)?;
    let title_place = page.pieces.get(title)?.place;
    let element = page.head.times.iter().find(|(_, place, _)| {
        *place > title_place.saturating_sub(60) && *place < title_place.saturating_add(150)
    });
    element.and_then(|(text, _, _)| dates::read(text)).or_else(|| {
        let short = |p: &&Piece| p.text.chars().count() < 120;
        let dated = near.iter().filter(short).filter_map(|p| dates::written(&p.text));
        // The one with an hour says more.
        let dated: Vec<When> = dated.collect();
        dated.iter().find(|w| matches!(w, When::Clock(_))).or(dated.first()).copied()
    })
}

fn image(ld: &Declared, metas: &Metas<'_>) -> Option<Media> {
    let told = ld.value("image").map(|v| v.as_array().and_then(|list| list.first()).unwrap_or(v));
    let from_ld = told.and_then(|v| v.as_str().map(str::to_owned).or_else(|| jsonld::text(v, "url")));
    let url = metas.get(&["og:image", "og:image:url", "twitter:image", "twitter:image:src"]).or(from_ld)?;
    let part = |keys: &[&str]| {
        told.and_then(|v| keys.iter().find_map(|key| jsonld::text(v, key)))
            .map(|t| plain(&t))
            .filter(|t| !t.is_empty())
    };
    url.starts_with("http").then(|| Media {
        url,
        content_type: None,
        caption: part(&["caption", "description"])
            .or_else(|| metas.get(&["og:image:alt"]).map(|t| plain(&t))),
        credit: part(&["creditText", "credit", "author", "creator", "copyrightHolder"]),
    })
}

fn keywords(ld: &Declared, metas: &Metas<'_>) -> Vec<String> {
    let mut found: Vec<String> = match ld.value("keywords") {
        Some(Value::Array(list)) => list
            .iter()
            .filter_map(|v| v.as_str().map(str::to_owned).or_else(|| jsonld::text(v, "name")))
            .collect(),
        Some(Value::String(text)) => text.split([',', ';']).map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    if found.is_empty() {
        found = metas.all("article:tag").map(str::to_owned).collect();
    }
    if found.is_empty() {
        let declared = metas.get(&["news_keywords", "keywords"]).unwrap_or_default();
        found = declared.split([',', ';']).map(str::to_owned).collect();
    }
    let mut out: Vec<String> = Vec::new();
    for word in found.iter().map(|w| plain(w)) {
        if !word.is_empty() && word.chars().count() <= 80 && !out.contains(&word) && out.len() < 40 {
            out.push(word);
        }
    }
    out
}
