//! Article pages: fetched beside the feed, never in its way, and no faster than their hosts like it.
//!
//! [`Crawl`] gives each registrable domain its own budget ([`budget`]) and asks its robots.txt ([`rules`]). Networks that an
//! operator allows by name are his own: they are not waited for.

mod budget;
mod lru;
mod rules;
mod state;

use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::Duration;
use tokio::sync::Semaphore;
use url::{Host, Url};
use wiredesk_contract::Timestamp;
use wiredesk_contract::raw::Page;
use wiredesk_net::{Client, Guard, NetError, Response};

use crate::ask;
use crate::config::{Config, PagesConfig};
use crate::read::decode;
use crate::robots::{self, Robots};
use crate::schedule;
use crate::source::SourceConfig;
use budget::Budget;
use lru::Lru;
use rules::Kept;

pub use state::{had, hash, missed};

/// Most domains whose budgets are kept; a domain's is about 200 bytes.
const DOMAINS: usize = 20_000;
/// Most memory for robots.txt files, in bytes; a usual one is 1 or 2 kB.
const ROBOTS: usize = 32 * 1024 * 1024;
/// What a file is taken for until it is known, in bytes.
const ROBOTS_UNKNOWN: usize = 512;
/// How long a domain is left alone that says 429 or 503 without saying for how long.
const TOO_OFTEN: Duration = Duration::minutes(1);

/// Why a page could not be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missed {
    /// In words.
    pub why: String,
    /// In one word, for metrics: `missed`, `disallowed` (by robots.txt) or `busy` (its turn is later).
    pub outcome: &'static str,
    /// It may be had later.
    pub again: bool,
    /// The page's server was asked: one of its tries is used up.
    pub asked: bool,
    /// Not to be tried before.
    pub not_before: Option<Timestamp>,
}

impl Missed {
    fn new(why: String, again: bool) -> Self {
        Self { why, outcome: "missed", again, asked: true, not_before: None }
    }
}

/// Fetches pages. Shared by all sources; its memory is bounded.
pub struct Crawl {
    config: PagesConfig,
    /// Networks that all sources may be on.
    allow: Vec<String>,
    token: String,
    clock: fn() -> Timestamp,
    domains: Mutex<Lru<String, Arc<Domain>>>,
    files: Mutex<Lru<String, File>>,
}

/// One registrable domain.
struct Domain {
    budget: Mutex<Budget>,
    /// Pages at a time.
    slots: Semaphore,
}

/// A host's robots.txt; whoever holds the lock fetches it.
type File = Arc<tokio::sync::Mutex<Option<Kept>>>;

impl Crawl {
    /// A crawler with the limits of this configuration.
    pub fn new(config: &Config, clock: fn() -> Timestamp) -> Self {
        Self {
            config: config.pages.clone(),
            allow: config.net.allow.clone(),
            token: robots::token_of(&config.user_agent()),
            clock,
            domains: Mutex::new(Lru::new(DOMAINS)),
            files: Mutex::new(Lru::new(ROBOTS)),
        }
    }

    /// Until when the pages of a poll that begins now wait for their turns: those whose turns are later come with a later
    /// poll.
    pub fn patience(&self) -> Timestamp {
        (self.clock)() + Duration::seconds(self.config.wait_seconds.into())
    }

    /// Fetches the page of an entry, waiting for its turn until `patience` at most.
    ///
    /// # Errors
    /// [`Missed`].
    pub async fn fetch(
        &self,
        client: &Client,
        source: &SourceConfig,
        link: &str,
        patience: Timestamp,
    ) -> Result<Page, Missed> {
        let failed = |e: NetError| Missed::new(e.to_string(), e.is_transient());
        let url = wiredesk_net::client::parse(link).map_err(failed)?;
        let own = self.is_own(source, &url).await;
        let domain = (!own).then(|| self.domain(&url));
        let robots = self.allowed(client, source, &url, domain.as_deref()).await?;
        let slot = match &domain {
            Some(domain) => {
                self.turn(domain, robots.and_then(|r| r.crawl_delay), patience).await?;
                domain.slots.acquire().await.ok()
            }
            None => None,
        };
        let response = client.get(&ask::page_of(source, link)).await.map_err(failed)?;
        drop(slot);
        if matches!(response.status, 429 | 503) {
            return Err(self.too_often(domain.as_deref(), &response));
        }
        // A redirect elsewhere: that host's rules hold for what it gave.
        if let Some(end) = Url::parse(&response.url).ok().filter(|end| end.origin() != url.origin()) {
            let domain = (!self.is_own(source, &end).await).then(|| self.domain(&end));
            self.allowed(client, source, &end, domain.as_deref()).await?;
        }
        page(&response)
    }

