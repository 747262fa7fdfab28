//! A process or a broker dies while items come: how long until they flow again.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::stand::Stand;
use crate::percentile::percentile;

/// Items a second meanwhile.
const RATE: u32 = 10;
/// How long it is quiet before.
const BEFORE: Duration = Duration::from_secs(5);
/// The end is seen once everything older than this has come.
const FLOWING: Duration = Duration::from_secs(3);
/// No pause is longer, or it is given up.
const LONGEST: Duration = Duration::from_secs(90);

/// What a death came to.
pub struct Fall {
    /// Who died.
    pub who: String,
    /// Median and 99th percentile before, in seconds, from issue to topic; for stories the longest time between two revisions.
    pub before: (f64, f64),
    /// The longest that an item waited, from issue to topic, in seconds; for stories the longest time between two revisions.
    pub pause: f64,
    /// Share of the items issued in the pause that waited longer than the slowest before.
    pub late: f64,
    /// The same wait, in seconds, when another came in its place.
    pub return_pause: f64,
}

impl Fall {
    /// All of it.
    pub fn json(&self) -> Value {
        json!({
            "who": self.who, "before_p50_s": self.before.0, "before_p99_s": self.before.1, "pause_s": self.pause,
            "late_share": self.late, "return_pause_s": self.return_pause,
        })
    }
}

impl Stand {
    /// Which replica of a stage has done most: of those that stand by, the one that does not.
    async fn busiest(&self, stage: &str) -> Option<usize> {
        let work = self.work().await;
        let of = |at: &usize| work[*at].values().sum::<f64>();
        let candidates = (0..self.replicas.len()).filter(|at| self.replicas[*at].stage == stage);
        candidates.max_by(|a, b| of(a).total_cmp(&of(b)))
    }

    /// How long each item took that was issued between these moments, in seconds; `None` where one is not through.
    fn waits(&self, from: Instant, to: Instant) -> Option<Vec<f64>> {
        let issued = self.wires.issued();
        let seen = self.watch.seen();
        let between = issued.iter().filter(|(_, at)| (from..to).contains(*at));
        between.map(|(item, at)| Some((*seen.items.get(item)? - *at).as_secs_f64())).collect()
    }

    /// The longest time between two revisions of stories since `from`, the present one included.
    fn silence(&self, from: Instant, to: Instant) -> f64 {
        let seen = self.watch.seen();
        let mut last = from;
        let mut longest = Duration::ZERO;
        for at in seen.stories.iter().copied().filter(|at| (from..to).contains(at)).chain([to]) {
            longest = longest.max(at.saturating_duration_since(last));
            last = last.max(at);
        }
        longest.as_secs_f64()
    }

    /// The worst that came of something at `at`, once all flows again.
    async fn worst(&self, stage: &str, at: Instant) -> (f64, Vec<f64>) {
        loop {
            tokio::time::sleep(Duration::from_millis(200)).await;
            let now = Instant::now();
            assert!(now - at < LONGEST, "{stage}: items do not flow {LONGEST:?} after a death");
            if now - at < BEFORE {
                continue;
            }
            let waits = self.waits(at - Duration::from_secs(1), now - FLOWING);
            if stage == "stories" {
                if self.silence(now - FLOWING, now) < FLOWING.as_secs_f64() - 0.5 {
                    return (self.silence(at, now), Vec::new());
                }
            } else if let Some(waits) = waits {
                return (waits.iter().copied().fold(0.0, f64::max), waits);
            }
        }
    }

    /// Median and 99th percentile, or the longest silence of stories, before `to`.
    fn usual(&self, stage: &str, from: Instant, to: Instant) -> (f64, f64) {
        if stage == "stories" {
            let longest = self.silence(from, to);
            return (longest, longest);
        }
        let mut waits = self.waits(from, to - FLOWING).unwrap_or_default();
        waits.sort_by(f64::total_cmp);
        (percentile(&waits, 0.5), percentile(&waits, 0.99))
    }

    /// `kill -9` of the busiest replica of a stage, or of a broker (`kafka`).
    pub async fn fall(&mut self, stage: &'static str) -> Option<Fall> {
        let flow = self.wires.flow(RATE);
        let began = Instant::now();
        tokio::time::sleep(BEFORE + FLOWING).await;
        let victim = if stage == "kafka" { None } else { Some(self.busiest(stage).await?) };
        let alone = self.replicas.iter().filter(|replica| replica.stage == stage).count() == 1;
        let before = self.usual(stage, began, Instant::now());
        let died = Instant::now();
        match victim {
            None => self.kafka.kill(2),
            Some(at) => {
                self.replicas[at].process.kill();
                if alone {
                    // As its supervisor would.
                    self.replace(at);
                }
            }
        }
        let (pause, waits) = self.worst(stage, died).await;
        let late = waits.iter().filter(|wait| **wait > before.1 + 0.5).count();
        let back = Instant::now();
        let mut return_pause = 0.0;
        if !alone || victim.is_none() {
            match victim {
                None => self.kafka.again().unwrap_or_else(|e| panic!("the broker: {e}")),
                Some(at) => self.replace(at),
            }
            return_pause = self.worst(stage, back).await.0;
        }
        drop(flow);
        self.settled().await;
        let late = late as f64 / waits.len().max(1) as f64;
        Some(Fall { who: stage.to_owned(), before, pause, late, return_pause })
    }
}
