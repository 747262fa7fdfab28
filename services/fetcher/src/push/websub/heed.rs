//! What polling tells of hubs, and hubs of polling: a feed that names hubs is subscribed to, a hub that misses items is
//! left, and a source whose hub is relied on is polled less.

use chrono::Duration;
use wiredesk_contract::{SourceId, Timestamp};
use wiredesk_runtime::StageError;
use wiredesk_store::push::{self as table, Offer};

use super::{offered, pace, token};
use crate::poll::Poller;
use crate::read::FeedMeta;
use crate::source::SourceConfig;

/// How long after an item's date its push may still be on the way.
pub const GRACE: Duration = Duration::minutes(10);
/// A source whose hub is relied on is polled so many times less often, …
const SLOWER: i32 = 4;
/// … but at least once in this time.
const NET: Duration = Duration::minutes(15);

impl Poller {
    /// Heeds what a document that was polled at `url` said of its hubs. `late` is the newest date, older than [`GRACE`], of an item that
    /// the poll found first.
    ///
    /// # Errors
    /// [`StageError`] of Postgres.
    pub(crate) async fn heed_hubs(
        &self,
        source: &SourceConfig,
        links: &[String],
        meta: &FeedMeta,
        url: &str,
        late: Option<Timestamp>,
    ) -> Result<(), StageError> {
        if !self.config.push.takes_websub(source) {
            return Ok(());
        }
        let id = SourceId::new(&source.id);
        let now = (self.clock)();
        if let Some(late) = late {
            let most = i32::try_from(self.config.push.misses).unwrap_or(i32::MAX);
            let rest = pace::after_misses(now);
            if let Some(misses) = table::missed(&self.db, &id, late, most, now, rest).await? {
                metrics::counter!("wiredesk_push_websub_total", "event" => "missed").increment(1);
                tracing::info!(
                    source = source.id,
                    misses,
                    "a poll of source {id} found what its hub had not sent"
                );
            }
        }
        let Some(offered) = offered(links, meta, url) else { return Ok(()) };
        let Some(secret) = token::new_secret() else { return Ok(()) };
        let token_hash = token::hash(&token::token(&secret, &id, &offered.topic));
        let offer = Offer {
            source: &id,
            topic: &offered.topic,
            hubs: &offered.hubs,
            token_hash: &token_hash,
            secret: &secret,
        };
        Ok(table::offered(&self.db, &offer, now).await?)
    }

    /// When to poll a source next that would be due at `next`: later where its hub is relied on.
    ///
    /// # Errors
    /// [`StageError`] of Postgres.
    pub(crate) async fn safety_net(
        &self,
        source: &SourceConfig,
        at: Timestamp,
        next: Timestamp,
    ) -> Result<Timestamp, StageError> {
        // What an operator named stands.
        if source.interval_seconds.is_some() || !self.config.push.takes_websub(source) {
            return Ok(next);
        }
        let relied_on = table::relied_on(&self.db, &SourceId::new(&source.id), at).await?;
        Ok(if relied_on { slower(at, next) } else { next })
    }
}

fn slower(at: Timestamp, next: Timestamp) -> Timestamp {
    let pause = (next - at).max(Duration::zero());
    next.max(at + (pause * SLOWER).min(NET))
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    #[test]
    fn polling_slows_down_but_stays() {
        let at = DateTime::from_timestamp(1_772_443_800, 0).unwrap();
        for (pause, expected) in [(30, 120), (120, 480), (300, 900), (900, 900), (3600, 3600), (-5, 0)] {
            assert_eq!((slower(at, at + Duration::seconds(pause)) - at).num_seconds(), expected, "{pause}");
        }
    }
}
