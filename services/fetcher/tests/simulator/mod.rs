//! A world of wires under a clock of its own: servers that refuse, fetchers that come and go. All that decides is the
//! production code ([`queue`](wiredesk_fetcher::queue), [`schedule`](wiredesk_fetcher::schedule)); only time, servers and
//! the table are made up. Every request is checked against what the servers had asked for.

pub mod arrivals;
mod dice;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::sync::Arc;

use chrono::{DateTime, Duration};
use wiredesk_contract::Timestamp;
use wiredesk_fetcher::Config;
use wiredesk_fetcher::queue::share::share;
use wiredesk_fetcher::queue::{Domain, Limits, Queues, Ticket};
use wiredesk_fetcher::schedule::backoff::retry_after;
use wiredesk_fetcher::schedule::{Asks, Ended, Observation, State, Terms, Told, next};

pub use dice::Dice;

/// How large a world and how long.
pub struct World {
    pub feeds: usize,
    pub hosts: usize,
    pub hours: i64,
    pub fetchers: usize,
    pub seed: u64,
}

/// What was seen.
#[derive(Debug, Default)]
pub struct Report {
    pub requests: u64,
    pub refused: u64,
    pub unavailable: u64,
    pub moves: u64,
    /// Requests to a host sooner after the one before than the gap.
    pub gap_broken: u64,
    /// Requests to a host while as many as are allowed were on their way.
    pub concurrency_broken: u64,
    /// Requests to a host that had said 429 with `Retry-After`, in seconds or as a date, before that was over.
    pub retry_after_429_broken: [u64; 2],
    /// Requests for a feed that had said 503 so.
    pub retry_after_503_broken: [u64; 2],
    /// How many of each were obeyed at last.
    pub told_429: [u64; 2],
    pub told_503: [u64; 2],
    /// Most requests to one host within ten seconds, ever, and within the two hours after the mass 429.
    pub most_in_ten_seconds: usize,
    /// Requests to all hosts in the busiest second of the hour before the mass 429 and of the three hours after it.
    pub busiest_second_before: usize,
    pub busiest_second_after: usize,
    /// Feeds that were not asked within the last two hours of the time.
    pub starved: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum Form {
    Seconds,
    Date,
}

impl Form {
    fn at(self) -> usize {
        usize::from(self == Form::Date)
    }
}

#[derive(Default)]
struct Host {
    started: Vec<Timestamp>,
    flying: usize,
    /// No request before, by which form.
    rest: Option<(Timestamp, Form)>,
    /// It refuses everybody until then.
    angry_until: Option<Timestamp>,
}

struct Feed {
    host: usize,
    rate: f64,
    items: u32,
    next_item: f64,
    unseen: u32,
    state: State,
    rest: Option<(Timestamp, Form)>,
    asked: Option<Timestamp>,
}

enum Answer {
    Ok,
    Refused(Option<String>),
    Unavailable,
    Failed,
}

struct Landing {
    fetcher: usize,
    ticket: Ticket,
    started: Timestamp,
    feed: usize,
    host: usize,
}

/// Lets a world run.
pub fn run(world: &World) -> Report {
    Simulation::new(world).run()
}

struct Simulation<'a> {
    world: &'a World,
    config: Config,
    dice: Dice,
    start: Timestamp,
    hosts: Vec<Host>,
    feeds: Vec<Feed>,
    /// Living fetchers; None is one that has died or not come yet.
    fetchers: Vec<Option<Queues>>,
    /// Domains that nobody holds, from when on, with what the table knows to be owed.
    free: BTreeMap<usize, (Timestamp, Domain)>,
    /// When each feed is due, as the table has it.
    due: Vec<Timestamp>,
    landings: BinaryHeap<Reverse<(Timestamp, usize)>>,
    flights: BTreeMap<usize, Landing>,
    flying: Vec<usize>,
    seconds: BTreeMap<i64, usize>,
    /// What was saved to be owed to each host.
    owed: Vec<Domain>,
    report: Report,
}

fn name(host: usize) -> String {
    format!("wire{host}.example")
}

fn seconds(of: f64) -> Duration {
    Duration::milliseconds((of * 1000.0).ceil() as i64)
}

