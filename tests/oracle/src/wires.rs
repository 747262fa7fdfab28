//! The wires: feeds on loopback that show everything that was issued on them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use wiredesk_contract::{ItemId, SourceId};

use crate::Issued;
use crate::copy::dispatch;

/// A wire shows so many of its entries, the newest. Who issues more than these before they are polled has lost them himself.
pub const SHOWN: usize = 2_000;

/// An entry as its wire shows it now.
#[derive(Clone, Debug)]
struct Entry {
    guid: String,
    headline: String,
    text: String,
}

type Wires = Arc<Mutex<BTreeMap<String, Vec<Entry>>>>;

/// Serves the wires and keeps the book of what was issued.
pub struct Oracle {
    wires: Wires,
    base: String,
    random: StdRng,
    book: BTreeMap<ItemId, Issued>,
    /// Items that were seen to be through: only these are corrected or repeated, since a poll sees an item's newest state only.
    through: Vec<(String, usize)>,
    fresh: Vec<(String, usize)>,
    count: u32,
}

fn locked(wires: &Wires) -> MutexGuard<'_, BTreeMap<String, Vec<Entry>>> {
    wires.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Oracle {
    /// Serves this many wires on a free port of loopback.
    ///
    /// # Errors
    /// The socket's.
    pub async fn serve(seed: u64, sources: usize) -> std::io::Result<Self> {
        let names = (0..sources).map(|n| (format!("wire-{n}"), Vec::new()));
        let wires: Wires = Arc::new(Mutex::new(names.collect()));
        let app = Router::new().route("/{wire}", get(feed)).with_state(wires.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let base = format!("http://{}", listener.local_addr()?);
        tokio::spawn(async move { axum::serve(listener, app).await });
        let random = StdRng::seed_from_u64(seed);
        Ok(Self {
            wires,
            base,
            random,
            book: BTreeMap::new(),
            through: Vec::new(),
            fresh: Vec::new(),
            count: 0,
        })
    }

    /// The feed list for the fetcher's configuration, polled every second.
    pub fn source_tables(&self) -> Vec<toml::Table> {
        locked(&self.wires).keys().map(|name| source_table(name, &self.base)).collect()
    }

    /// What was issued.
    pub fn book(&self) -> &BTreeMap<ItemId, Issued> {
        &self.book
    }

    /// How many versions were issued.
    pub fn versions(&self) -> usize {
        self.book.values().map(|item| item.marks.len()).sum()
    }

    /// Everything issued so far is through: it may be corrected and repeated.
    pub fn settled(&mut self) {
        self.through.append(&mut self.fresh);
    }

    fn mark(&mut self) -> String {
        self.count += 1;
        format!("{}-{:06}", self.count, self.random.random_range(0..1_000_000))
    }

    fn publish(
        &mut self,
        wire: String,
        headline: String,
        text: String,
        mark: String,
        repeats: Option<ItemId>,
    ) {
        let guid = format!("entry-{}", self.count);
        let item = ItemId::derive(&SourceId::new(wire.as_str()), &guid);
        self.book.insert(item, Issued { marks: vec![mark], repeats });
        let mut wires = locked(&self.wires);
        let entries = wires.entry(wire.clone()).or_default();
        entries.push(Entry { guid, headline, text });
        self.fresh.push((wire, entries.len() - 1));
    }

    fn any_wire(&mut self, but: Option<&str>) -> Option<String> {
        let names: Vec<String> =
            locked(&self.wires).keys().filter(|name| but != Some(name.as_str())).cloned().collect();
        let at = self.random.random_range(0..names.len().max(1));
        names.into_iter().nth(at)
    }

    /// Issues new dispatches.
    pub fn issue(&mut self, items: usize) {
        for _ in 0..items {
            let mark = self.mark();
            let (headline, text) = dispatch(&mut self.random, &mark);
            if let Some(wire) = self.any_wire(None) {
                self.publish(wire, headline, text, mark, None);
            }
        }
    }

    /// Corrects a dispatch that is through, if there is one that repeats nothing and is repeated by nobody.
    pub fn correct(&mut self) {
        let Some((wire, at)) = self.take_through() else { return };
        let mark = self.mark();
        let mut wires = locked(&self.wires);
        let Some(entry) = wires.get_mut(&wire).and_then(|entries| entries.get_mut(at)) else { return };
        let item = ItemId::derive(&SourceId::new(wire.as_str()), &entry.guid);
        let Some(issued) = self.book.get_mut(&item) else { return };
        let _ = write!(entry.text, " Una nota posterior corrige la cifra: el anexo es el {mark}.");
        issued.marks.push(mark);
        self.fresh.push((wire.clone(), at));
    }

    /// Issues a copy of a dispatch that is through, on another wire.
    pub fn repeat(&mut self) {
        let Some((wire, at)) = self.take_through() else { return };
        let Some(entry) = locked(&self.wires).get(&wire).and_then(|entries| entries.get(at)).cloned() else {
            return;
        };
        let item = ItemId::derive(&SourceId::new(wire.as_str()), &entry.guid);
        let Some(issued) = self.book.get(&item) else { return };
        let Some(mark) = issued.marks.last().cloned() else { return };
        let Some(other) = self.any_wire(Some(&wire)) else { return };
        self.count += 1;
        self.publish(other, entry.headline, entry.text, mark, Some(item));
        // The copy itself is left alone from now on, as is its original.
        self.fresh.pop();
    }

    fn take_through(&mut self) -> Option<(String, usize)> {
        while !self.through.is_empty() {
            let at = self.random.random_range(0..self.through.len());
            let (wire, place) = self.through.swap_remove(at);
            // One that is soon pushed out of sight is left alone.
            let sight =
                locked(&self.wires).get(&wire).map_or(0, |entries| entries.len().saturating_sub(SHOWN / 2));
            if place >= sight {
                return Some((wire, place));
            }
        }
        None
    }
}

async fn feed(State(wires): State<Wires>, Path(wire): Path<String>) -> Response {
    let newest = |entries: &Vec<Entry>| entries[entries.len().saturating_sub(SHOWN)..].to_vec();
    let entries = locked(&wires).get(&wire).map(newest);
    let Some(entries) = entries else { return StatusCode::NOT_FOUND.into_response() };
    let mut body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"><channel><title>{wire}</title>\
         <link>http://wire.example/</link><description>d</description>"
    );
    for entry in entries.iter().rev() {
        let _ = write!(
            body,
            "<item><title>{}</title><guid isPermaLink=\"false\">{}</guid><content:encoded>&lt;p&gt;{}&lt;/p&gt;</content:encoded></item>",
            entry.headline, entry.guid, entry.text
        );
    }
    body.push_str("</channel></rss>");
    ([(header::CONTENT_TYPE, "application/rss+xml")], body).into_response()
}

/// A wire below `base` in the fetcher's list, polled every second.
pub fn source_table(name: &str, base: &str) -> toml::Table {
    let mut table = toml::toml! {
        language = "es"
        rights = "full_text"
        pages = false
        interval_seconds = 1
        allow = ["127.0.0.1/32"]
    };
    table.insert("id".to_owned(), name.into());
    table.insert("name".to_owned(), name.into());
    table.insert("url".to_owned(), format!("{base}/{name}").into());
    table
}
