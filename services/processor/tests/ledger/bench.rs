//! A ledger and copy for it.

use sqlx::Row;
use wiredesk_contract::copy::Fingerprint;
use wiredesk_contract::message::Message;
use wiredesk_contract::source::{Rights, SourceRef};
use wiredesk_contract::status::{CopyKind, PubStatus};
use wiredesk_contract::{
    Change, CleanItem, ContentHash, CopyItem, ItemId, Outcome, SourceId, Timestamp, Verdict,
};
use wiredesk_processor::enrich::Enricher;
use wiredesk_processor::stage::deliver;
use wiredesk_store::ledger::{Applied, Arrival, Delivery, Ledger, LedgerError, offsets};
use wiredesk_testkit::TestPostgres;

pub const TOPIC: &str = "wiredesk.clean.v1";

pub fn at(second: i64) -> Timestamp {
    chrono::DateTime::from_timestamp(1_780_000_000 + second, 0).unwrap()
}

pub fn item(name: &str) -> ItemId {
    ItemId::derive(&SourceId::new("ribeira"), name)
}

pub fn copy(name: &str, revision: u32, text: &str) -> CopyItem {
    let mut copy = CopyItem {
        schema_version: CopyItem::VERSION,
        item_id: item(name),
        revision,
        content_hash: ContentHash::new(""),
        source: SourceRef {
            id: SourceId::new("ribeira"),
            name: "Ribeira Press".to_owned(),
            url: None,
            language: Some("es".to_owned()),
            country: Some("ES".to_owned()),
            time_zone: None,
            agency: Some("Ribeira Press".to_owned()),
            rights: Rights::FullText,
        },
        url: Some(format!("https://ribeira.example/{name}")),
        canonical_url: None,
        guid: Some(name.to_owned()),
        headline: format!("El puerto de {name} abre de nuevo"),
        deck: None,
        deck_of_feed: false,
        lead: None,
        text: text.to_owned(),
        html: None,
        dateline: None,
        agency: Some("Ribeira Press".to_owned()),
        byline: None,
        authors: Vec::new(),
        slugline: None,
        kind: CopyKind::News,
        markers: Vec::new(),
        signal: None,
        developing: false,
        urgency: 4,
        pub_status: PubStatus::Usable,
        embargoed_until: None,
        ed_note: None,
        language: "es".to_owned(),
        language_confidence: 0.9,
        published: Some(at(0)),
        updated: None,
        fetched_at: at(1),
        categories: Vec::new(),
        media: Vec::new(),
        copyright_notice: None,
        usage_terms: None,
        removed: Vec::new(),
        memory_version: None,
        fingerprint: Fingerprint::default(),
        repairs: Vec::new(),
        partial: false,
    };
    copy.content_hash = copy.hash();
    copy
}

pub fn with(mut copy: CopyItem, change: impl FnOnce(&mut CopyItem)) -> CopyItem {
    change(&mut copy);
    copy.content_hash = copy.hash();
    copy
}

pub fn killed(name: &str, revision: u32) -> CopyItem {
    with(copy(name, revision, ""), |c| {
        c.pub_status = PubStatus::Canceled;
        c.ed_note = Some("Ribeira Press retira esta información".to_owned());
    })
}

pub fn delivery(copy: CopyItem, now: Timestamp) -> Delivery {
    let verdict = Verdict::original(&copy.item_id, Change::Minor);
    let clean = CleanItem { schema_version: CleanItem::VERSION, copy, verdict };
    let enricher = Enricher::new();
    match deliver(clean, &|c| enricher.enrich_copy(c), 2_000_000, now) {
        Outcome::Emit(mut deliveries) => deliveries.remove(0),
        other => panic!("not a delivery: {other:?}"),
    }
}

/// A ledger that is fed offset by offset.
pub struct Desk {
    pub pg: TestPostgres,
    pub ledger: Ledger,
    pub next: i64,
}

impl Desk {
    pub async fn open() -> Option<Self> {
        let pg = wiredesk_testkit::postgres().await?;
        let ledger = Ledger::new(pg.pool().clone(), "processor@test");
        offsets::stand(pg.pool(), "processor@test", TOPIC, &[0, 1]).await.unwrap();
        Some(Self { pg, ledger, next: 0 })
    }

    /// Delivers these copies as the next batch of partition 0.
    pub async fn take(&mut self, copies: &[CopyItem], now: Timestamp) -> Result<Applied, LedgerError> {
        let deliveries: Vec<Delivery> = copies.iter().map(|c| delivery(c.clone(), now)).collect();
        self.deliver(&deliveries, now).await
    }

    /// The same, of deliveries.
    pub async fn deliver(&mut self, deliveries: &[Delivery], now: Timestamp) -> Result<Applied, LedgerError> {
        let arrivals: Vec<Arrival<'_>> = deliveries.iter().map(Arrival::from).collect();
        let upto = self.next + deliveries.len() as i64;
        let applied = self.ledger.apply(TOPIC, &[(0, (self.next, upto))].into(), &arrivals, now).await?;
        self.next = upto;
        Ok(applied)
    }

    /// `version change status body` of each version, in order.
    pub async fn versions(&self, name: &str) -> Vec<String> {
        let rows = sqlx::query(
            "SELECT version || ' ' || change || ' ' || pub_status || ' ' || coalesce(doc -> 'bodies' -> 0 ->> 'value', '-') AS line
             FROM item_version WHERE item_id = $1 ORDER BY version",
        )
        .bind(item(name).as_str())
        .fetch_all(self.pg.pool())
        .await
        .unwrap();
        rows.iter().map(|row| row.get("line")).collect()
    }

    pub async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(self.pg.pool()).await.unwrap()
    }

    /// Everything that the ledger and the outbox keep, as text.
    pub async fn everything(&self) -> String {
        let mut all = String::new();
        for sql in [
            "SELECT coalesce(string_agg(i::text, '\n'), '') FROM item i",
            "SELECT coalesce(string_agg(v::text, '\n'), '') FROM item_version v",
            "SELECT coalesce(string_agg(convert_from(payload, 'UTF8'), '\n'), '') FROM outbox",
            "SELECT coalesce(string_agg(headers::text, '\n'), '') FROM outbox",
            "SELECT coalesce(string_agg(v::text, '\n'), '') FROM verdict v",
            "SELECT coalesce(string_agg(e::text, '\n'), '') FROM entity e",
            "SELECT coalesce(string_agg(n::text, '\n'), '') FROM entity_name n",
            "SELECT coalesce(string_agg(i::text, '\n'), '') FROM item_entity i",
        ] {
            let text: String = sqlx::query_scalar(sql).fetch_one(self.pg.pool()).await.unwrap();
            all.push_str(&text);
        }
        all
    }
}
