//! Subscriptions from the first poll to the last delivery.

use std::sync::atomic::Ordering;

use chrono::Duration;
use wiredesk_contract::{SourceId, Timestamp};
use wiredesk_fetcher::push::websub::keep;
use wiredesk_fetcher::queue::Turns;
use wiredesk_store::push::{self as table, Standing, Subscription};
use wiredesk_store::source;

use super::desk::*;
use super::hub::{Hub, Manner, signed};
use crate::common::WireServer;

struct Feed {
    desk: Desk,
    wire: WireServer,
    hub: Hub,
}

impl Feed {
    async fn open(manner: Manner) -> Option<Self> {
        let wire = WireServer::start().await;
        let hub = Hub::start(manner).await;
        let toml = format!(
            "interval_seconds = 100\n[push]\npublic_url = \"http://127.0.0.1:PORT/\"\nmisses = 2\n[[sources]]\nid = \"nu\"\nurl = \"{}\"\nallow = [\"127.0.0.1/32\"]\n",
            wire.url("/feed")
        );
        let desk = Desk::open(&toml).await?;
        let feed = Self { desk, wire, hub };
        feed.serve("1", &[feed.hub.url()], "/self", &item("a", "Uno"));
        Some(feed)
    }

    fn serve(&self, etag: &str, hubs: &[String], own: &str, items: &str) {
        let hubs: String = hubs.iter().map(|h| format!("link: <{h}>; rel=\"hub\"\r\n")).collect();
        let own = self.wire.url(own);
        let headers = format!("{hubs}link: <{own}>; rel=self\r\netag: \"{etag}\"\r\n");
        self.wire.put("/feed", "200 OK", &headers, rss(items).as_bytes());
    }

    /// A poll: seconds until the next one, and what the schedule would have them be.
    async fn poll(&self) -> (f64, f64) {
        let db = self.desk.postgres.pool();
        let unplaced = source::unplaced(db, 10).await.unwrap();
        let places: Vec<_> = unplaced.into_iter().map(|s| (s.id, s.url, "own:wire".to_owned())).collect();
        source::place(db, &places).await.unwrap();
        source::beat(db, "me", 30).await.unwrap();
        source::take(db, "me", 10).await.unwrap();
        let rows = source::leased(db, "me", &["nu"]).await.unwrap();
        let wire = self.desk.intake.wire("nu").await.unwrap().unwrap();
        let poller = self.desk.intake.poller();
        let polled = poller.poll(&wire, &rows[0], &Turns::default()).await.unwrap().polled;
        assert_eq!(polled.error, None);
        let progress = polled.progress.clone();
        assert_eq!(source::save(db, "me", &[polled]).await.unwrap(), [true]);
        let pause = (progress.next_poll - clock()).num_milliseconds() as f64 / 1000.0;
        (pause, progress.pace_seconds.unwrap())
    }

    /// Is the next poll at the schedule's own pace?
    async fn polls_as_ever(&self) -> bool {
        let (pause, pace) = self.poll().await;
        pause <= 1.2 * pace
    }

    /// Asks the hubs that are due.
    async fn round(&self) -> usize {
        keep::retire(&self.desk.intake).await.unwrap();
        keep::round(&self.desk.intake, &self.desk.client).await.unwrap()
    }

    async fn all(&self) -> Vec<Subscription> {
        table::of_source(self.desk.postgres.pool(), &SourceId::new("nu")).await.unwrap()
    }

    async fn one(&self) -> Subscription {
        self.all().await.remove(0)
    }

    async fn relied_on(&self, at: Timestamp) -> bool {
        table::relied_on(self.desk.postgres.pool(), &SourceId::new("nu"), at).await.unwrap()
    }
}

