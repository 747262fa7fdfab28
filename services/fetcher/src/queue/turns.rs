//! The queues, shared by the polls of a process.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use wiredesk_contract::Timestamp;

use super::Queues;

/// The queues behind a lock that is never held across an await.
#[derive(Debug, Default)]
pub struct Turns(Mutex<Queues>);

impl Turns {
    /// The queues. Nothing under this lock panics; were it to, the queues are still whole.
    pub fn lock(&self) -> MutexGuard<'_, Queues> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until a further request to a domain may start, and keeps its gap.
    pub async fn wait(&self, domain: &str, clock: fn() -> Timestamp) {
        let now = clock();
        let at = self.lock().turn(domain, now, rand::random());
        let wait = (at - now).to_std().unwrap_or(Duration::ZERO);
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
    }
}
