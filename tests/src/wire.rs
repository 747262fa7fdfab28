//! The sample wire under a manual clock, outside the processes that are killed.

use std::collections::HashSet;
use std::time::Duration;

use tokio_util::sync::{CancellationToken, DropGuard};
use wiredesk_contract::ItemId;
use wiredesk_contract::time::wall_clock;
use wiredesk_sample_wire::{Config, Manifest, Served, manifest, serve, sources};

/// The sample wire and what must come of it.
pub struct Wire {
    served: Served,
    /// What must come out.
    pub manifest: Manifest,
    http: reqwest::Client,
    _shutdown: DropGuard,
}

impl Wire {
    /// Serves it on a free port, its clock at second 0. `embargo` is how long the embargo lasts at least, by the wall clock:
    /// longer than it takes until its item is through, or there would be nothing to be withheld.
    pub async fn serve(embargo: Duration) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let shutdown = CancellationToken::new();
        // At speed 60 the whole wire dates from eleven seconds.
        let speed = 60.0;
        let embargo_seconds = (embargo.as_secs_f64() * speed) as u32;
        let listen = "127.0.0.1:0".to_owned();
        let config = Config { listen, manual: true, speed, embargo_seconds, ..Config::default() };
        let served = serve(config, shutdown.clone()).await.unwrap_or_else(|e| panic!("the sample wire: {e}"));
        let manifest = manifest(&served.settings).unwrap_or_else(|e| panic!("its manifest: {e}"));
        let http = reqwest::Client::builder().no_proxy().build().unwrap_or_default();
        Self { served, manifest, http, _shutdown: shutdown.drop_guard() }
    }

    /// The feed list for the fetcher's configuration, as TOML tables, polled every second.
    pub fn source_tables(&self) -> Vec<toml::Table> {
        let tables = sources(&self.served.base_url()).into_iter().map(|source| {
            let mut table = toml::Table::try_from(source).unwrap_or_default();
            table.insert("interval_seconds".to_owned(), 1.into());
            table.insert("allow".to_owned(), vec!["127.0.0.1/32"].into());
            table
        });
        tables.collect()
    }

    /// How long the embargo still lasts.
    pub fn embargo_left(&self) -> Duration {
        let ends =
            self.manifest.items.iter().flat_map(|i| &i.versions).filter_map(|v| v.embargoed_until).max();
        ends.and_then(|end| (end - wall_clock()).to_std().ok()).unwrap_or_default()
    }

    /// Moves the wire's clock.
    pub async fn advance(&self, to: i64) {
        let body = serde_json::json!({ "to": to }).to_string();
        let url = format!("{}/control/clock", self.served.base_url());
        let answer = self.http.post(url).header("content-type", "application/json").body(body).send().await;
        let answer = answer.unwrap_or_else(|e| panic!("the sample wire's clock: {e}"));
        assert!(answer.status().is_success(), "the clock was not set: {}", answer.status());
    }

    /// Seconds to stop the clock at, few but enough: between two stops no item has two versions, no copy comes with its
    /// original (which would make their order a matter of luck), and no feed's window overflows.
    pub fn stops(&self) -> Vec<i64> {
        let mut stops = Vec::new();
        let mut group: HashSet<&ItemId> = HashSet::new();
        let mut from = 0;
        let mut last = 0;
        for second in self.manifest.steps() {
            let out: Vec<_> = self
                .manifest
                .items
                .iter()
                .filter(|item| item.versions.iter().any(|v| !v.by_ledger && v.at == second))
                .collect();
            let clash = out.iter().any(|item| {
                group.contains(&item.item_id) || item.duplicate_of.as_ref().is_some_and(|o| group.contains(o))
            });
            if second > 0 && last >= 0 && (clash || second - from > 40) && !group.is_empty() {
                stops.push(last);
                group.clear();
                from = second;
            }
            group.extend(out.iter().map(|item| &item.item_id));
            last = second;
        }
        stops.push(self.manifest.ends_at.max(last));
        stops
    }
}
