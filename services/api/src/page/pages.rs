//! The handlers of the page: read, make a view, render.

use askama::Template;
use axum::extract::State;
use axum::response::Html;
use futures::TryFutureExt;
use sqlx::PgPool;
use wiredesk_contract::Item;
use wiredesk_contract::enrichment::{Entity, Place, Topic};
use wiredesk_contract::marked::{self, Marks};
use wiredesk_store::read::{self, Counts};

use super::cleaned::{Cleaned, FoundBy};
use super::filter::{Filter, Narrowed, address};
use super::folded;
use super::view::Row;
use super::words::{Frame, Words};
use crate::answers::{Difference, PieceSort};
use crate::difference::{DiffQuery, between};
use crate::error::ApiError;
use crate::extract::{Id, Query};
use crate::formats;
use crate::items::{self, ListQuery};
use crate::state::AppState;

pub(super) type Page = Result<Html<String>, ApiError>;

/// What counts as around a place, in kilometres.
const AROUND_KM: u32 = 50;

#[derive(Template)]
#[template(path = "wire.html")]
struct WirePage {
    t: &'static Words,
    frame: Frame,
    counts: Counts,
    sources_ok: usize,
    languages: Vec<String>,
    sources: Vec<(String, String)>,
    filter: Filter,
    narrowed: Vec<Narrowed>,
    rows: Vec<Row>,
    /// No item has the words; these headlines are written much like them.
    alike: bool,
    next: Option<String>,
    /// Only the first page grows.
    live: bool,
}

pub(super) async fn wire(
    State(state): State<AppState>,
    frame: Frame,
    Query(query): Query<ListQuery>,
) -> Page {
    let (list, health, counts, languages) = tokio::try_join!(
        items::page(&state.db, &query, &state.config),
        crate::sources::all(&state.db),
        read::counts(&state.db).map_err(ApiError::from),
        read::languages(&state.db).map_err(ApiError::from),
    )?;
    let sources_ok = health.iter().filter(|s| s.state.answers()).count();
    let sources: Vec<_> = health.into_iter().map(|s| (s.id.to_string(), s.name)).collect();
    let filter = Filter::of(&query);
    let next = list.next.map(|cursor| filter.older(&cursor));
    let live = filter.is_live() && query.cursor.is_none_or(|c| c.is_empty());
    let t = frame.t;
    let mut rows: Vec<Row> = list.items.iter().map(|item| Row::of(item, t)).collect();
    if !filter.hide_duplicates {
        folded::fold(&state.db, &mut rows, t).await?;
    }
    let page = WirePage {
        t: frame.t,
        frame: frame.at("wire"),
        counts,
        sources_ok,
        languages,
        sources,
        narrowed: filter.narrowed(&list.items, t),
        filter,
        rows,
        alike: list.alike,
        next,
        live,
    };
    Ok(Html(page.render()?))
}

#[derive(Template)]
#[template(path = "row.html")]
struct RowPage {
    t: &'static Words,
    row: Row,
}

pub(super) async fn row(State(db): State<PgPool>, frame: Frame, Id(id): Id) -> Page {
    let item = items::find(&db, &id).await?;
    let mut row = Row::of(&item, frame.t);
    folded::list(&db, std::slice::from_mut(&mut row), frame.t).await?;
    Ok(Html(RowPage { t: frame.t, row }.render()?))
}

struct QuoteView {
    text: String,
    speaker: Option<String>,
}

struct NameView {
    text: String,
    kind: &'static str,
    /// The wire with those that name it.
    link: String,
}

struct TopicView {
    text: String,
    lang: &'static str,
    link: String,
}

pub(super) struct PlaceView {
    pub name: String,
    pub link: String,
    /// The wire with what happens around it.
    pub around: String,
    /// Degrees north and east.
    pub lat: f64,
    pub lon: f64,
}

struct VersionView {
    version: u32,
    change: &'static str,
    time: String,
    headline: String,
}

#[derive(Template)]
#[template(path = "item.html")]
struct ItemPage {
    t: &'static Words,
    frame: Frame,
    row: Row,
    by: Option<String>,
    /// Safe HTML, every letter of the copy escaped.
    body: String,
    happened: Option<PlaceView>,
    url: Option<String>,
    notice: Option<String>,
    relation: &'static str,
    similarity: u32,
    evidence: Vec<String>,
    topics: Vec<TopicView>,
    names: Vec<NameView>,
    quotes: Vec<QuoteView>,
    story: Option<String>,
    versions: Vec<VersionView>,
    cleaned: Option<Cleaned>,
    found_by: Vec<FoundBy>,
}

