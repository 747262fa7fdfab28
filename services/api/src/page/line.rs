//! The pipeline's screen: stages, pace, charts of the last day, dead letters.

use askama::Template;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};

use super::desk::reason;
use super::filter::address;
use super::words::{Frame, Words};
use crate::answers::{CountLine, DeadLine, Figures, HourLine, Pipeline};
use crate::auth::{Admin, Reader};
use crate::dead::{self, DeadQuery};
use crate::error::ApiError;
use crate::extract::{Query, text};
use crate::pipeline;
use crate::state::AppState;

/// Height of the tallest bar, and width of one with its gap, in the chart's own units.
const HEIGHT: i64 = 100;
const STEP: usize = 20;

struct Bar {
    x: usize,
    /// Items that repeat nothing.
    fresh: i64,
    fresh_y: i64,
    /// Repeats, above them.
    repeats: i64,
    repeats_y: i64,
    /// In words.
    title: String,
}

/// How long an hour's items had been under way.
struct Wait {
    x: usize,
    /// Half of them.
    half: i64,
    half_y: i64,
    /// Nineteen of twenty.
    most: i64,
    most_y: i64,
    /// In words.
    title: String,
}

struct Most {
    name: String,
    link: String,
    items: i64,
    /// Of the first of its list, in percent.
    share: i64,
}

struct LetterView {
    id: String,
    at: String,
    stage: String,
    reason: String,
    explanation: String,
    place: String,
    /// What was done with it, where it still waits.
    done: Option<String>,
    /// It was a record, and can be sent again.
    record: bool,
}

/// What there was most of.
struct Ranking {
    heading: &'static str,
    /// Of its names, where they are words.
    lang: Option<&'static str>,
    lines: Vec<Most>,
}

#[derive(Template)]
#[template(path = "pipeline.html")]
struct PipelinePage {
    t: &'static Words,
    frame: Frame,
    admin: bool,
    line: Pipeline,
    p50: String,
    p95: String,
    bars: Vec<Bar>,
    waits: Vec<Wait>,
    /// The longest of them.
    longest: String,
    /// Width of the chart.
    width: usize,
    /// Items of the tallest bar.
    tallest: String,
    first: String,
    last: String,
    most: Vec<Ranking>,
    letters: Vec<LetterView>,
    older: Option<String>,
    wrong: Option<String>,
}

pub(super) async fn pipeline(
    State(state): State<AppState>,
    reader: Reader,
    frame: Frame,
    Query(query): Query<DeadQuery>,
) -> Result<Html<String>, ApiError> {
    page(&state, &reader, frame, &query, None).await
}

async fn page(
    state: &AppState,
    reader: &Reader,
    frame: Frame,
    query: &DeadQuery,
    wrong: Option<String>,
) -> Result<Html<String>, ApiError> {
    let t = frame.t;
    let line = pipeline::line(state).await?;
    let figures = pipeline::of_the_day(state).await?;
    let dead = dead::page(state, query).await?;
    let seconds = |s: Option<f64>| s.map_or_else(|| "–".to_owned(), |s| format!("{} s", t.tenths(s)));
    let hour = |hour: Option<&HourLine>| hour.map(|h| t.time(h.hour)).unwrap_or_default();
    let page = PipelinePage {
        t: frame.t,
        frame: frame.at("pipeline"),
        admin: reader.is_admin_here(),
        p50: seconds(line.p50_seconds),
        p95: seconds(line.p95_seconds),
        bars: bars(&figures.hours, t),
        waits: waits(&figures.hours, t),
        longest: seconds(longest(&figures.hours)),
        width: figures.hours.len() * STEP,
        tallest: t.number(tallest(&figures.hours)),
        first: hour(figures.hours.first()),
        last: hour(figures.hours.last()),
        most: most(figures, t),
        letters: dead.letters.into_iter().map(|line| letter(line, t)).collect(),
        older: dead.next.map(|next| address("/pipeline", &[("cursor", &next)])),
        line,
        wrong,
    };
    Ok(Html(page.render()?))
}

/// `POST /dead/{id}/retry` and `…/drop`, from the page's buttons.
pub(super) async fn change_letter(
    admin: Admin,
    reader: Reader,
    frame: Frame,
    State(state): State<AppState>,
    Path((id, deed)): Path<(String, String)>,
    body: Bytes,
) -> Result<Response, ApiError> {
    text("the id", &id, 200)?;
    let why = reason(&body)?;
    let done = match deed.as_str() {
        "retry" => dead::ask_again(&state, admin, &id, why).await,
        "drop" => dead::leave(&state, admin, &id, why).await,
        _ => return Err(ApiError::NotFound { what: "page", id: format!("/dead/{id}/{deed}") }),
    };
    match done {
        Ok(_) => Ok(Redirect::to("/pipeline#dead").into_response()),
        Err(error @ (ApiError::Conflict(_) | ApiError::Form(_))) => {
            let why = (frame.t.error)(&error);
            let page = page(&state, &reader, frame, &DeadQuery::default(), Some(why)).await?;
            Ok((StatusCode::CONFLICT, page).into_response())
        }
        Err(error) => Err(error),
    }
}

fn tallest(hours: &[HourLine]) -> i64 {
    hours.iter().map(|hour| hour.items).max().unwrap_or_default()
}

