//! Backoff with full jitter.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::loop_config::RetryConfig;

/// The pauses of one row of failures.
#[derive(Debug)]
pub struct Backoff {
    config: RetryConfig,
    failures: u32,
}

impl Backoff {
    /// No failure yet.
    pub fn new(config: &RetryConfig) -> Self {
        Self { config: config.clone(), failures: 0 }
    }

    /// How often in a row it has failed.
    pub fn failures(&self) -> u32 {
        self.failures
    }

    /// It worked: the next pause is short again.
    pub fn reset(&mut self) {
        self.failures = 0;
    }

    /// The longest that the next pause may be.
    pub fn ceiling(&self) -> Duration {
        let doubled = self.config.first_ms.saturating_mul(1_u64 << self.failures.min(20));
        Duration::from_millis(doubled.min(self.config.max_ms))
    }

    /// Waits, unless `shutdown` comes first: then false.
    pub async fn pause(&mut self, shutdown: &CancellationToken) -> bool {
        let ceiling = self.ceiling();
        self.failures = self.failures.saturating_add(1);
        let pause = ceiling.mul_f64(rand::random::<f64>());
        tokio::select! {
            () = tokio::time::sleep(pause) => true,
            () = shutdown.cancelled() => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn pauses_double_up_to_the_limit_and_start_again() {
        let mut backoff = Backoff::new(&RetryConfig { first_ms: 100, max_ms: 1_000 });
        let shutdown = CancellationToken::new();
        let mut ceilings = Vec::new();
        for _ in 0..6 {
            ceilings.push(backoff.ceiling().as_millis());
            assert!(backoff.pause(&shutdown).await);
        }
        assert_eq!(ceilings, [100, 200, 400, 800, 1_000, 1_000]);
        backoff.reset();
        assert_eq!(backoff.ceiling().as_millis(), 100);
    }

    #[tokio::test]
    async fn a_pause_ends_with_the_process() {
        let mut backoff = Backoff::new(&RetryConfig { first_ms: 3_600_000, max_ms: 3_600_000 });
        let shutdown = CancellationToken::new();
        shutdown.cancel();
        assert!(!backoff.pause(&shutdown).await);
    }
}