#[tokio::test]
async fn from_the_first_poll_to_the_delivery() {
    let Some(feed) = Feed::open(Manner::Verifies(1000)).await else { return };
    feed.poll().await;
    assert_eq!(feed.round().await, 1);
    let asked = feed.hub.last();
    assert_eq!((asked.mode.as_str(), asked.topic.as_str()), ("subscribe", feed.wire.url("/self").as_str()));
    assert_eq!((asked.secret.len(), asked.lease_seconds.as_str()), (64, "864000"));
    let base = format!("http://{}/v1/websub/", feed.desk.at);
    let token = asked.callback.strip_prefix(&base).unwrap();
    assert!(token.len() == 32 && !asked.secret.contains(token));
    let told = feed.hub.verified.lock().unwrap().pop().unwrap();
    assert_eq!((told.status, told.body.as_str()), (200, "un reto & más"));
    assert!(
        told.head.contains("content-type: text/plain; charset=utf-8\r\nx-content-type-options: nosniff"),
        "{}",
        told.head
    );
    let known = feed.one().await;
    assert_eq!(
        (known.standing, known.lease_until),
        (Standing::Active, Some(clock() + Duration::seconds(1000)))
    );
    assert_eq!(feed.round().await, 0, "asked once");
    // Every method of the Recommendation.
    for (n, method) in ["sha1", "sha256", "sha384", "sha512"].into_iter().enumerate() {
        let body = rss(&item(method, method));
        assert_eq!(feed.hub.deliver(&asked, signed(method, &asked.secret, &body), &body).await.status, 202);
        assert_eq!(feed.desk.published().len(), n + 2, "{method}");
    }
    let known = feed.one().await;
    assert_eq!((known.pushes, known.forged, known.last_push), (4, 0, Some(clock())));
    // The next poll finds what it knows.
    feed.serve("2", &[feed.hub.url()], "/self", &(item("a", "Uno") + &item("sha1", "sha1")));
    feed.poll().await;
    assert_eq!(feed.desk.published().len(), 5);
    assert_eq!(feed.all().await.len(), 1);
}

#[tokio::test]
async fn what_is_not_signed_by_the_hub_is_dropped_in_silence() {
    let Some(feed) = Feed::open(Manner::Verifies(1000)).await else { return };
    feed.poll().await;
    feed.round().await;
    let asked = feed.hub.last();
    let body = rss(&item("b", "Falso"));
    let right = signed("sha256", &asked.secret, &body).unwrap();
    for signature in [
        None,
        signed("sha256", "not the secret", &body),
        signed("sha256", &asked.secret, "another body"),
        Some(right.replace("sha256", "sha512")),
        Some(right[..40].to_owned()),
        Some("md5=00".to_owned()),
        Some(String::new()),
    ] {
        let answer = feed.hub.deliver(&asked, signature.clone(), &body).await;
        assert_eq!((answer.status, answer.body.as_str()), (202, ""), "{signature:?}");
    }
    let known = feed.one().await;
    assert_eq!((known.pushes, known.forged, known.last_push), (0, 7, None));
    assert_eq!(feed.desk.published(), told(&[("Uno", 1)]));
    assert!(!feed.relied_on(clock()).await);
    // A token that nobody has.
    let mut other = asked.clone();
    for token in ["0".repeat(32), "0".repeat(31), "%00".to_owned(), "x".repeat(5000)] {
        other.callback = format!("http://{}/v1/websub/{token}", feed.desk.at);
        assert_eq!(feed.hub.deliver(&other, Some(right.clone()), &body).await.status, 404, "{token}");
    }
}

#[tokio::test]
async fn only_what_was_asked_for_is_confirmed() {
    let Some(feed) = Feed::open(Manner::Idle).await else { return };
    feed.poll().await;
    feed.round().await;
    let asked = feed.hub.last();
    let mut foreign = asked.clone();
    foreign.callback = format!("http://{}/v1/websub/{}", feed.desk.at, "0".repeat(32));
    let challenge = [("hub.challenge", "<script>x</script>"), ("hub.lease_seconds", "1000")];
    let long = "x".repeat(1025);
    let topic = asked.topic.as_str();
    for (name, of, mode, topic, more) in [
        ("an unknown callback", &foreign, "subscribe", topic, &challenge[..]),
        ("another topic", &asked, "subscribe", "https://wire.example/other", &challenge),
        ("another mode", &asked, "unsubscribe", topic, &challenge),
        ("no mode", &asked, "", topic, &challenge),
        ("no challenge", &asked, "subscribe", topic, &challenge[1..]),
        ("an endless challenge", &asked, "subscribe", topic, &[("hub.challenge", long.as_str())]),
    ] {
        let answer = feed.hub.verify(of, mode, topic, more).await;
        assert_eq!(answer.status, 404, "{name}");
        assert!(
            !answer.body.contains("<script") && !answer.body.contains("xxx"),
            "{name}: nothing is given back"
        );
        assert_eq!(feed.one().await.standing, Standing::Wanted, "{name}");
    }
    // A hub that asks twice, since it did not hear the answer.
    for _ in 0..2 {
        let answer = feed.hub.verify(&asked, "subscribe", topic, &challenge).await;
        assert_eq!((answer.status, answer.body.as_str()), (200, "<script>x</script>"));
    }
    assert_eq!(feed.one().await.standing, Standing::Active);
}