    /// The rules of the page's host, where they let it be fetched.
    async fn allowed(
        &self,
        client: &Client,
        source: &SourceConfig,
        url: &Url,
        domain: Option<&Domain>,
    ) -> Result<Option<Arc<Robots>>, Missed> {
        if !self.config.robots {
            return Ok(None);
        }
        let origin = url.origin().ascii_serialization();
        let file = {
            let mut files = locked(&self.files);
            files.get(&origin).unwrap_or_else(|| {
                let file = File::default();
                files.put(origin.clone(), file.clone(), ROBOTS_UNKNOWN);
                file
            })
        };
        let mut kept = file.lock().await;
        let now = (self.clock)();
        let robots = match kept.as_ref().filter(|k| k.until > now) {
            Some(kept) => kept.robots.clone(),
            None => {
                let slot = match domain {
                    Some(domain) => domain.slots.acquire().await.ok(),
                    None => None,
                };
                let answer = client.get(&ask::robots_of(source, url)).await;
                drop(slot);
                let fetched = rules::judge(answer, &self.token, kept.as_ref(), (self.clock)());
                let (robots, weight) = (fetched.robots.clone(), ROBOTS_UNKNOWN + fetched.robots.weight());
                *kept = Some(fetched);
                locked(&self.files).put(origin, file.clone(), weight);
                robots
            }
        };
        if robots.allows(&url[url::Position::BeforePath..url::Position::AfterQuery]) {
            return Ok(Some(robots));
        }
        let silent = kept.as_ref().filter(|k| k.is_silent()).map(|k| k.until);
        let why = match silent {
            Some(_) => "the host's robots.txt cannot be read now, so nothing of it is fetched",
            None => "the host's robots.txt does not allow it",
        };
        let missed = Missed::new(why.to_owned(), silent.is_some());
        Err(Missed { outcome: "disallowed", not_before: silent, ..missed })
    }

    /// Waits for the next turn of a domain.
    async fn turn(&self, domain: &Domain, delay: Option<f64>, patience: Timestamp) -> Result<(), Missed> {
        let most = f64::from(self.config.max_crawl_delay_seconds);
        let asked = Duration::milliseconds((delay.unwrap_or(0.0).clamp(0.0, most) * 1000.0) as i64);
        let gap = asked.max(Duration::milliseconds(self.config.gap_ms.into()));
        let turn = locked(&domain.budget).turn((self.clock)(), gap, patience);
        match turn {
            Ok(wait) => {
                tokio::time::sleep(wait.to_std().unwrap_or_default()).await;
                Ok(())
            }
            Err(start) => Err(Missed {
                outcome: "busy",
                asked: false,
                not_before: Some(start),
                ..Missed::new("its host is asked for other pages first".to_owned(), true)
            }),
        }
    }

    fn too_often(&self, domain: Option<&Domain>, response: &Response) -> Missed {
        let now = (self.clock)();
        let asked = response.retry_after.as_deref().and_then(|t| schedule::backoff::retry_after(t, now));
        let pause =
            asked.and_then(|s| i64::try_from(s).ok()).and_then(Duration::try_seconds).unwrap_or(TOO_OFTEN);
        let until = domain.map(|d| locked(&d.budget).close(now, pause));
        Missed { not_before: until, ..Missed::new(format!("the server answers {}", response.status), true) }
    }

    fn domain(&self, url: &Url) -> Arc<Domain> {
        let host = url.host_str().unwrap_or_default();
        let name = psl::domain_str(host).unwrap_or(host);
        let mut domains = locked(&self.domains);
        domains.get(name).unwrap_or_else(|| {
            let domain = Arc::new(Domain {
                budget: Mutex::new(Budget::new((self.clock)())),
                slots: Semaphore::new(self.config.per_domain.max(1)),
            });
            domains.put(name.to_owned(), domain.clone(), 1);
            domain
        })
    }

    /// Is the page on a network that is not public and that the operator allows by name?
    async fn is_own(&self, source: &SourceConfig, url: &Url) -> bool {
        if self.allow.is_empty() && source.allow.is_empty() {
            return false;
        }
        let allow: Vec<String> = self.allow.iter().chain(&source.allow).cloned().collect();
        let Ok(guard) = Guard::new(&allow) else { return false };
        let public = Guard::default();
        let own = |ip: IpAddr| public.refuses(ip).is_some() && guard.refuses(ip).is_none();
        match url.host() {
            Some(Host::Ipv4(ip)) => own(ip.into()),
            Some(Host::Ipv6(ip)) => own(ip.into()),
            Some(Host::Domain(name)) => {
                let port = url.port_or_known_default().unwrap_or(80);
                let Ok(addresses) = tokio::net::lookup_host((name, port)).await else { return false };
                let mut addresses = addresses.map(|a| own(a.ip())).peekable();
                addresses.peek().is_some() && addresses.all(|own| own)
            }
            None => false,
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn page(response: &Response) -> Result<Page, Missed> {
    if response.status != 200 {
        // A page that is not there yet may come: feeds are ahead of it at times.
        let again = !matches!(response.status, 401 | 403 | 406 | 410 | 451);
        return Err(Missed::new(format!("the server answers {}", response.status), again));
    }
    let kind = response
        .content_type
        .as_deref()
        .map(|t| t.split(';').next().unwrap_or(t).trim().to_ascii_lowercase());
    if kind.as_deref().is_some_and(|k| !(k.contains("html") || k.contains("xml") || k == "text/plain")) {
        return Err(Missed::new(format!("it is {}, not a page", kind.unwrap_or_default()), false));
    }
    let html = decode::decode(&response.body, response.content_type.as_deref()).text;
    Ok(Page { url: response.url.clone(), content_type: kind, html })
}
