//! An answer that is asked for often and costs much: looked up once, and the same for all while it is fresh.

use std::time::{Duration, Instant};

use tokio::sync::Mutex;

/// The answer, and until when it is fresh.
#[derive(Debug)]
pub struct Fresh<T> {
    keeps: Duration,
    kept: Mutex<Option<(Instant, T)>>,
}

impl<T: Clone> Fresh<T> {
    /// None yet; one that comes is fresh for so long.
    pub fn new(keeps: Duration) -> Self {
        Self { keeps, kept: Mutex::new(None) }
    }

    /// The answer, by `look` where it is not fresh. Who comes while somebody looks waits for what they find.
    ///
    /// # Errors
    /// Those of `look`, which are not kept.
    pub async fn get<E>(&self, look: impl AsyncFnOnce() -> Result<T, E>) -> Result<T, E> {
        let mut kept = self.kept.lock().await;
        if let Some((at, answer)) = kept.as_ref()
            && at.elapsed() < self.keeps
        {
            return Ok(answer.clone());
        }
        let answer = look().await?;
        *kept = Some((Instant::now(), answer.clone()));
        Ok(answer)
    }

    /// Forgets the answer: something has changed.
    pub async fn forget(&self) {
        *self.kept.lock().await = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_is_looked_up_once_while_it_is_fresh() {
        let answer = Fresh::new(Duration::from_secs(3600));
        for _ in 0..3 {
            assert_eq!(answer.get(async || Ok::<_, ()>(1)).await, Ok(1));
        }
        assert_eq!(answer.get(async || Err(())).await, Ok(1));
        answer.forget().await;
        assert_eq!(answer.get(async || Err::<i32, _>("no answer")).await, Err("no answer"));
        assert_eq!(answer.get(async || Ok::<_, ()>(2)).await, Ok(2));
    }
}
