//! The wires of the measurement: the benches' copy as feeds and pages over HTTP, a server address of its own for each source, so
//! that the fetchers have domains to share.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write as _;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use wiredesk_contract::escape::escaped;
use wiredesk_contract::time::wall_clock;
use wiredesk_contract::{ItemId, RawItem, SourceId};
use wiredesk_sample_wire::load_copy;

/// Entries that a feed shows, the newest: as many as an agency's.
const SHOWN: usize = 60;
/// Sources made of each wire of the copy.
const COPIES: usize = 4;

/// An entry as its feed shows it.
struct Entry {
    guid: String,
    link: String,
    title: String,
    summary: String,
    content: String,
    date: String,
}

struct Source {
    id: String,
    language: String,
    base: String,
    /// Entries issued so far: the validator.
    count: usize,
    entries: VecDeque<Entry>,
}

struct Shown {
    copy: Box<dyn Iterator<Item = RawItem> + Send>,
    number: usize,
    /// By wire of the copy and which of its copies.
    places: BTreeMap<(String, usize), usize>,
    sources: Vec<Source>,
    pages: VecDeque<(usize, String)>,
    issued: BTreeMap<ItemId, Instant>,
}

/// What was asked for, and how much went over the line.
#[derive(Default)]
pub struct Asked {
    /// Feeds.
    pub polls: AtomicU64,
    /// Article pages.
    pub pages: AtomicU64,
    /// Bytes of bodies.
    pub bytes: AtomicU64,
}

impl Asked {
    /// Polls, pages, and bytes of both.
    pub fn so_far(&self) -> [f64; 3] {
        [&self.polls, &self.pages, &self.bytes].map(|count| count.load(Ordering::Relaxed) as f64)
    }
}

/// The wires.
#[derive(Clone)]
pub struct Wires {
    shown: Arc<Mutex<Shown>>,
    /// What was asked for.
    pub asked: Arc<Asked>,
}

/// Items that come at a steady rate until this is dropped.
pub struct Flow(Arc<AtomicBool>);

impl Drop for Flow {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Wires {
    /// Serves them; the copy follows from `seed`.
    pub async fn serve(seed: u64) -> Self {
        let copy = load_copy(seed, usize::MAX).unwrap_or_else(|e| panic!("{e}"));
        let kinds: BTreeMap<String, String> = load_copy(seed, 600)
            .unwrap_or_else(|e| panic!("{e}"))
            .map(|raw| (raw.source.id.as_str().to_owned(), raw.source.language.unwrap_or_default()))
            .collect();
        let (mut places, mut sources) = (BTreeMap::new(), Vec::new());
        let mut listeners = Vec::new();
        for (wire, language) in &kinds {
            for copy in 0..COPIES {
                let at = sources.len();
                let listener = tokio::net::TcpListener::bind(format!("127.0.1.{}:0", at + 1)).await;
                let listener = listener.unwrap_or_else(|e| panic!("an address of loopback: {e}"));
                let base =
                    listener.local_addr().map(|address| format!("http://{address}")).unwrap_or_default();
                listeners.push(listener);
                places.insert((wire.clone(), copy), at);
                let (id, language) = (format!("{wire}-{copy}"), language.clone());
                sources.push(Source { id, language, base, count: 0, entries: VecDeque::new() });
            }
        }
        let shown = Shown {
            copy: Box::new(copy),
            number: 0,
            places,
            sources,
            pages: VecDeque::new(),
            issued: BTreeMap::new(),
        };
        let wires = Self { shown: Arc::new(Mutex::new(shown)), asked: Arc::default() };
        for (at, listener) in listeners.into_iter().enumerate() {
            let app = Router::new()
                .route("/feed", get(feed))
                .route("/page/{number}", get(page))
                .with_state((wires.clone(), at));
            tokio::spawn(async move { axum::serve(listener, app).await });
        }
        wires
    }

    fn locked(&self) -> MutexGuard<'_, Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The feed list for the fetcher's configuration, polled every second.
    pub fn source_tables(&self) -> Vec<toml::Table> {
        let shown = self.locked();
        let tables = shown.sources.iter().map(|source| {
            let mut table = toml::toml! {
                rights = "full_text"
                interval_seconds = 1
                allow = ["127.0.1.0/24"]
            };
            table.insert("id".to_owned(), source.id.clone().into());
            table.insert("name".to_owned(), source.id.clone().into());
            table.insert("language".to_owned(), source.language.clone().into());
            table.insert("url".to_owned(), format!("{}/feed", source.base).into());
            table
        });
        tables.collect()
    }

