//! Waiting for the outbox: a notification, or the next look.

use std::time::Duration;

use sqlx::PgPool;
use sqlx::postgres::PgListener;
use tokio::time::{sleep, timeout};

/// The first pause after rows were seen or announced: they may still be held back by a transaction that is about to end.
const SHORT: Duration = Duration::from_millis(5);

pub(crate) struct Wake {
    listener: Option<PgListener>,
    longest: Duration,
    pause: Duration,
}

impl Wake {
    /// Listens; where that fails it looks every `longest`.
    pub async fn new(db: &PgPool, longest: Duration) -> Self {
        let listener = async {
            let mut listener = PgListener::connect_with(db).await?;
            listener.listen(wiredesk_store::outbox::CHANNEL).await?;
            Ok::<_, sqlx::Error>(listener)
        };
        let listener = listener
            .await
            .inspect_err(|e| {
                tracing::warn!("the relay is not notified of new rows and looks for them instead: {e}")
            })
            .ok();
        Self { listener, longest, pause: SHORT }
    }

    /// Rows were found: look again soon.
    pub fn busy(&mut self) {
        self.pause = SHORT;
    }

    /// Waits for a notification, at most as long as the pause, which doubles with every look in vain.
    pub async fn wait(&mut self) {
        let pause = self.pause.min(self.longest);
        self.pause = (self.pause * 2).min(self.longest);
        let Some(listener) = &mut self.listener else { return sleep(pause).await };
        match timeout(pause, listener.recv()).await {
            Ok(Ok(_)) => self.pause = SHORT,
            Ok(Err(error)) => {
                tracing::warn!(
                    "the relay is no longer notified of new rows and looks for them instead: {error}"
                );
                self.listener = None;
                sleep(pause).await;
            }
            Err(_) => {}
        }
    }
}
