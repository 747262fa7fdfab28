//! The handlers of the page: read, make a view, render.

use askama::Template;
use axum::extract::State;
use axum::response::Html;
use sqlx::PgPool;
use wiredesk_contract::Item;
use wiredesk_contract::enrichment::{Entity, Place, Provenance, Topic};
use wiredesk_contract::marked::{self, Marks};
use wiredesk_store::read::{self, Counts};

use super::filter::{Filter, Narrowed, address};
use super::view::{Row, change_words, relation_words, short_time};
use crate::answers::{Cleaning, Difference, PieceSort};
use crate::auth::Reader;
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
    here: &'static str,
    session: bool,
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
    reader: Reader,
    Query(query): Query<ListQuery>,
) -> Page {
    let list = items::page(&state.db, &query, state.config.max_page).await?;
    let health = crate::sources::all(&state.db).await?;
    let sources_ok = health.iter().filter(|s| s.state.answers()).count();
    let sources: Vec<_> = health.into_iter().map(|s| (s.id.to_string(), s.name)).collect();
    let filter = Filter::of(&query);
    let next = list.next.map(|cursor| filter.older(&cursor));
    let live = filter.is_live() && query.cursor.is_none_or(|c| c.is_empty());
    let page = WirePage {
        here: "wire",
        session: reader.by_cookie,
        counts: read::counts(&state.db).await?,
        sources_ok,
        languages: read::languages(&state.db).await?,
        sources,
        narrowed: filter.narrowed(&list.items),
        filter,
        rows: list.items.iter().map(Row::of).collect(),
        alike: list.alike,
        next,
        live,
    };
    Ok(Html(page.render()?))
}

#[derive(Template)]
#[template(path = "row.html")]
struct RowPage {
    row: Row,
}

pub(super) async fn row(State(db): State<PgPool>, Id(id): Id) -> Page {
    let item = items::find(&db, &id).await?;
    Ok(Html(RowPage { row: Row::of(&item) }.render()?))
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

pub(super) struct PlaceView {
    pub name: String,
    pub link: String,
    /// The wire with what happens around it.
    pub around: String,
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
    here: &'static str,
    session: bool,
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
    topics: Vec<NameView>,
    names: Vec<NameView>,
    quotes: Vec<QuoteView>,
    story: Option<String>,
    versions: Vec<VersionView>,
    cleaning: Option<Cleaning>,
    provenance: Vec<Provenance>,
}

/// The names of what was done as words: `share row`.
fn in_words(mut cleaning: Cleaning) -> Cleaning {
    let reasons = cleaning.removed.iter_mut().map(|passage| &mut passage.reason);
    for name in reasons.chain(cleaning.repairs.iter_mut().map(|repair| &mut repair.kind)) {
        *name = name.replace('_', " ");
    }
    cleaning
}

pub(super) async fn item(State(db): State<PgPool>, reader: Reader, Id(id): Id) -> Page {
    let detail = items::detail(&db, &id).await?;
    let item = detail.item;
    let versions = detail
        .versions
        .iter()
        .map(|v| VersionView {
            version: v.version,
            change: change_words(v.change),
            time: short_time(v.version_created),
            headline: v.item.headline().to_owned(),
        })
        .collect();
    let body = formats::body(&item, "text/plain").unwrap_or_default();
    let cleaning = crate::cleaning::of(&db, &id, item.version).await?;
    let page = ItemPage {
        here: "item",
        session: reader.by_cookie,
        row: Row::of(&item),
        by: item.by.clone(),
        body: marked::html(body, &Marks::from(&item)),
        happened: item.event_place.as_ref().map(|at| place(&at.place)),
        url: formats::page(&item).map(str::to_owned),
        notice: item.copyright_notice.clone(),
        relation: item.verdict.relation.map_or("repeat", relation_words),
        similarity: (item.verdict.similarity * 100.0).round() as u32,
        evidence: evidence(&item),
        topics: item.subjects.iter().map(topic).collect(),
        names: names(&item),
        quotes: item
            .quotes
            .iter()
            .map(|q| QuoteView { text: q.text.clone(), speaker: q.speaker.clone() })
            .collect(),
        story: item.story.as_ref().map(ToString::to_string),
        versions,
        cleaning: cleaning.map(in_words),
        provenance: item.provenance.clone(),
    };
    Ok(Html(page.render()?))
}

fn evidence(item: &Item) -> Vec<String> {
    let Some(evidence) = &item.verdict.evidence else { return Vec::new() };
    let mut lines: Vec<String> = evidence.shared.iter().map(|s| format!("Both have: “{s}”")).collect();
    if !evidence.differing_figures.is_empty() {
        lines.push(format!("Figures that differ: {}", evidence.differing_figures.join(", ")));
    }
    if !evidence.differing_names.is_empty() {
        lines.push(format!("Names that differ: {}", evidence.differing_names.join(", ")));
    }
    for edit in &evidence.edits {
        lines.push(match (edit.before.as_str(), edit.after.as_str()) {
            ("", after) => format!("This version adds: “{after}”"),
            (before, "") => format!("This version takes out: “{before}”"),
            (before, after) => format!("This version changes “{before}” to “{after}”"),
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
    }
}

fn topic(topic: &Topic) -> NameView {
    NameView { text: topic.name.clone(), kind: "topic", link: address("/", &[("topic", &topic.code)]) }
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
    here: &'static str,
    session: bool,
    id: String,
    change: &'static str,
    diff: Difference,
    /// The two versions before these, where there are any.
    earlier: Option<(u32, u32)>,
}

pub(super) async fn difference(
    State(db): State<PgPool>,
    reader: Reader,
    Id(id): Id,
    Query(query): Query<DiffQuery>,
) -> Page {
    let diff = between(&db, &id, query).await?;
    let page = DifferencePage {
        here: "item",
        session: reader.by_cookie,
        id,
        change: change_words(diff.change),
        earlier: (diff.from > 1).then(|| (diff.from - 1, diff.from)),
        diff,
    };
    Ok(Html(page.render()?))
}
