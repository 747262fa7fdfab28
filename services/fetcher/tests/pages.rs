//! Article pages: budgets and robots.txt against a server on loopback.

use crate::common::WireServer;
use wiredesk_contract::time::wall_clock;
use wiredesk_fetcher::pages::{Crawl, Missed};
use wiredesk_fetcher::{Config, SourceConfig};
use wiredesk_net::{Client, NetConfig};

/// A crawler for which pages on loopback are public ones, or the operator's own.
struct Pages {
    server: WireServer,
    client: Client,
    crawl: Crawl,
    source: SourceConfig,
}

impl Pages {
    async fn new(own: bool, change: impl FnOnce(&mut Config)) -> Self {
        let server = WireServer::start().await;
        let net = NetConfig { allow: vec!["127.0.0.1/32".into()], ..NetConfig::default() };
        let mut config = Config::default();
        // An hour: a turn that would have to be waited for is never had in a test.
        config.pages.gap_ms = 3_600_000;
        config.pages.wait_seconds = 0;
        change(&mut config);
        let source = SourceConfig {
            id: "nu".into(),
            allow: if own { net.allow.clone() } else { Vec::new() },
            ..SourceConfig::default()
        };
        Self {
            server,
            client: Client::new(&net, "wiredesk-test").unwrap(),
            crawl: Crawl::new(&config, wall_clock),
            source,
        }
    }

    fn page(&self, path: &str) {
        self.server.put(path, "200 OK", "content-type: text/html\r\n", b"<p>Copia</p>");
    }

    fn robots(&self, text: &str) {
        self.server.put("/robots.txt", "200 OK", "content-type: text/plain\r\n", text.as_bytes());
    }

    async fn get(&self, path: &str) -> Result<String, Missed> {
        let link = self.server.url(path);
        let page = self.crawl.fetch(&self.client, &self.source, &link, self.crawl.patience()).await;
        page.map(|p| p.html)
    }

    fn asked(&self) -> Vec<String> {
        let log = self.server.requests.lock().unwrap();
        log.iter().map(|r| r.split(' ').nth(1).unwrap_or_default().to_owned()).collect()
    }
}

#[tokio::test]
async fn pages_of_a_domain_keep_their_distance_and_own_networks_are_not_waited_for() {
    let public = Pages::new(false, |_| ()).await;
    public.page("/1");
    public.page("/2");
    assert_eq!(public.get("/1").await.unwrap(), "<p>Copia</p>");
    let busy = public.get("/2").await.unwrap_err();
    assert_eq!((busy.outcome, busy.again, busy.asked), ("busy", true, false));
    assert!(busy.not_before.unwrap() > wall_clock() + chrono::Duration::minutes(50));
    assert_eq!(public.asked(), ["/robots.txt", "/1"]);

    let own = Pages::new(true, |_| ()).await;
    for path in ["/1", "/2", "/3"] {
        own.page(path);
        own.get(path).await.unwrap();
    }
    assert_eq!(own.asked(), ["/robots.txt", "/1", "/2", "/3"]);
}

#[tokio::test]
async fn robots_txt_is_asked_once_and_obeyed() {
    let pages = Pages::new(true, |_| ()).await;
    pages.robots(
        "User-agent: *\nDisallow: /closed\nAllow: /closed/but\n\nUser-agent: wiredesk\nDisallow: /not-you\n",
    );
    for path in ["/closed/1", "/not-you/1"] {
        pages.page(path);
    }
    pages.get("/closed/1").await.unwrap();
    let missed = pages.get("/not-you/1").await.unwrap_err();
    assert_eq!((missed.outcome, missed.again), ("disallowed", false));
    assert_eq!(pages.asked(), ["/robots.txt", "/closed/1"], "a page that is not allowed is not asked for");

    let deaf = Pages::new(true, |c| c.pages.robots = false).await;
    deaf.robots("User-agent: *\nDisallow: /\n");
    deaf.page("/1");
    deaf.get("/1").await.unwrap();
    assert_eq!(deaf.asked(), ["/1"]);
}

#[tokio::test]
async fn a_robots_txt_that_fails_closes_the_host_for_a_while() {
    let pages = Pages::new(true, |_| ()).await;
    pages.page("/1");
    pages.server.put("/robots.txt", "503 Busy", "", b"");
    let missed = pages.get("/1").await.unwrap_err();
    assert_eq!((missed.outcome, missed.again), ("disallowed", true));
    assert!(missed.not_before.unwrap() > wall_clock() + chrono::Duration::minutes(5));
    pages.robots("User-agent: *\nDisallow: /2\n");
    pages.get("/1").await.unwrap_err();
    assert_eq!(pages.asked(), ["/robots.txt"], "nor is robots.txt asked for again at once");
}

#[tokio::test]
async fn a_redirect_leads_to_the_rules_of_its_end() {
    let (pages, other) = (Pages::new(true, |_| ()).await, Pages::new(true, |_| ()).await);
    other.page("/article");
    other.robots("User-agent: *\nDisallow: /article\n");
    let to = format!("location: {}\r\n", other.server.url("/article"));
    pages.server.put("/go", "302 Found", &to, b"");
    assert_eq!(pages.get("/go").await.unwrap_err().outcome, "disallowed");
    assert_eq!(pages.asked(), ["/robots.txt", "/go"]);
}

#[tokio::test]
async fn a_host_that_says_too_often_is_left_alone() {
    let pages = Pages::new(false, |c| c.pages.gap_ms = 0).await;
    pages.page("/1");
    pages.server.put("/2", "429 Slow down", "retry-after: 1200\r\n", b"");
    pages.server.put("/3", "403 No", "", b"");
    pages.get("/1").await.unwrap();
    let refused = pages.get("/3").await.unwrap_err();
    assert!(!refused.again, "{refused:?}");
    let missed = pages.get("/2").await.unwrap_err();
    assert!(missed.again && missed.not_before.unwrap() > wall_clock() + chrono::Duration::minutes(19));
    assert_eq!(pages.get("/1").await.unwrap_err().outcome, "busy");
    assert_eq!(pages.asked(), ["/robots.txt", "/1", "/3", "/2"]);
}