impl<'a> Simulation<'a> {
    fn new(world: &'a World) -> Self {
        let start = DateTime::from_timestamp(1_772_409_600, 0).unwrap_or_default();
        let mut dice = Dice::new(world.seed);
        let feeds: Vec<Feed> = (0..world.feeds)
            .map(|n| {
                // From one item in two days to 600 a day.
                let a_day = 0.5 * 1200f64.powf(dice.unit());
                let rate = a_day / 86_400.0;
                Feed {
                    host: n % world.hosts,
                    rate,
                    items: 10 + 10 * dice.below(5) as u32,
                    next_item: dice.wait(rate),
                    unseen: 0,
                    state: State::default(),
                    rest: None,
                    asked: None,
                }
            })
            .collect();
        Self {
            world,
            config: Config::default(),
            start,
            hosts: (0..world.hosts).map(|_| Host::default()).collect(),
            // All are new and due at once.
            due: vec![start; feeds.len()],
            feeds,
            fetchers: (0..world.fetchers).map(|_| None).collect(),
            free: (0..world.hosts).map(|h| (h, (start, Domain::default()))).collect(),
            landings: BinaryHeap::new(),
            flights: BTreeMap::new(),
            flying: vec![0; world.fetchers],
            seconds: BTreeMap::new(),
            owed: vec![Domain::default(); world.hosts],
            dice,
            report: Report::default(),
        }
    }

    /// The hour in which every host says 429.
    fn mass(&self) -> (Timestamp, Timestamp) {
        let at = self.start + Duration::hours(self.world.hours / 2);
        (at, at + Duration::minutes(20))
    }

    fn run(mut self) -> Report {
        let end = self.start + Duration::hours(self.world.hours);
        let mut now = self.start;
        let mut balance = self.start;
        let mut flight = 0;
        let mut change = self.start + Duration::hours(3);
        self.fetchers[0] = Some(Queues::default());
        while now < end {
            if now >= change {
                self.come_and_go(now);
                change = now + seconds(self.dice.between(3600.0, 6.0 * 3600.0));
            }
            if now >= balance {
                self.balance(now);
                balance = now + Duration::seconds(6);
            }
            for fetcher in 0..self.fetchers.len() {
                let room = self.config.concurrency.saturating_sub(self.flying[fetcher]);
                let Some(queues) = &mut self.fetchers[fetcher] else { continue };
                let tickets = queues.pop(now, room);
                for ticket in tickets {
                    let random = self.dice.unit();
                    if let Some(queues) = &mut self.fetchers[fetcher] {
                        queues.started(&ticket.domain, now, random);
                    }
                    let feed: usize = ticket.source.parse().unwrap_or(0);
                    let host = self.feeds[feed].host;
                    self.request(feed, host, now);
                    self.flying[fetcher] += 1;
                    let took = self.dice.between(0.03, 3.0);
                    flight += 1;
                    self.landings.push(Reverse((now + seconds(took), flight)));
                    self.flights.insert(flight, Landing { fetcher, ticket, started: now, feed, host });
                }
            }
            let wake = self.fetchers.iter().flatten().filter_map(Queues::next_at).min();
            let landing = self.landings.peek().map(|Reverse((at, _))| *at);
            let full = |f: &usize| *f >= self.config.concurrency;
            let wake = wake.filter(|_| !self.flying.iter().any(full));
            let next = [wake, landing, Some(balance)].into_iter().flatten().min().unwrap_or(end);
            now = next.max(now + Duration::milliseconds(1));
            while let Some(Reverse((at, _))) = self.landings.peek()
                && *at <= now
            {
                if let Some(Reverse((at, number))) = self.landings.pop()
                    && let Some(landing) = self.flights.remove(&number)
                {
                    self.land(landing, at);
                }
            }
        }
        self.judge(end);
        self.report
    }

    /// One fetcher dies without a word, or one joins.
    fn come_and_go(&mut self, now: Timestamp) {
        let living = self.fetchers.iter().flatten().count();
        let place = self.dice.below(self.fetchers.len());
        if self.fetchers[place].is_some() && living > 1 {
            // Its leases run out; the gaps that it kept are forgotten, what servers asked for is in the table.
            if let Some(queues) = self.fetchers[place].take() {
                let free_at = now + Duration::seconds(i64::from(self.config.lease_seconds));
                for domain in queues.loads().into_keys() {
                    let host = host_of(&domain);
                    self.free.insert(host, (free_at, self.owed[host].clone()));
                }
            }
            self.flying[place] = 0;
            // Requests that were on their way end somewhere, unheard.
            let lost: Vec<usize> =
                self.flights.iter().filter(|(_, l)| l.fetcher == place).map(|(n, _)| *n).collect();
            for number in lost {
                if let Some(landing) = self.flights.remove(&number) {
                    self.hosts[landing.host].flying -= 1;
                }
            }
            self.report.moves += 1;
        } else if self.fetchers[place].is_none() {
            self.fetchers[place] = Some(Queues::default());
            self.report.moves += 1;
        }
    }

