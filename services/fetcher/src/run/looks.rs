//! Wires that somebody at the page or the API wants to see, or to have listed, are looked at and listed here: the API, which strangers
//! reach, may reach nobody. It asks in Postgres (table `source_look`).

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use sqlx::PgPool;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use wiredesk_contract::{SourceId, Timestamp};
use wiredesk_runtime::Answered;
use wiredesk_store::source::look::{self as table, LookState, OtherWire, Preview, SourceLook, Wish};
use wiredesk_store::source::{self as sources};

use super::wires::Wires;
use crate::admit;
use crate::config::Config;
use crate::look::{self, Look};
use crate::source::SourceConfig;

/// How often it is looked whether anybody has asked, and the wait after an error.
const EVERY: Duration = Duration::from_secs(1);
const AFTER_ERROR: Duration = Duration::from_secs(15);
/// Looks at a time: people ask by hand.
const AT_ONCE: usize = 2;
/// A site is searched for its feeds with up to some forty requests, one after another; whoever looks waits for it.
const LONGEST: Duration = Duration::from_secs(90);
/// Longer than a look takes, what Postgres needs for it among it.
const LEASE: TimeDelta = TimeDelta::minutes(3);
/// What is kept of a site at most, in remarks and wires, and of a text, in characters.
const REMARKS: usize = 10;
const OTHERS: usize = 20;
const CHARACTERS: usize = 300;

/// Answers those who ask.
#[derive(Clone)]
pub(super) struct Looks {
    pub db: PgPool,
    pub config: Arc<Config>,
    pub wires: Arc<Wires>,
    /// Sources of the configuration, those of files among them.
    pub configured: Arc<Vec<SourceConfig>>,
    pub clock: fn() -> Timestamp,
}

impl Looks {
    /// Until shutdown. What was begun then is begun again by whoever finds it after its lease.
    pub async fn run(self, shutdown: CancellationToken) {
        let mut running = JoinSet::new();
        let mut wait = EVERY;
        loop {
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = tokio::time::sleep(wait), if running.len() < AT_ONCE => {}
                Some(ended) = running.join_next() => {
                    if let Err(error) = ended {
                        tracing::error!("a look at a new wire failed unexpectedly ({error}); it is tried again");
                    }
                    continue;
                }
            }
            let now = (self.clock)();
            let room = i64::try_from(AT_ONCE - running.len()).unwrap_or(1);
            wait = match table::take(&self.db, now, now + LEASE, room).answered().await {
                Ok(taken) => {
                    for look in taken {
                        let looks = self.clone();
                        running.spawn(async move { looks.answer(look).await });
                    }
                    EVERY
                }
                Err(error) => {
                    tracing::warn!(%error, "new wires cannot be looked at now, and it is tried later: {error}");
                    AFTER_ERROR
                }
            };
        }
    }

    async fn answer(&self, look: SourceLook) {
        let done = match (look.state, &look.wish, &look.preview) {
            (LookState::Wanted, Some(wish), Some(preview)) => self.list(&look.id, wish, preview).await,
            (LookState::Wanted, ..) => {
                table::refuse(&self.db, &look.id, "nothing is known of it; look at it again", (self.clock)())
                    .answered()
                    .await
            }
            _ => {
                let seen = self.see(&look.url).await;
                let seen = seen.as_ref().map_err(String::as_str);
                table::answer(&self.db, &look.id, seen, (self.clock)()).answered().await
            }
        };
        if let Err(error) = done {
            tracing::warn!(%error, "what came of a look at a new wire is not saved, and it is tried again: {error}");
        }
    }

    /// What there is at an address, or why nothing, in one sentence.
    async fn see(&self, url: &str) -> Result<Preview, String> {
        let url = look::with_scheme(url);
        wiredesk_net::client::parse(&url).map_err(|e| e.to_string())?;
        let client = self.wires.client(&[]).map_err(|e| e.to_string())?;
        let source = SourceConfig { url, ..SourceConfig::default() };
        let looked = look::at_address(&client, &self.config, &source, self.clock);
        match tokio::time::timeout(LONGEST, looked).await {
            Ok(Ok(look)) => Ok(preview(look)),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err(format!(
                "it answers too slowly: nothing was found within {} s; try the address of the feed itself",
                LONGEST.as_secs()
            )),
        }
    }

    async fn list(&self, id: &str, wish: &Wish, preview: &Preview) -> Result<(), sqlx::Error> {
        let now = (self.clock)();
        let listed = admit::listed(&self.db, &self.configured).answered().await?;
        let source = match admit::admitted(wanted(wish, preview), &listed) {
            Ok(source) => source,
            Err(error) => return table::refuse(&self.db, id, &error.to_string(), now).answered().await,
        };
        let row = admit::row(&self.config, &source);
        let mut tx = self.db.begin().await?;
        if !sources::add_one(&mut tx, &row, now).answered().await? {
            tx.rollback().await?;
            let why = format!("somebody else has just added {:?}; choose another name", source.id);
            return table::refuse(&self.db, id, &why, now).answered().await;
        }
        // Of two fetchers that list it, because the first was slow, one finds that it is listed.
        if table::listed(&mut tx, id, &SourceId::new(&source.id), now).answered().await? {
            tx.commit().await?;
            tracing::info!(
                source = source.id,
                "source {} was listed from the page: {}",
                source.id,
                source.url
            );
        }
        Ok(())
    }
}

/// What a look saw, cut to what a page can show.
fn preview(look: Look) -> Preview {
    let source = admit::completed(look.source, &look.report);
    let report = look.report;
    let cut = |text: &str| admit::one_line(text).chars().take(CHARACTERS).collect::<String>();
    let remarks = report.problems.iter().map(|p| cut(&p.what)).chain(report.robots.as_deref().map(cut));
    let others = look.found.into_iter().skip(1).map(|other| OtherWire {
        title: other.title.as_deref().map(cut).filter(|t| !t.is_empty()),
        url: other.url,
        form: other.kind,
        items: other.entries,
    });
    Preview {
        url: source.url,
        form: report.form,
        title: Some(cut(&source.name)).filter(|name| !name.is_empty()),
        language: source.language,
        items: report.items,
        newest: report.rhythm.newest,
        gap_seconds: report.rhythm.gap_seconds,
        headlines: look.headlines.iter().map(|t| cut(t)).collect(),
        remarks: remarks.take(REMARKS).collect(),
        others: others.take(OTHERS).collect(),
    }
}

/// The source that somebody wants: with what was seen of it where they did not say.
fn wanted(wish: &Wish, preview: &Preview) -> SourceConfig {
    let other = preview.others.iter().find(|other| other.url == wish.url);
    let (title, language) = match other {
        Some(other) => (&other.title, None),
        None => (&preview.title, preview.language.as_ref()),
    };
    let name =
        if wish.name.trim().is_empty() { title.as_deref().unwrap_or_default() } else { wish.name.trim() };
    SourceConfig {
        name: name.to_owned(),
        url: wish.url.clone(),
        language: wish.language.as_ref().or(language).cloned(),
        rights: wish.rights,
        pages: wish.pages,
        ..SourceConfig::default()
    }
}
