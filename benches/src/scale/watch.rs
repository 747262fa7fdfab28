//! A reader of the published topics that writes down when each item, and each revision of a story, came.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use wiredesk_bus::Bus;
use wiredesk_contract::message::Kind;
use wiredesk_contract::{ItemId, TopicTable};

/// What has come.
#[derive(Default)]
pub struct Seen {
    /// When the first version of each item came.
    pub items: BTreeMap<ItemId, Instant>,
    /// When each revision of any story came.
    pub stories: Vec<Instant>,
}

/// The reader.
#[derive(Clone, Default)]
pub struct Watch(Arc<Mutex<Seen>>);

impl Watch {
    /// Reads from now on until the runtime ends.
    pub async fn begin(bus: &Arc<dyn Bus>, topics: &TopicTable) -> Self {
        let watch = Self::default();
        for kind in [Kind::Item, Kind::Story] {
            let reader = bus.reader(topics.name(kind), BTreeMap::new()).await;
            let mut reader = reader.unwrap_or_else(|e| panic!("a reader of the {kind:?} topic: {e}"));
            let watch = watch.clone();
            tokio::spawn(async move {
                loop {
                    // A broker that is away is what some of the measurements are about.
                    let Ok(received) = reader.next(Duration::from_secs(1)).await else {
                        tokio::time::sleep(Duration::from_millis(50)).await;
                        continue;
                    };
                    let (now, mut seen) = (Instant::now(), watch.seen());
                    for record in received {
                        match kind {
                            Kind::Item => {
                                seen.items.entry(ItemId::new(record.record.key)).or_insert(now);
                            }
                            _ => seen.stories.push(now),
                        }
                    }
                }
            });
        }
        watch
    }

    /// What has come so far.
    pub fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
