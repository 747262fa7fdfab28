//! The memories of the sources in hand: loaded before they are needed, and taught by what went through.

use std::collections::BTreeMap;

use chrono::Duration;
use sqlx::PgPool;
use wiredesk_contract::{ItemId, RawItem, SourceId, Timestamp};
use wiredesk_runtime::Answered;
use wiredesk_store::memory::{self, NewLine, SourceArticle, SourceLine};

use super::learn::learn;
use super::lines::Told;
use super::{InForce, Memory};

/// How far ahead of its writing a version comes into force. For so long no cleaner has to ask for newer ones. All cleaners
/// of a database must agree on it, so it is no setting.
pub const LEAD: Duration = Duration::minutes(10);
/// Shortest time between two lessons on a source.
const EVERY: Duration = Duration::minutes(10);
/// Most sources whose memories are held, at about 100 bytes a line and 300 lines at most.
const MOST_SOURCES: usize = 20_000;

/// What one article tells.
pub struct Telling<'a> {
    /// The source.
    pub source: &'a SourceId,
    /// The item.
    pub item_id: &'a ItemId,
    /// When its page was fetched.
    pub fetched_at: Timestamp,
    /// What its text tells.
    pub told: &'a Told,
}

/// Loads and teaches memories.
pub struct Memories {
    db: PgPool,
    lead: Duration,
    every: Duration,
    held: BTreeMap<SourceId, (Memory, Timestamp)>,
    taught: BTreeMap<SourceId, Timestamp>,
}

impl Memories {
    /// Memories of this database; `lead` and `every` are [`LEAD`] and the pause between lessons, unless a test is in haste.
    pub fn new(db: PgPool) -> Self {
        Self::with(db, LEAD, EVERY)
    }

    /// The same with other times.
    pub fn with(db: PgPool, lead: Duration, every: Duration) -> Self {
        Self { db, lead, every, held: BTreeMap::new(), taught: BTreeMap::new() }
    }

    /// Loads what these items need: of each source every version that can be in force for them.
    ///
    /// # Errors
    /// sqlx's.
    pub async fn prepare(&mut self, inputs: &[RawItem]) -> Result<(), sqlx::Error> {
        let mut newest: BTreeMap<&SourceId, Timestamp> = BTreeMap::new();
        for raw in inputs {
            let at = newest.entry(&raw.source.id).or_insert(raw.fetched_at);
            *at = raw.fetched_at.max(*at);
        }
        let lead = self.lead;
        let known = |held: &BTreeMap<SourceId, (Memory, Timestamp)>, source: &SourceId, at: Timestamp| {
            held.get(source).is_some_and(|(_, loaded)| at < *loaded + lead)
        };
        let wanted: Vec<SourceId> = newest
            .iter()
            .filter(|(source, at)| !known(&self.held, source, **at))
            .map(|(source, _)| (*source).clone())
            .collect();
        if wanted.is_empty() {
            return Ok(());
        }
        if self.held.len() + wanted.len() > MOST_SOURCES {
            self.held.clear();
        }
        let (lines, loaded) = memory::load(&self.db, &wanted).answered().await?;
        let mut sorted: BTreeMap<SourceId, Vec<SourceLine>> =
            wanted.into_iter().map(|source| (source, Vec::new())).collect();
        for line in lines {
            sorted.entry(line.source.clone()).or_default().push(line);
        }
        for (source, lines) in sorted {
            if newest.get(&source).is_some_and(|at| *at >= loaded + lead) {
                // Only a fetcher's clock that runs minutes ahead of the database's does this. The page is stripped with what
                // is known; a replay after the next lesson may then know more.
                metrics::counter!("wiredesk_strip_memory_ahead_total").increment(1);
                tracing::warn!(%source, "a page of {source} says that it was fetched later than now; look at the fetcher's clock");
            }
            self.held.insert(source, (Memory::new(lines), loaded));
        }
        Ok(())
    }

    /// What is in force for this item.
    pub fn of(&self, raw: &RawItem) -> InForce {
        self.held.get(&raw.source.id).map(|(memory, _)| memory.at(raw.fetched_at)).unwrap_or_default()
    }

    /// Notes what these articles tell and holds the lessons that are due. Doing it twice changes nothing.
    ///
    /// # Errors
    /// sqlx's.
    pub async fn teach(&mut self, tellings: &[Telling<'_>], now: Timestamp) -> Result<(), sqlx::Error> {
        let articles: Vec<SourceArticle> = tellings
            .iter()
            .filter(|t| !t.told.lines.is_empty() && !t.told.sketch.is_empty())
            .map(|t| SourceArticle {
                source: t.source.clone(),
                item_id: t.item_id.clone(),
                fetched_at: t.fetched_at,
                lines: t.told.lines.iter().map(|(hash, _)| *hash).collect(),
                sketch: t.told.sketch.clone(),
            })
            .collect();
        memory::note(&self.db, &articles).await?;
        let mut texts: BTreeMap<&SourceId, BTreeMap<i64, &str>> = BTreeMap::new();
        for telling in tellings {
            let of = texts.entry(telling.source).or_default();
            of.extend(telling.told.lines.iter().map(|(hash, text)| (*hash, text.as_str())));
        }
        for (source, texts) in texts {
            if self.taught.get(source).is_some_and(|at| now < *at + self.every) {
                continue;
            }
            self.lesson(source, &texts).await?;
            self.taught.insert(source.clone(), now);
        }
        if self.taught.len() > MOST_SOURCES {
            self.taught.clear();
        }
        Ok(())
    }

    async fn lesson(&self, source: &SourceId, texts: &BTreeMap<i64, &str>) -> Result<(), sqlx::Error> {
        let Some(lesson) = memory::begin(&self.db, source, self.every).await? else { return Ok(()) };
        let learnt = learn(&lesson.articles, &lesson.known);
        // A line is learnt with the text of an article in hand; one that is on none of these waits for the next that has it.
        let lines: Vec<NewLine> = learnt
            .repeated
            .iter()
            .filter_map(|(line, dispatches)| {
                let text = (*texts.get(line)?).to_owned();
                Some(NewLine { line: *line, text, dispatches: *dispatches })
            })
            .collect();
        if let Some((version, from)) = lesson.finish(&lines, &learnt.over, self.lead).await? {
            metrics::counter!("wiredesk_strip_lines_learnt_total").increment(lines.len() as u64);
            tracing::info!(
                %source, version,
                "{source} repeats {} more lines and {} no longer: version {version}, from {from} on",
                lines.len(), learnt.over.len()
            );
        }
        Ok(())
    }
}