pub(super) async fn item(State(db): State<PgPool>, frame: Frame, Id(id): Id) -> Page {
    let detail = items::detail(&db, &id).await?;
    let t = frame.t;
    let item = detail.item;
    let versions = detail
        .versions
        .iter()
        .map(|v| VersionView {
            version: v.version,
            change: (t.change)(v.change),
            time: t.time(v.version_created),
            headline: v.item.headline().to_owned(),
        })
        .collect();
    let body = formats::body(&item, "text/plain").unwrap_or_default();
    let cleaning = crate::cleaning::of(&db, &id, item.version).await?;
    let page = ItemPage {
        t: frame.t,
        frame: frame.at("item"),
        row: Row::of(&item, t),
        by: item.by.clone(),
        body: marked::html(body, &Marks::from(&item)),
        happened: item.event_place.as_ref().map(|at| place(&at.place)),
        url: formats::page(&item).map(str::to_owned),
        notice: item.copyright_notice.clone(),
        relation: item.verdict.relation.map_or(t.wire.repeat, t.relation),
        similarity: (item.verdict.similarity * 100.0).round() as u32,
        evidence: evidence(&item, t),
        topics: item.subjects.iter().map(|one| topic(one, &item.language, t)).collect(),
        names: names(&item),
        quotes: item
            .quotes
            .iter()
            .map(|q| QuoteView { text: q.text.clone(), speaker: q.speaker.clone() })
            .collect(),
        story: item.story.as_ref().map(ToString::to_string),
        versions,
        cleaned: cleaning.map(|cleaning| Cleaned::of(cleaning, t)),
        found_by: item.provenance.iter().map(|one| FoundBy::of(one, t)).collect(),
    };
    Ok(Html(page.render()?))
}

fn evidence(item: &Item, t: &Words) -> Vec<String> {
    let Some(evidence) = &item.verdict.evidence else { return Vec::new() };
    let mut lines: Vec<String> = evidence.shared.iter().map(|s| (t.item.both_have)(s)).collect();
    if !evidence.differing_figures.is_empty() {
        lines.push((t.item.figures_differ)(&evidence.differing_figures.join(", ")));
    }
    if !evidence.differing_names.is_empty() {
        lines.push((t.item.names_differ)(&evidence.differing_names.join(", ")));
    }
    for edit in &evidence.edits {
        lines.push(match (edit.before.as_str(), edit.after.as_str()) {
            ("", after) => (t.item.adds)(after),
            (before, "") => (t.item.takes_out)(before),
            (before, after) => (t.item.changes)(before, after),
        });
    }
    lines
}

pub(super) fn place(place: &Place) -> PlaceView {
    let around = format!("{:.4},{:.4},{AROUND_KM}", place.lat, place.lon);
    PlaceView {
        name: format!("{}, {}", place.name, place.country),
        link: address("/", &[("place", &place.id)]),
        around: address("/", &[("near", &around)]),
        lat: place.lat,
        lon: place.lon,
    }
}

/// By its name in the language of the page, where the item has that, else in English.
fn topic(topic: &Topic, language: &str, t: &Words) -> TopicView {
    let label = topic.label.as_ref().filter(|_| language == t.code);
    TopicView {
        text: label.unwrap_or(&topic.name).clone(),
        lang: if label.is_some() { t.code } else { "en" },
        link: address("/", &[("topic", &topic.code)]),
    }
}

fn names(item: &Item) -> Vec<NameView> {
    let mut seen = std::collections::BTreeSet::new();
    let mut names: Vec<_> = item.entities.iter().filter(|e| seen.insert(&e.id)).collect();
    names.sort_by(|a, b| b.salience.total_cmp(&a.salience).then(a.start.cmp(&b.start)));
    let view = |e: &&Entity| NameView {
        text: e.name.clone(),
        kind: marked::class(e.kind),
        link: address("/", &[("entity", &e.id)]),
    };
    names.iter().take(16).map(view).collect()
}

#[derive(Template)]
#[template(path = "difference.html")]
struct DifferencePage {
    t: &'static Words,
    frame: Frame,
    id: String,
    change: &'static str,
    diff: Difference,
    /// The two versions before these, where there are any.
    earlier: Option<(u32, u32)>,
}

pub(super) async fn difference(
    State(db): State<PgPool>,
    frame: Frame,
    Id(id): Id,
    Query(query): Query<DiffQuery>,
) -> Page {
    let t = frame.t;
    let diff = between(&db, &id, query).await?;
    let page = DifferencePage {
        t: frame.t,
        frame: frame.at("item"),
        id,
        change: (t.change)(diff.change),
        earlier: (diff.from > 1).then(|| (diff.from - 1, diff.from)),
        diff,
    };
    Ok(Html(page.render()?))
}
