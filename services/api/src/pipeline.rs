//! `GET /v1/pipeline` and `GET /v1/figures`: how the line is doing, and what the last day brought.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use chrono::{DurationRound, TimeDelta};
use wiredesk_contract::Timestamp;
use wiredesk_runtime::progress::{Progress, STAGES};
use wiredesk_store::outbox;
use wiredesk_store::read::figures::{self, Counted, HourPace, Volume};

use crate::answers::{CountLine, Figures, HourLine, OutboxLine, Pipeline, StageLine};
use crate::dead;
use crate::error::ApiError;
use crate::state::AppState;

/// Hours that the figures are of.
const HOURS: i32 = 24;
/// Lines of a list of what is most.
const MOST: i64 = 10;

/// How the line is doing, a few seconds old at most.
///
/// # Errors
/// [`ApiError`].
pub async fn pipeline(State(state): State<AppState>) -> Result<Json<Pipeline>, ApiError> {
    Ok(Json(line(&state).await?))
}

/// The same, for the API and the web page alike.
///
/// # Errors
/// [`ApiError`].
pub async fn line(state: &AppState) -> Result<Pipeline, ApiError> {
    state.line.get(async || look(state).await).await
}

async fn look(state: &AppState) -> Result<Pipeline, ApiError> {
    let now = (state.deps.clock)();
    let mut stages = Vec::new();
    for (stage, kind) in STAGES {
        let progress = Progress::of(&state.deps, stage, kind).await.map_err(ApiError::Line)?;
        stages.push(StageLine {
            stage: stage.to_owned(),
            topic: state.deps.topics.name(kind).to_owned(),
            waiting: progress.waiting(),
            missed: progress.missed(),
        });
    }
    let backlog = outbox::backlog(&state.db).await?;
    let pace = figures::pace(&state.db, now - TimeDelta::hours(1)).await?;
    Ok(Pipeline {
        at: now,
        bus: state.deps.bus.name().to_owned(),
        stages,
        outbox: OutboxLine {
            rows: backlog.rows,
            parked: backlog.parked,
            oldest_seconds: backlog.oldest.map_or(0, |oldest| (now - oldest).num_seconds().max(0)),
        },
        versions_last_hour: pace.versions,
        p50_seconds: pace.p50_seconds,
        p95_seconds: pace.p95_seconds,
        dead_letters: dead::waiting(state).await?,
    })
}

/// Figures of the last 24 hours, a minute old at most.
///
/// # Errors
/// [`ApiError`].
pub async fn figures(State(state): State<AppState>) -> Result<Json<Figures>, ApiError> {
    Ok(Json(of_the_day(&state).await?))
}

/// The same, for the API and the web page alike.
///
/// # Errors
/// [`ApiError`].
pub async fn of_the_day(state: &AppState) -> Result<Figures, ApiError> {
    state.figures.get(async || count(state).await).await
}

async fn count(state: &AppState) -> Result<Figures, ApiError> {
    let now = (state.deps.clock)();
    let running = now.duration_trunc(TimeDelta::hours(1)).unwrap_or(now);
    let since = running - TimeDelta::hours(i64::from(HOURS) - 1);
    let volumes = figures::volumes(&state.db, since).await?;
    let paces = figures::paces(&state.db, since).await?;
    Ok(Figures {
        hours: hours(&volumes, &paces, since),
        languages: languages(&volumes),
        sources: lines(figures::busiest(&state.db, since, MOST).await?),
        topics: lines(figures::topics(&state.db, since, MOST).await?),
    })
}

fn lines(counted: Vec<Counted>) -> Vec<CountLine> {
    counted.into_iter().map(|c| CountLine { id: c.id, name: c.name, items: c.items }).collect()
}

/// Every hour, those too in which nothing came.
fn hours(volumes: &[Volume], paces: &[HourPace], since: Timestamp) -> Vec<HourLine> {
    let hour = |n| {
        let hour = since + TimeDelta::hours(i64::from(n));
        let of_it = || volumes.iter().filter(|v| v.hour == hour);
        let pace = paces.iter().find(|pace| pace.hour == hour);
        HourLine {
            hour,
            items: of_it().map(|v| v.items).sum(),
            repeats: of_it().map(|v| v.repeats).sum(),
            p50_seconds: pace.map(|pace| pace.p50_seconds),
            p95_seconds: pace.map(|pace| pace.p95_seconds),
        }
    };
    (0..HOURS).map(hour).collect()
}

fn languages(volumes: &[Volume]) -> Vec<CountLine> {
    let mut of: BTreeMap<&str, i64> = BTreeMap::new();
    for volume in volumes {
        *of.entry(&volume.language).or_default() += volume.items;
    }
    let mut lines: Vec<CountLine> = of
        .into_iter()
        .map(|(id, items)| CountLine { id: id.to_owned(), name: id.to_owned(), items })
        .collect();
    lines.sort_by_key(|line| std::cmp::Reverse(line.items));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_without_news_are_there() {
        let since = Timestamp::from_timestamp(1_790_000_000 / 3600 * 3600, 0).unwrap();
        let volume = |hour: i64, language: &str, items, repeats| Volume {
            hour: since + TimeDelta::hours(hour),
            language: language.to_owned(),
            items,
            repeats,
        };
        let volumes = [volume(0, "es", 3, 1), volume(23, "es", 2, 0), volume(23, "fr", 7, 2)];
        let paces = [HourPace { hour: since, p50_seconds: 1.5, p95_seconds: 4.0 }];
        let hours = hours(&volumes, &paces, since);
        assert_eq!(hours.len(), 24);
        assert_eq!((hours[0].items, hours[1].items, hours[23].items, hours[23].repeats), (3, 0, 9, 2));
        assert_eq!(
            (hours[0].p50_seconds, hours[0].p95_seconds, hours[1].p50_seconds),
            (Some(1.5), Some(4.0), None)
        );
        let languages = languages(&volumes);
        assert_eq!(
            languages.iter().map(|l| (l.id.as_str(), l.items)).collect::<Vec<_>>(),
            [("fr", 7), ("es", 5)]
        );
    }
}