fn bars(hours: &[HourLine], t: &Words) -> Vec<Bar> {
    let whole = tallest(hours).max(1);
    // What came is seen, however little it is.
    let scaled = |items: i64| if items == 0 { 0 } else { (items * HEIGHT / whole).max(1) };
    let bar = |(n, hour): (usize, &HourLine)| {
        let (fresh, repeats) = (scaled(hour.items - hour.repeats), scaled(hour.repeats));
        Bar {
            x: n * STEP,
            fresh,
            fresh_y: HEIGHT - fresh,
            repeats,
            repeats_y: (HEIGHT - fresh - repeats).max(0),
            title: (t.pipeline.bar)(&t.time(hour.hour), &t.number(hour.items), &t.number(hour.repeats)),
        }
    };
    hours.iter().enumerate().map(bar).collect()
}

fn longest(hours: &[HourLine]) -> Option<f64> {
    hours.iter().filter_map(|hour| hour.p95_seconds).max_by(f64::total_cmp)
}

/// None where nothing came all day.
fn waits(hours: &[HourLine], t: &Words) -> Vec<Wait> {
    let Some(whole) = longest(hours).map(|longest| longest.max(0.001)) else { return Vec::new() };
    let scaled = |seconds: f64| ((seconds / whole * HEIGHT as f64) as i64).clamp(1, HEIGHT);
    let wait = |(n, hour): (usize, &HourLine)| {
        let (half, most) = hour.p50_seconds.zip(hour.p95_seconds)?;
        let title = (t.pipeline.wait_bar)(&t.time(hour.hour), &t.tenths(half), &t.tenths(most));
        let (half, most) = (scaled(half), scaled(most));
        Some(Wait { x: n * STEP, half, half_y: HEIGHT - half, most, most_y: HEIGHT - most, title })
    };
    hours.iter().enumerate().filter_map(wait).collect()
}

fn most(figures: Figures, t: &Words) -> Vec<Ranking> {
    let list = |heading, lang, lines: Vec<CountLine>, parameter: &str| {
        let whole = lines.iter().map(|line| line.items).max().unwrap_or_default().max(1);
        let view = |line: CountLine| Most {
            link: address("/", &[(parameter, &line.id)]),
            name: line.name,
            items: line.items,
            share: (line.items * 100 / whole).max(1),
        };
        Ranking { heading, lang, lines: lines.into_iter().map(view).collect() }
    };
    let mut all = vec![
        list(t.pipeline.languages, None, figures.languages, "language"),
        list(t.pipeline.wires, None, figures.sources, "source"),
        list(t.pipeline.topics, Some("en"), figures.topics, "topic"),
    ];
    all.retain(|list| !list.lines.is_empty());
    all
}

fn letter(line: DeadLine, t: &Words) -> LetterView {
    LetterView {
        id: line.dead_id.to_string(),
        at: t.time(line.at),
        stage: line.stage,
        reason: line.reason,
        explanation: line.explanation,
        record: line.partition >= 0,
        place: if line.partition < 0 {
            line.topic
        } else {
            format!("{} {} @ {}", line.topic, line.partition, line.offset)
        },
        done: line.settled.map(|done| match done.reason.as_str() {
            "" => (t.pipeline.done)(&done.action).to_owned(),
            reason => format!("{}: {reason}", (t.pipeline.done)(&done.action)),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::super::words::LANGUAGES;
    use super::*;

    #[test]
    fn bars_fill_the_chart_and_stay_in_it() {
        let hour = |items, repeats| HourLine {
            hour: wiredesk_contract::Timestamp::from_timestamp(1_790_000_000, 0).unwrap(),
            items,
            repeats,
            p50_seconds: None,
            p95_seconds: None,
        };
        let bars = bars(&[hour(0, 0), hour(1000, 400), hour(1, 0), hour(999, 998)], LANGUAGES[0]);
        assert_eq!((bars[0].fresh, bars[0].repeats), (0, 0));
        assert_eq!((bars[1].fresh, bars[1].repeats, bars[1].repeats_y), (60, 40, 0));
        assert_eq!(bars[2].fresh, 1, "little is seen too");
        assert!(bars.iter().all(|bar| bar.repeats_y >= 0 && bar.fresh_y >= 0));
        assert!(super::bars(&[hour(0, 0)], LANGUAGES[0])[0].fresh == 0);
    }

    #[test]
    fn waits_are_measured_by_the_longest() {
        let hour = |p50_seconds, p95_seconds| HourLine {
            hour: wiredesk_contract::Timestamp::from_timestamp(1_790_000_000, 0).unwrap(),
            items: 0,
            repeats: 0,
            p50_seconds,
            p95_seconds,
        };
        assert!(waits(&[hour(None, None)], LANGUAGES[0]).is_empty());
        let waits =
            waits(&[hour(Some(2.0), Some(8.0)), hour(None, None), hour(Some(0.0), Some(0.1))], LANGUAGES[0]);
        assert_eq!(
            waits.iter().map(|w| (w.x, w.half, w.most)).collect::<Vec<_>>(),
            [(0, 25, 100), (2 * STEP, 1, 1)]
        );
        assert!(waits.iter().all(|w| w.half_y >= 0 && w.most_y >= 0));
    }
}
