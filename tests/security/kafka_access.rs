//! TLS, SCRAM and ACLs of Kafka: what is allowed, and the sentence for what is not.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use wiredesk_bus::{
    BatchLimits, Bus, BusError, BusKind, Config, Event, PublishError, Record, Secret, StartAt, Subscription,
};
use wiredesk_contract::time::wall_clock;

use crate::desk::Guarded;
use crate::servers::{self, Kafka, kafka_password};

/// As a principal logs in.
fn scram(kafka: &Kafka, principal: &str) -> Config {
    let mut config = Config { kind: BusKind::Kafka, ..Config::default() };
    config.kafka.bootstrap_servers = format!("127.0.0.1:{}", kafka.sasl);
    config.kafka.security_protocol = "sasl_ssl".to_owned();
    config.kafka.sasl_username = format!("wiredesk-{principal}");
    config.kafka.sasl_password = Secret::from(kafka_password(principal).as_str());
    config.kafka.ssl_ca_file = Some(kafka.certificates.path("ca.pem"));
    config
}

async fn bus(guarded: &Guarded, config: &Config) -> Arc<dyn Bus> {
    wiredesk_bus::connect(config, guarded.desk.db(), &guarded.desk.topics()).await.unwrap()
}

/// A refusal that is not tried again, in one sentence with what to do.
fn assert_says(name: &str, refused: &BusError, part: &str) {
    let sentence = refused.to_string();
    assert!(matches!(refused, BusError::Config(_)), "{name} would be tried again: {sentence}");
    assert!(sentence.contains(part) && !sentence.contains('\n'), "{name}: {sentence}");
    assert!(!sentence.contains("s3same"), "{name}: {sentence}");
}