    fn balance(&mut self, now: Timestamp) {
        let living = self.fetchers.iter().flatten().count() as i64;
        for place in 0..self.fetchers.len() {
            let Some(queues) = &mut self.fetchers[place] else { continue };
            let loads: Vec<(Arc<str>, (usize, usize))> = queues.loads().into_iter().collect();
            let sizes: Vec<usize> = loads.iter().map(|(_, (n, _))| *n).collect();
            let todo = share(&sizes, self.world.feeds as i64, living);
            for (domain, (_, flying)) in todo.give.iter().map(|n| &loads[*n]) {
                if *flying == 0
                    && let Some(owed) = queues.remove_domain(domain)
                {
                    self.free.insert(host_of(domain), (now, owed));
                }
            }
            let mut want = todo.take;
            let ready: Vec<usize> =
                self.free.iter().filter(|(_, (at, _))| *at <= now).map(|(h, _)| *h).collect();
            for host in ready {
                if want <= 0 {
                    break;
                }
                let Some((_, owed)) = self.free.remove(&host) else { continue };
                let domain = Domain { flying: 0, refused_at: None, ..owed };
                queues.add_domain(&name(host), domain, Limits::of(&name(host), &self.config));
                for (n, feed) in self.feeds.iter().enumerate().filter(|(_, f)| f.host == host) {
                    queues.put(&name(feed.host), &n.to_string(), self.due[n]);
                    want -= 1;
                }
            }
        }
    }

    /// A request starts: does it keep what was asked?
    fn request(&mut self, feed: usize, host: usize, now: Timestamp) {
        let report = &mut self.report;
        report.requests += 1;
        *self.seconds.entry((now - self.start).num_seconds()).or_default() += 1;
        let server = &mut self.hosts[host];
        let gap = seconds(f64::from(self.config.gap_ms) / 1000.0);
        if server.started.last().is_some_and(|last| now - *last < gap) {
            report.gap_broken += 1;
        }
        if server.flying >= self.config.per_host {
            report.concurrency_broken += 1;
        }
        if let Some((until, form)) = server.rest
            && now < until
        {
            report.retry_after_429_broken[form.at()] += 1;
        }
        if let Some((until, form)) = self.feeds[feed].rest
            && now < until
        {
            report.retry_after_503_broken[form.at()] += 1;
        }
        server.flying += 1;
        server.started.push(now);
        if server.started.len() > 64 {
            server.started.drain(..32);
        }
        let ten = server.started.iter().filter(|s| now - **s < Duration::seconds(10)).count();
        report.most_in_ten_seconds = report.most_in_ten_seconds.max(ten);
        self.feeds[feed].asked = Some(now);
    }

    fn answer(&mut self, host: usize, at: Timestamp) -> Answer {
        let (from, to) = self.mass();
        let in_mass = at >= from && at < to;
        let asks = |dice: &mut Dice| {
            let wait = Duration::seconds(dice.between(30.0, 5400.0) as i64);
            match dice.below(3) {
                0 => None,
                1 => Some((wait.num_seconds().to_string(), at + wait, Form::Seconds)),
                _ => {
                    let date = at + wait;
                    let whole = DateTime::from_timestamp(date.timestamp(), 0).unwrap_or(date);
                    Some((whole.format("%a, %d %b %Y %H:%M:%S GMT").to_string(), whole, Form::Date))
                }
            }
        };
        let angry = self.hosts[host].angry_until.is_some_and(|until| at < until);
        if in_mass || angry || self.dice.unit() < 0.0005 {
            if !in_mass && !angry {
                self.hosts[host].angry_until = Some(at + seconds(self.dice.between(60.0, 1800.0)));
            }
            self.report.refused += 1;
            let asked = asks(&mut self.dice);
            if let Some((_, until, form)) = &asked {
                self.report.told_429[form.at()] += 1;
                let rest = &mut self.hosts[host].rest;
                if rest.is_none_or(|(old, _)| old < *until) {
                    *rest = Some((*until, *form));
                }
            }
            return Answer::Refused(asked.map(|(text, ..)| text));
        }
        match self.dice.unit() {
            x if x < 0.01 => {
                self.report.unavailable += 1;
                Answer::Unavailable
            }
            x if x < 0.02 => Answer::Failed,
            _ => Answer::Ok,
        }
    }