#[tokio::test]
async fn a_lease_is_renewed_in_time_under_the_same_callback() {
    let Some(feed) = Feed::open(Manner::Verifies(1000)).await else { return };
    feed.poll().await;
    feed.round().await;
    let first = feed.hub.last();
    pass(Duration::seconds(699));
    assert_eq!(feed.round().await, 0);
    pass(Duration::seconds(151));
    assert_eq!(feed.round().await, 1);
    assert_eq!(feed.hub.last(), first);
    assert_eq!(feed.one().await.lease_until, Some(clock() + Duration::seconds(1000)));
    // The hub goes down: asked again until the lease ends, and after that, as for a new one.
    *feed.hub.manner.lock().unwrap() = Manner::Fails(503);
    pass(Duration::seconds(850));
    assert_eq!(feed.round().await, 1);
    let known = feed.one().await;
    assert_eq!((known.standing, known.failures), (Standing::Active, 1));
    assert_eq!(known.last_error.as_deref(), Some("the hub answers 503: the fault is on its side"));
    pass(Duration::seconds(150));
    assert_eq!(feed.round().await, 1);
    pass(Duration::seconds(600));
    assert_eq!(feed.round().await, 1);
    assert_eq!(feed.one().await.standing, Standing::Wanted);
    *feed.hub.manner.lock().unwrap() = Manner::Verifies(1000);
    pass(Duration::days(1));
    assert_eq!(feed.round().await, 1);
    let known = feed.one().await;
    assert_eq!((known.standing, known.failures, known.last_error), (Standing::Active, 0, None));
}

#[tokio::test]
async fn hubs_that_fail_or_deny() {
    let Some(feed) = Feed::open(Manner::Fails(500)).await else { return };
    let second = Hub::start(Manner::Denies).await;
    feed.serve("1", &[feed.hub.url(), second.url()], "/self", &item("a", "Uno"));
    feed.poll().await;
    feed.round().await;
    assert_eq!(feed.round().await, 0, "not at once again");
    // The next one that the feed names.
    pass(Duration::seconds(300));
    assert_eq!(feed.round().await, 1);
    assert_eq!(second.verified.lock().unwrap()[0].status, 200);
    let known = feed.one().await;
    assert_eq!(known.standing, Standing::Denied);
    assert_eq!(known.last_error.as_deref(), Some("the hub denies the subscription: notin our town"));
    // What it sends all the same is not taken, and it cannot say that it changed its mind.
    let asked = second.last();
    let body = rss(&item("b", "Dos"));
    assert_eq!(second.deliver(&asked, signed("sha256", &asked.secret, &body), &body).await.status, 410);
    let more = [("hub.challenge", "x"), ("hub.lease_seconds", "1000")];
    assert_eq!(second.verify(&asked, "subscribe", &asked.topic, &more).await.status, 404);
    pass(Duration::hours(23));
    assert_eq!(feed.round().await, 0);
    *feed.hub.manner.lock().unwrap() = Manner::Verifies(1000);
    *second.manner.lock().unwrap() = Manner::Verifies(1000);
    pass(Duration::hours(8));
    assert_eq!(feed.round().await, 1);
    assert_eq!(feed.one().await.standing, Standing::Active);
    // One where nobody listens.
    pass(Duration::seconds(1));
    feed.serve("2", &["http://127.0.0.1:1/".to_owned()], "/self", &item("a", "Uno"));
    feed.poll().await;
    assert_eq!(feed.round().await, 1);
    assert!(
        feed.one().await.last_error.unwrap().starts_with("the hub cannot be reached: unreachable: 127.0.0.1")
    );
}

