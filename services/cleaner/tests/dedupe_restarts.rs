//! The same stream, killed and restarted, and with its owner moved, on a real Postgres: the same verdicts.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration as Wait;

use crate::dedupe_support::{copy, version};
use chrono::{Duration, TimeZone, Utc};
use tokio_util::sync::CancellationToken;
use wiredesk_bus::memory::MemoryBus;
use wiredesk_bus::{Bus, Record};
use wiredesk_cleaner::DedupeConfig;
use wiredesk_cleaner::dedupe::run_dedupe;
use wiredesk_contract::message::{Kind, Message, decode};
use wiredesk_contract::{CleanItem, CopyItem, ItemId, Timestamp, TopicTable, Verdict};
use wiredesk_runtime::{Deps, Health};
use wiredesk_testkit::TestPostgres;

/// Copies of the stream.
const COPIES: usize = 240;
/// Restarts.
const KILLS: usize = 20;

fn noon() -> Timestamp {
    Utc.with_ymd_and_hms(2026, 2, 10, 12, 0, 0).unwrap()
}

/// A stream of two languages with resends, cuts, corrections, versions and siblings, six minutes apart.
fn stream() -> Vec<CopyItem> {
    (0..COPIES).map(one).collect()
}

fn one(n: usize) -> CopyItem {
    let dispatch = n / 6;
    let language = if dispatch.is_multiple_of(3) { "fr" } else { "es" };
    let full = format!(
        "El río {dispatch}ano se desbordó el martes a su paso por Villa{dispatch} tras {} horas de lluvia y obligó a evacuar a {} vecinos.
La alcaldesa, Nerea Ostolaza{dispatch}, aseguró que el agua alcanzó {} centímetros en el puente, la marca más alta desde {}.
Los bomberos del valle rescataron a {} personas de sus coches y la carretera comarcal N-{} sigue cortada en los dos sentidos.
El servicio de meteorología espera que la lluvia remita el miércoles, aunque mantiene el aviso naranja en toda la comarca de Ribera{dispatch}.",
        10 + dispatch, 300 + 7 * dispatch, 120 + dispatch, 1900 + dispatch, 17 + dispatch, 600 + dispatch
    );
    let (item, revision, text) = match n % 6 {
        0 => (format!("{dispatch}-a"), 1, full),
        1 => (format!("{dispatch}-b"), 1, full),
        2 => (format!("{dispatch}-c"), 1, full.lines().take(3).collect::<Vec<_>>().join("\n")),
        3 => (format!("{dispatch}-a"), 2, full.replace("desde 19", "desde 18")),
        4 => (format!("{dispatch}-d"), 1, full.replace("del valle", "del alto valle")),
        _ => (
            format!("{dispatch}-b"),
            2,
            format!("{full}\nNo se han registrado heridos de gravedad en toda la comarca."),
        ),
    };
    let at = noon() - Duration::hours(30) + Duration::minutes(6 * n as i64);
    let headline = format!("El río {dispatch}ano se desborda");
    version(copy(&item, &format!("diario{}", n % 4), language, at, &headline, &text), revision)
}

/// A desk of its own: a bus in memory with the stream on it, and a database.
struct Desk {
    deps: Deps,
    _database: TestPostgres,
}

impl Desk {
    async fn new(copies: &[CopyItem]) -> Option<Self> {
        let database = wiredesk_testkit::postgres().await?;
        let bus = MemoryBus::new();
        let topics = TopicTable::load("wiredesk", Some(4)).unwrap();
        bus.ensure_topics(topics.specs()).await.unwrap();
        let topic = topics.name(Kind::Copy).to_owned();
        let records = copies.iter().map(|copy| Record {
            topic: topic.clone(),
            key: copy.key().to_owned(),
            payload: serde_json::to_vec(copy).unwrap().into(),
            headers: Vec::new(),
            timestamp: noon(),
        });
        bus.producer().await.unwrap().send(records.collect()).await.unwrap();
        let deps = Deps {
            bus: Arc::new(bus),
            db: database.pool().clone(),
            topics: Arc::new(topics),
            health: Health::default(),
            shutdown: CancellationToken::new(),
            clock: noon,
        };
        Some(Self { deps, _database: database })
    }

    /// An owner of the stage; to be aborted where it stands.
    fn owner(&self) -> tokio::task::JoinHandle<()> {
        let mut config = DedupeConfig::default();
        // Small batches: a kill falls between any two of them, and within.
        config.run.records = 5;
        config.run.wait_ms = 5;
        let deps = self.deps.clone();
        tokio::spawn(async move {
            run_dedupe(config, deps).await.unwrap();
        })
    }

    /// What was sent, by version; a version that was sent twice must have been sent alike.
    async fn sent(&self) -> BTreeMap<(ItemId, String), Verdict> {
        let topic = self.deps.topics.name(Kind::Clean);
        let end = self.deps.bus.end_offsets(topic).await.unwrap();
        let mut reader = self.deps.bus.reader(topic, BTreeMap::new()).await.unwrap();
        let mut sent = BTreeMap::new();
        while end.iter().any(|(p, e)| reader.positions().get(p).copied().unwrap_or(0) < *e) {
            for received in reader.next(Wait::from_millis(200)).await.unwrap() {
                let clean: CleanItem = decode(&received.record.payload).unwrap();
                let key = (clean.copy.item_id.clone(), clean.copy.content_hash.to_string());
                let before = sent.insert(key, clean.verdict.clone());
                assert!(before.is_none_or(|before| before == clean.verdict), "sent again, but otherwise");
            }
        }
        sent
    }

    /// Waits until `count` versions are sent.
    async fn reach(&self, count: usize) -> BTreeMap<(ItemId, String), Verdict> {
        for _ in 0..3_000 {
            let sent = self.sent().await;
            if sent.len() >= count {
                return sent;
            }
            tokio::time::sleep(Wait::from_millis(10)).await;
        }
        panic!("{count} versions were not sent within half a minute");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn kills_and_a_moved_owner_change_no_verdict() {
    let copies = stream();
    let Some(straight) = Desk::new(&copies).await else { return };
    let owner = straight.owner();
    let expected = straight.reach(COPIES).await;
    owner.abort();
    let repeats = expected.values().filter(|verdict| verdict.duplicate_of.is_some()).count();
    assert!(repeats * 2 > COPIES, "the stream has repeats: {repeats}");

    let killed = Desk::new(&copies).await.unwrap();
    for kill in 1..=KILLS {
        let owner = killed.owner();
        killed.reach(kill * COPIES / (KILLS + 1)).await;
        owner.abort();
        owner.await.unwrap_err();
    }
    let owner = killed.owner();
    assert_eq!(killed.reach(COPIES).await, expected, "killed and restarted at {KILLS} points");
    owner.abort();

    // Owners come and go; each takes some languages over from the one before.
    let moved = Desk::new(&copies).await.unwrap();
    let mut before = moved.owner();
    for hand_over in 1..=5 {
        moved.reach(hand_over * COPIES / 6).await;
        let after = moved.owner();
        tokio::time::sleep(Wait::from_millis(50)).await;
        before.abort();
        before = after;
    }
    assert_eq!(moved.reach(COPIES).await, expected, "with owners that moved");
    before.abort();
}