    fn land(&mut self, landing: Landing, at: Timestamp) {
        let Landing { fetcher, ticket, started, feed, host } = landing;
        self.hosts[host].flying -= 1;
        self.flying[fetcher] = self.flying[fetcher].saturating_sub(1);
        let mut refused = None;
        let ended = match self.answer(host, at) {
            Answer::Ok => self.read(feed, at),
            Answer::Failed => Ended::Failed { retry_after: None },
            Answer::Refused(text) => {
                let asked = text.and_then(|t| retry_after(&t, at));
                refused = Some(asked);
                Ended::Failed { retry_after: asked }
            }
            Answer::Unavailable => {
                // Half of them say for how long, in either form.
                let wait = Duration::seconds(self.dice.between(10.0, 9000.0) as i64);
                let form = if self.dice.unit() < 0.5 { Form::Seconds } else { Form::Date };
                let date = DateTime::from_timestamp((at + wait).timestamp(), 0).unwrap_or(at);
                let (text, until) = match form {
                    Form::Seconds => (wait.num_seconds().to_string(), at + wait),
                    Form::Date => (date.format("%a, %d %b %Y %H:%M:%S GMT").to_string(), date),
                };
                let told = self.dice.unit() < 0.5;
                if told {
                    self.report.told_503[form.at()] += 1;
                    self.feeds[feed].rest = Some((until, form));
                }
                Ended::Failed { retry_after: retry_after(&text, at).filter(|_| told) }
            }
        };
        let terms = Terms {
            named: None,
            first: self.config.interval_seconds,
            pace: self.config.pace.clone(),
            max_backoff_seconds: self.config.max_backoff_seconds,
            max_retry_after_seconds: self.config.max_retry_after_seconds,
        };
        let full = matches!(ended, Ended::Document(_));
        let seen = Observation { at, ended, full, cached_seconds: 0, moved_to: None };
        let random = self.dice.unit();
        let (state, due) = next(&self.feeds[feed].state, "https://wire.example/", &seen, &terms, random);
        self.feeds[feed].state = state;
        self.due[feed] = due;
        let random = self.dice.unit();
        if let Some(queues) = &mut self.fetchers[fetcher] {
            if let Some(owed) = queues.ended(&ticket.domain, started, refused, at, random) {
                self.owed[host] = owed;
            }
            queues.back(&ticket.domain, &ticket.source, Some(due));
        }
    }

    fn read(&mut self, feed: usize, at: Timestamp) -> Ended {
        let now = (at - self.start).num_milliseconds() as f64 / 1000.0;
        let feed = &mut self.feeds[feed];
        while feed.next_item <= now {
            feed.unseen += 1;
            feed.next_item += self.dice.wait(feed.rate);
        }
        let first = feed.state.window_items.is_none();
        let new = feed.unseen.min(feed.items);
        feed.unseen = 0;
        if new == 0 && !first {
            return Ended::Unchanged;
        }
        let span = Duration::milliseconds((f64::from(feed.items) / feed.rate * 1000.0) as i64);
        Ended::Document(Told {
            new: if first { feed.items } else { new },
            items: feed.items,
            oldest: Some(at - span),
            newest: Some(at),
            asks: Asks { seconds: 120, ..Asks::default() },
        })
    }

    fn judge(&mut self, end: Timestamp) {
        let (from, to) = self.mass();
        let at = |t: Timestamp| (t - self.start).num_seconds();
        let most = |a: i64, b: i64| self.seconds.range(a..b).map(|(_, n)| *n).max().unwrap_or(0);
        self.report.busiest_second_before = most(at(from) - 3600, at(from));
        self.report.busiest_second_after = most(at(to), at(to) + 3 * 3600);
        let late = end - Duration::hours(4);
        let resting = |f: &Feed| f.rest.is_some_and(|(until, _)| until > late);
        self.report.starved =
            self.feeds.iter().filter(|f| f.asked.is_none_or(|a| a < late) && !resting(f)).count();
    }
}

fn host_of(domain: &str) -> usize {
    domain.trim_start_matches("wire").split('.').next().and_then(|n| n.parse().ok()).unwrap_or(0)
}
