//! Who waits for news of a topic or a group is woken at once: in this process directly, in others by NOTIFY.
//!
//! NOTIFY is sent after the append, not inside: it takes a lock over all commits, which would cost the appends their
//! shared flushes. A notification that is lost is made good by polling.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::PgPool;
use sqlx::postgres::{PgListener, PgPoolOptions};
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

const CHANNEL: &str = "wiredesk_bus";
/// Notifications of this time go together.
const GATHER: Duration = Duration::from_millis(5);
const RECONNECT: Duration = Duration::from_secs(1);

/// Wakes those who wait.
pub(super) struct Wake {
    instance: String,
    waiting: Mutex<BTreeMap<String, watch::Sender<()>>>,
    untold: Mutex<BTreeSet<String>>,
    telling: Notify,
}

/// The key of a topic's news.
pub(super) fn topic_key(topic: &str) -> String {
    format!("topic/{topic}")
}

/// The key of a group's news.
pub(super) fn group_key(group: &str) -> String {
    format!("group/{group}")
}

impl Wake {
    /// Starts listening and telling until `stop`.
    pub fn start(db: &PgPool, stop: &CancellationToken) -> Arc<Self> {
        let wake = Arc::new(Self {
            instance: format!("{:016x}", rand::random::<u64>()),
            waiting: Mutex::default(),
            untold: Mutex::default(),
            telling: Notify::new(),
        });
        tokio::spawn(stop.clone().run_until_cancelled_owned(wake.clone().tell_others(db.clone())));
        tokio::spawn(stop.clone().run_until_cancelled_owned(wake.clone().hear_others(db.clone())));
        wake
    }

    /// Changes whenever there may be news.
    pub fn subscribe(&self, key: &str) -> watch::Receiver<()> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|_, sender| sender.receiver_count() > 0);
        waiting.entry(key.to_owned()).or_insert_with(|| watch::channel(()).0).subscribe()
    }

    /// Says that there is news, here and to other processes.
    pub fn tell(&self, key: String) {
        self.poke(&key);
        self.untold.lock().unwrap_or_else(PoisonError::into_inner).insert(key);
        self.telling.notify_one();
    }

    fn poke(&self, key: &str) {
        if let Some(sender) = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).get(key) {
            sender.send_replace(());
        }
    }

    async fn tell_others(self: Arc<Self>, db: PgPool) {
        loop {
            self.telling.notified().await;
            tokio::time::sleep(GATHER).await;
            let keys = std::mem::take(&mut *self.untold.lock().unwrap_or_else(PoisonError::into_inner));
            let news: Vec<String> = keys.iter().map(|key| format!("{}|{key}", self.instance)).collect();
            let told = sqlx::query("SELECT pg_notify($1, news) FROM unnest($2::text[]) AS news")
                .bind(CHANNEL)
                .bind(&news)
                .execute(&db)
                .await;
            if let Err(error) = told {
                tracing::debug!(%error, "other processes could not be notified; they find the records by polling");
            }
        }
    }

    async fn hear_others(self: Arc<Self>, db: PgPool) {
        loop {
            if let Err(error) = self.listen(&db).await {
                tracing::debug!(%error, "the listening connection was lost; polling goes on");
            }
            tokio::time::sleep(RECONNECT).await;
        }
    }

    async fn listen(&self, db: &PgPool) -> Result<(), sqlx::Error> {
        // A pool of its own, so that listening takes none of the connections that queries share.
        let own =
            PgPoolOptions::new().max_connections(1).connect_with((*db.connect_options()).clone()).await?;
        let mut listener = PgListener::connect_with(&own).await?;
        listener.listen(CHANNEL).await?;
        loop {
            let notification = listener.recv().await?;
            match notification.payload().split_once('|') {
                Some((instance, _)) if instance == self.instance => {}
                Some((_, key)) => self.poke(key),
                None => self.poke(notification.payload()),
            }
        }
    }
}