fn record(topic: String) -> Record {
    Record {
        topic,
        key: "k".to_owned(),
        payload: b"{}".to_vec().into(),
        headers: Vec::new(),
        timestamp: wall_clock(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_or_a_certificate_that_is_wrong_is_said_at_once() {
    let (Some(postgres), Some(kafka)) = (servers::postgres(), servers::kafka()) else { return };
    let guarded = Guarded::prepare(postgres, Some(kafka), Vec::new()).await;
    let topic = format!("{}.raw.v1", guarded.desk.prefix);
    let right = scram(kafka, "fetcher");
    bus(&guarded, &right).await.end_offsets(&topic).await.unwrap();

    let mut cases = Vec::new();
    let mut case = |name, part, change: &dyn Fn(&mut Config)| {
        let mut config = right.clone();
        change(&mut config);
        cases.push((name, part, config));
    };
    case("a wrong password", "sasl_password", &|c| c.kafka.sasl_password = Secret::from("s3same-no"));
    case("an unknown user", "sasl_username", &|c| c.kafka.sasl_username = "wiredesk-nobody".to_owned());
    case("another authority", "ssl_ca_file", &|c| {
        c.kafka.ssl_ca_file = Some(kafka.certificates.path("other.pem"));
    });
    case("no client certificate", "ssl_certificate_file", &|c| {
        c.kafka.bootstrap_servers = format!("127.0.0.1:{}", kafka.mutual);
        c.kafka.security_protocol = "ssl".to_owned();
    });
    for (name, part, config) in cases {
        let refused = bus(&guarded, &config).await.end_offsets(&topic).await.unwrap_err();
        assert_says(name, &refused, part);
        // The relay's first question is another one.
        let Err(PublishError::Bus(refused)) = bus(&guarded, &config).await.publisher("any").await else {
            panic!("{name}: a publisher is not refused");
        };
        assert_says(name, &refused, part);
    }

    // With TLS at a plain port, and the other way round, the broker only hangs up. That could also be a restart, so it is tried
    // again; the reason is said where librdkafka knows one, which without TLS at a port with TLS it does not.
    let mut plain = right.clone();
    plain.kafka.security_protocol = "plaintext".to_owned();
    let mut encrypted = right.clone();
    encrypted.kafka.bootstrap_servers = format!("127.0.0.1:{}", kafka.plain);
    for (mut config, part) in [(plain, ""), (encrypted, "SSL_HANDSHAKE")] {
        config.kafka.request_timeout_ms = 5_000;
        let bus = bus(&guarded, &config).await;
        let mut said = Vec::new();
        // librdkafka tells the reason beside the call: on a busy machine a later one has it.
        while said.len() < 6 && !said.last().is_some_and(|last: &String| last.contains(part)) {
            let refused = bus.end_offsets(&topic).await.unwrap_err();
            assert!(refused.is_transient(), "{part}: {refused}");
            said.push(refused.to_string());
        }
        assert!(said.last().is_some_and(|last| last.contains(part)), "{part}: {said:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_certificate_is_a_principal() {
    let (Some(postgres), Some(kafka)) = (servers::postgres(), servers::kafka()) else { return };
    let guarded = Guarded::prepare(postgres, Some(kafka), Vec::new()).await;
    let topic = format!("{}.raw.v1", guarded.desk.prefix);
    let mut config = scram(kafka, "fetcher");
    config.kafka.bootstrap_servers = format!("127.0.0.1:{}", kafka.mutual);
    config.kafka.security_protocol = "ssl".to_owned();
    config.kafka.ssl_certificate_file = Some(kafka.certificates.path("by-certificate.pem"));
    config.kafka.ssl_key_file = Some(kafka.certificates.path("by-certificate.key"));
    let bus = bus(&guarded, &config).await;
    let refused = bus.end_offsets(&topic).await.unwrap_err();
    assert_says("a certificate without rights", &refused, "wiredesk acls");
    let right = |operation: &str| {
        format!(
            "{{\"principal\":\"User:by-certificate\",\"resource\":\"TOPIC\",\"name\":\"{topic}\",\"pattern\":\"LITERAL\",\"operation\":\"{operation}\"}}\n"
        )
    };
    kafka.allow(&right("WRITE"));
    let sent = bus.producer().await.unwrap().send(vec![record(topic.clone())]).await.unwrap();
    assert_eq!(sent.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_acl_allows_is_refused_with_what_to_do() {
    let (Some(postgres), Some(kafka)) = (servers::postgres(), servers::kafka()) else { return };
    let guarded = Guarded::prepare(postgres, Some(kafka), Vec::new()).await;
    let topic = |name: &str| format!("{}.{name}.v1", guarded.desk.prefix);
    let says = |name: &str, refused: &BusError| assert_says(name, refused, "wiredesk acls");

    for (principal, into) in [
        ("cleaner", "items"),
        ("processor", "items"),
        ("stories", "stories"),
        ("fetcher", "clean"),
        ("api", "dead"),
        ("operator", "items"),
        ("consumer", "items"),
    ] {
        let bus = bus(&guarded, &scram(kafka, principal)).await;
        let sent = bus.producer().await.unwrap().send(vec![record(topic(into))]).await;
        says(&format!("{principal} writing {into}"), &sent.unwrap_err());
    }
    for (principal, from) in [("fetcher", "items"), ("cleaner", "items"), ("consumer", "clean")] {
        let bus = bus(&guarded, &scram(kafka, principal)).await;
        says(&format!("{principal} reading {from}"), &bus.end_offsets(&topic(from)).await.unwrap_err());
    }
    // Describing is implied by writing, reading is not. The API sees how far the stages are, not what they read.
    for (principal, from) in [("fetcher", "raw"), ("relay", "clean"), ("api", "raw")] {
        let bus = bus(&guarded, &scram(kafka, principal)).await;
        let mut reader = bus.reader(&topic(from), BTreeMap::new()).await.unwrap();
        let refused = reader.next(Duration::from_secs(30)).await.unwrap_err();
        says(&format!("{principal} reading {from}"), &refused);
    }

    // A group of another service.
    let cleaner = bus(&guarded, &scram(kafka, "cleaner")).await;
    let subscription = Subscription {
        group: format!("{}.stories", guarded.desk.prefix),
        topic: topic("raw"),
        start: StartAt::Earliest,
        positions: None,
    };
    let mut member = cleaner.subscribe(subscription).await.unwrap();
    let limits = BatchLimits { records: 1, bytes: 1 << 20, wait: Duration::from_secs(1) };
    let refused = loop {
        match member.next(limits).await {
            Ok(Event::Batch(_)) => panic!("a foreign group is joined"),
            Ok(_) => {}
            Err(refused) => break refused,
        }
    };
    says("a foreign group", &refused);

    // The relay's transactional id.
    let id = format!("{}.relay", guarded.desk.prefix);
    bus(&guarded, &scram(kafka, "relay")).await.publisher(&id).await.unwrap();
    for principal in ["processor", "fetcher", "operator"] {
        let Err(PublishError::Bus(refused)) =
            bus(&guarded, &scram(kafka, principal)).await.publisher(&id).await
        else {
            panic!("{principal} takes the relay's transactional id");
        };
        says(&format!("{principal} taking {id}"), &refused);
        assert!(refused.to_string().contains(&id), "{refused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_kafka_refuses_ends_with_the_sentence() {
    let (Some(postgres), Some(kafka)) = (servers::postgres(), servers::kafka()) else { return };
    if wiredesk_tests::process::executable().is_none() {
        return;
    }
    let guarded = Guarded::prepare(postgres, Some(kafka), Vec::new()).await;
    for service in ["cleaner", "processor", "relay", "stories"] {
        let mut env = guarded.env(service);
        let wrong = guarded.file("wrong", "s3same-no").display().to_string();
        env.push(("WIREDESK__BUS__KAFKA__SASL_PASSWORD_FILE".to_owned(), wrong));
        let env: Vec<(&str, &str)> = env.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let (code, output) = guarded.desk.run_with(&[service], &env);
        let last = output.lines().last().unwrap_or_default();
        assert!(code == 1 && last.contains("Kafka refuses the login"), "{service}: {code}: {output}");
    }
}
