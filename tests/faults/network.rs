//! The network between the processes and their servers: cut, refused, held, lost, late, and answers that never come.

use rand::RngExt;
use rand::seq::SliceRandom;
use wiredesk_tests::BusChoice;
use wiredesk_tests::ambush::{Ambush, END_TXN, OFFSET_COMMIT, PRODUCE, Request};
use wiredesk_tests::ports::free_port;
use wiredesk_tests::proxy::{Flow, Proxy, Weather};
use wiredesk_tests::servers::OwnKafka;

use crate::report::Report;
use crate::stand::{Servers, Stand};

/// What is seen of the proxies' doings.
pub const SEEN: &[&str] = &["refused", "cut", "held", "swallowed", "delayed", "answer lost"];

/// Which server's network.
#[derive(Clone, Copy, Debug)]
pub enum Before {
    Postgres,
    Kafka,
}

/// What happens to it.
#[derive(Clone, Copy, Debug)]
pub enum Fault {
    Cut,
    Refused,
    Held,
    HalfOpen,
    Late,
    Unanswered(Request),
    Lost(Request),
}

/// A fault and its name.
pub type Named = (&'static str, Before, Fault);

const POSTGRES: &[Named] = &[
    ("Postgres: connections cut", Before::Postgres, Fault::Cut),
    ("Postgres: connections refused", Before::Postgres, Fault::Refused),
    ("Postgres: bytes held", Before::Postgres, Fault::Held),
    ("Postgres: half-open", Before::Postgres, Fault::HalfOpen),
    ("Postgres: late", Before::Postgres, Fault::Late),
    ("Postgres: COMMIT unanswered", Before::Postgres, Fault::Unanswered(Request::PostgresCommit)),
    ("Postgres: COMMIT lost", Before::Postgres, Fault::Lost(Request::PostgresCommit)),
    ("Postgres: statement unanswered", Before::Postgres, Fault::Unanswered(Request::PostgresSync)),
];

const KAFKA: &[Named] = &[
    ("Kafka: connections cut", Before::Kafka, Fault::Cut),
    ("Kafka: connections refused", Before::Kafka, Fault::Refused),
    ("Kafka: bytes held", Before::Kafka, Fault::Held),
    ("Kafka: half-open", Before::Kafka, Fault::HalfOpen),
    ("Kafka: late", Before::Kafka, Fault::Late),
    ("Kafka: EndTxn unanswered", Before::Kafka, Fault::Unanswered(END_TXN)),
    ("Kafka: EndTxn lost", Before::Kafka, Fault::Lost(END_TXN)),
    ("Kafka: Produce unanswered", Before::Kafka, Fault::Unanswered(PRODUCE)),
    ("Kafka: OffsetCommit unanswered", Before::Kafka, Fault::Unanswered(OFFSET_COMMIT)),
];

/// All that there are on this bus.
pub fn faults(bus: BusChoice) -> Vec<Named> {
    let mut faults = POSTGRES.to_vec();
    if bus == BusChoice::Kafka {
        faults.extend(KAFKA);
    }
    faults
}

/// One run: each fault once, in a seeded order. False where a part is missing.
pub async fn run(bus: BusChoice, seed: u64, report: &mut Report) -> bool {
    let Some(servers) = servers(bus).await else { return false };
    let Some(mut stand) = Stand::begin(bus, seed, servers, &["run"]).await else { return false };
    let mut faults = faults(bus);
    faults.shuffle(&mut stand.random);
    if let Ok(only) = std::env::var("WIREDESK_FAULT_ONLY") {
        faults.retain(|(name, ..)| name.contains(&only));
    }
    for (name, before, fault) in faults {
        stand.suffer(report, name, async |stand| harm(stand, before, fault).await).await;
    }
    for proxy in [&stand.servers.before_postgres, &stand.servers.before_kafka].into_iter().flatten() {
        for what in SEEN {
            report.saw(what, proxy.counts().of(what));
        }
    }
    stand.finish(report).await;
    true
}

/// Proxies before the shared Postgres and, on Kafka, before a broker of its own, which names the proxy as its address.
pub async fn servers(bus: BusChoice) -> Option<Servers> {
    let url = std::env::var("WIREDESK_TEST_DATABASE_URL").ok().filter(|url| !url.is_empty());
    let Some(url) = url else {
        wiredesk_testkit::skip(
            "no Postgres: WIREDESK_TEST_DATABASE_URL is not set; run the tests by `make test`",
        );
        return None;
    };
    let port = url.rsplit_once('/').and_then(|(host, _)| host.rsplit_once(':')?.1.parse().ok()).unwrap();
    let mut servers = Servers { before_postgres: Some(Proxy::to(port).await.unwrap()), ..Servers::default() };
    if bus == BusChoice::Kafka {
        let advertised = free_port();
        let kafka = OwnKafka::start(Some(advertised))?;
        servers.before_kafka = Some(Proxy::between(advertised, kafka.inner()).await.unwrap());
        servers.kafka = Some(kafka);
    }
    Some(servers)
}

/// Begins the fault, lets it last, and ends it.
pub async fn harm(stand: &mut Stand, before: Before, fault: Fault) {
    let (lasts, delay) = (stand.time(500, 3_000), stand.time(200, 1_500));
    let (direction, nth) = (stand.random.random_range(0..3), stand.random.random_range(1..=3));
    let one_way = |flow: Flow| match direction {
        0 => Weather::both(flow),
        1 => Weather { up: flow, ..Weather::default() },
        _ => Weather { down: flow, ..Weather::default() },
    };
    let servers = &stand.servers;
    let proxy = match before {
        Before::Postgres => &servers.before_postgres,
        Before::Kafka => &servers.before_kafka,
    };
    let proxy = proxy.as_ref().unwrap();
    let weather = match fault {
        Fault::Cut => {
            for _ in 0..nth {
                proxy.cut();
                tokio::time::sleep(lasts / 6).await;
            }
            return;
        }
        Fault::Unanswered(request) | Fault::Lost(request) => {
            let lose_request = matches!(fault, Fault::Lost(_));
            proxy.ambush(Ambush { request, lose_request }, nth);
            // Work makes such requests; where the stage has none to make, there is nothing to be lost.
            for _ in 0..60 {
                if !proxy.lies_in_ambush() {
                    break;
                }
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            }
            proxy.give_up_ambush();
            return;
        }
        Fault::Refused => {
            proxy.weather(Weather { refuse: true, ..Weather::default() });
            proxy.cut();
            tokio::time::sleep(lasts).await;
            proxy.weather(Weather::default());
            return;
        }
        Fault::Held => one_way(Flow::Hold),
        Fault::HalfOpen => one_way(Flow::Swallow),
        Fault::Late => Weather::both(Flow::Delay(delay)),
    };
    proxy.weather(weather);
    stand.life.oracle.issue(1);
    tokio::time::sleep(lasts).await;
    proxy.weather(Weather::default());
}