    /// How many sources there are.
    pub fn sources(&self) -> usize {
        self.locked().sources.len()
    }

    /// Shows one more entry.
    fn issue(&self) {
        let mut shown = self.locked();
        let Some(raw) = shown.copy.next() else { return };
        let number = shown.number;
        shown.number += 1;
        let Some(&at) = shown.places.get(&(raw.source.id.as_str().to_owned(), number % COPIES)) else {
            return;
        };
        if let Some(page) = raw.page {
            shown.pages.push_back((number, page.html));
            if shown.pages.len() > 5_000 {
                shown.pages.pop_front();
            }
        }
        let source = &mut shown.sources[at];
        let guid = raw.entry.guid.unwrap_or_default();
        let item = ItemId::derive(&SourceId::new(source.id.as_str()), &guid);
        source.count += 1;
        source.entries.push_back(Entry {
            guid,
            link: format!("{}/page/{number}", source.base),
            title: raw.entry.title,
            summary: raw.entry.summary_html.unwrap_or_default(),
            content: raw.entry.content_html.unwrap_or_default(),
            date: wall_clock().to_rfc2822(),
        });
        if source.entries.len() > SHOWN {
            source.entries.pop_front();
        }
        shown.issued.insert(item, Instant::now());
    }

    /// Issues so many a second until the answer is dropped.
    pub fn flow(&self, rate: u32) -> Flow {
        let stopped = Arc::new(AtomicBool::new(false));
        let (wires, stop) = (self.clone(), stopped.clone());
        tokio::spawn(async move {
            let mut tick = tokio::time::interval(Duration::from_secs_f64(1.0 / f64::from(rate.max(1))));
            while !stop.load(Ordering::Relaxed) {
                tick.tick().await;
                wires.issue();
            }
        });
        Flow(stopped)
    }

    /// When each item was issued.
    pub fn issued(&self) -> BTreeMap<ItemId, Instant> {
        self.locked().issued.clone()
    }
}

async fn feed(State((wires, at)): State<(Wires, usize)>, headers: HeaderMap) -> Response {
    wires.asked.polls.fetch_add(1, Ordering::Relaxed);
    let shown = wires.locked();
    let source = &shown.sources[at];
    let validator = format!("\"{}\"", source.count);
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    if known == Some(validator.as_str()) {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, validator)]).into_response();
    }
    let body = document(source);
    wires.asked.bytes.fetch_add(body.len() as u64, Ordering::Relaxed);
    let kind = "application/rss+xml".to_owned();
    ([(header::CONTENT_TYPE, kind), (header::ETAG, validator)], body).into_response()
}

fn document(source: &Source) -> String {
    let mut body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><rss version=\"2.0\" \
         xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"><channel><title>{}</title>\
         <link>{}</link><description>d</description>",
        source.id, source.base
    );
    for entry in source.entries.iter().rev() {
        let _ = write!(
            body,
            "<item><title>{}</title><guid isPermaLink=\"false\">{}</guid><link>{}</link><pubDate>{}</pubDate>\
             <description>{}</description>",
            escaped(&entry.title),
            entry.guid,
            entry.link,
            entry.date,
            escaped(&entry.summary)
        );
        if !entry.content.is_empty() {
            let _ = write!(body, "<content:encoded>{}</content:encoded>", escaped(&entry.content));
        }
        body.push_str("</item>");
    }
    body.push_str("</channel></rss>");
    body
}

async fn page(State((wires, _)): State<(Wires, usize)>, Path((number,)): Path<(usize,)>) -> Response {
    wires.asked.pages.fetch_add(1, Ordering::Relaxed);
    let html = wires.locked().pages.iter().find(|(n, _)| *n == number).map(|(_, html)| html.clone());
    let Some(html) = html else { return StatusCode::NOT_FOUND.into_response() };
    wires.asked.bytes.fetch_add(html.len() as u64, Ordering::Relaxed);
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response()
}