#[tokio::test]
async fn what_a_feed_no_longer_names_is_left() {
    let Some(feed) = Feed::open(Manner::Verifies(1000)).await else { return };
    feed.poll().await;
    feed.round().await;
    let old = feed.hub.last();
    feed.serve("2", &[feed.hub.url()], "/moved", &item("a", "Uno"));
    feed.poll().await;
    assert_eq!(feed.round().await, 2);
    let left = feed.all().await;
    assert_eq!(left.len(), 1);
    assert_eq!(
        (left[0].topic.as_str(), left[0].standing),
        (feed.wire.url("/moved").as_str(), Standing::Active)
    );
    let asked = feed.hub.asked.lock().unwrap().clone();
    let goodbye = asked.iter().find(|a| a.mode == "unsubscribe").unwrap();
    assert_eq!((&goodbye.callback, goodbye.topic.as_str()), (&old.callback, feed.wire.url("/self").as_str()));
    assert_eq!((goodbye.secret.as_str(), goodbye.lease_seconds.as_str()), ("", ""));
    let body = rss(&item("b", "Dos"));
    assert_eq!(feed.hub.deliver(&old, signed("sha1", &old.secret, &body), &body).await.status, 404);
    // The source goes away while the hub is down: after a few tries its lease is left to run out.
    *feed.hub.manner.lock().unwrap() = Manner::Fails(503);
    source::sync(feed.desk.postgres.pool(), &[], clock()).await.unwrap();
    let last = left[0].clone();
    let mut tries = 0;
    while !feed.all().await.is_empty() {
        tries += feed.round().await;
        assert_eq!(feed.all().await.first().map_or(Standing::Leaving, |s| s.standing), Standing::Leaving);
        pass(Duration::days(1));
    }
    assert_eq!(tries, 5);
    assert_eq!(feed.hub.last().topic, last.topic);
}

#[tokio::test]
async fn a_hub_that_misses_items_is_left_for_a_week() {
    let Some(feed) = Feed::open(Manner::Verifies(864_000)).await else { return };
    assert!(feed.polls_as_ever().await);
    feed.round().await;
    let asked = feed.hub.last();
    assert!(feed.polls_as_ever().await, "nothing has come by it yet");
    let body = rss(&item("b", "Dos"));
    feed.hub.deliver(&asked, signed("sha256", &asked.secret, &body), &body).await;
    assert!(feed.relied_on(clock()).await);
    let (pause, pace) = feed.poll().await;
    assert!(pace < 800.0 && pause >= (3.5 * pace).min(899.0), "only the safety net: {pause} at {pace}");
    // An item of a moment ago may still be on the way.
    let dated = |guid: &str| {
        let date = clock().to_rfc2822();
        format!("<item><title>{guid}</title><guid>{guid}</guid><pubDate>{date}</pubDate></item>")
    };
    pass(Duration::hours(1));
    feed.serve("2", &[feed.hub.url()], "/self", &dated("c"));
    feed.poll().await;
    assert_eq!(feed.one().await.misses, 0);
    for (etag, misses) in [("3", 1), ("4", 2)] {
        feed.serve(etag, &[feed.hub.url()], "/self", &dated(etag));
        pass(Duration::minutes(11));
        assert!(feed.polls_as_ever().await);
        assert_eq!(feed.one().await.misses, misses);
        assert!(!feed.relied_on(clock()).await);
    }
    // Left, and not taken up again because the feed still names it.
    assert_eq!(feed.one().await.standing, Standing::Leaving);
    assert_eq!(feed.round().await, 1);
    assert_eq!(feed.hub.last().mode, "unsubscribe");
    assert_eq!(feed.one().await.standing, Standing::Resting);
    feed.serve("5", &[feed.hub.url()], "/self", &item("a", "Uno"));
    feed.poll().await;
    assert_eq!((feed.one().await.standing, feed.round().await), (Standing::Resting, 0));
    pass(Duration::days(8));
    assert_eq!(feed.round().await, 1);
    assert_eq!(feed.one().await.standing, Standing::Active);
}

#[tokio::test]
async fn a_hub_is_asked_to_send_again_while_the_bus_is_down() {
    let Some(feed) = Feed::open(Manner::Verifies(1000)).await else { return };
    feed.poll().await;
    feed.round().await;
    let asked = feed.hub.last();
    let body = rss(&item("b", "Dos"));
    feed.desk.bus.down.store(true, Ordering::SeqCst);
    assert_eq!(feed.hub.deliver(&asked, signed("sha256", &asked.secret, &body), &body).await.status, 503);
    feed.desk.bus.down.store(false, Ordering::SeqCst);
    assert_eq!(feed.hub.deliver(&asked, signed("sha256", &asked.secret, &body), &body).await.status, 202);
    assert_eq!(feed.desk.published(), told(&[("Uno", 1), ("Dos", 1)]));
    // What cannot be read would be no better a second time.
    let page = "<html><body>Mantenimiento</body></html>";
    assert_eq!(feed.hub.deliver(&asked, signed("sha256", &asked.secret, page), page).await.status, 202);
    assert_eq!(feed.desk.bus.dead().len(), 1);
    assert_eq!(feed.one().await.pushes, 2);
}
