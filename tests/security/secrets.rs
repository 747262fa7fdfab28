//! No secret is in a log, an error, the printed configuration or the metrics, whatever goes well or wrong; and every secret
//! can come from a file.

use std::time::Duration;

use wiredesk_oracle::Oracle;
use wiredesk_tests::Process;

use crate::desk::{Guarded, SERVICES};
use crate::servers;

/// What stands in the sources of the configuration.
const OF_SOURCES: [&str; 4] =
    ["s3same-header-2d5a", "s3same-cookie-8c3e", "s3same-proxy-1f9b", "s3same-webhook-5e7d-0123456789"];
/// What else can be configured.
const OTHERS: [&str; 4] =
    ["s3same-wrong-3a6f", "s3same-key-4b8c", "s3same-property-6d2e", "s3same-otlp-7c1a"];

/// The text has none of the secrets.
pub fn assert_none(guarded: &Guarded, place: &str, text: &str) {
    let all = guarded.secrets();
    for secret in all.iter().map(String::as_str).chain(OF_SOURCES).chain(OTHERS) {
        if let Some(at) = text.find(secret) {
            let line = text[..at].rfind('\n').map_or(0, |n| n + 1);
            let end = text[at..].find('\n').map_or(text.len(), |n| at + n);
            panic!("{place} has the secret {secret}: {}", &text[line..end]);
        }
    }
}

/// The oracle's wires, with a secret at every place that a source has for one.
fn sources(oracle: &Oracle) -> Vec<toml::Table> {
    let mut sources = oracle.source_tables();
    let headers =
        toml::Table::from_iter([("Authorization".to_owned(), format!("Bearer {}", OF_SOURCES[0]).into())]);
    sources[0].insert("headers".to_owned(), headers.into());
    sources[0].insert("cookie".to_owned(), format!("session={}", OF_SOURCES[1]).into());
    // Nobody listens there: the failure is told in the log and in the source's health.
    sources[1].insert("proxy".to_owned(), format!("http://desk:{}@127.0.0.1:9", OF_SOURCES[2]).into());
    let mut webhook = toml::toml! { id = "hook" name = "hook" kind = "webhook" language = "es" };
    webhook.insert("secret".to_owned(), OF_SOURCES[3].into());
    sources.push(webhook);
    sources
}

/// What a server of ours answers.
async fn body(client: &reqwest::Client, url: String) -> String {
    let mut answer = client.get(&url).send().await.unwrap_or_else(|error| panic!("{url}: {error}"));
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.unwrap() {
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The metrics of a process, by the address that it logs.
async fn metrics(process: &Process) -> String {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    loop {
        let log = std::fs::read_to_string(&process.log).unwrap_or_default();
        let address =
            log.split("health and metrics on http://").nth(1).and_then(|rest| rest.split('"').next());
        if let Some(address) = address {
            return body(&client, format!("http://{address}/metrics")).await
                + &body(&client, format!("http://{address}/readyz")).await;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_logged_by_any_service_whether_it_works_or_not() {
    let (Some(postgres), Some(kafka)) = (servers::postgres(), servers::kafka()) else { return };
    if wiredesk_tests::process::executable().is_none() {
        return;
    }
    let mut oracle = Oracle::serve(5, 3).await.unwrap();
    let guarded = Guarded::prepare(postgres, Some(kafka), sources(&oracle)).await;
    let trace = ["--set", "log.filter=trace"];

    // It works, and everything is logged.
    let mut processes: Vec<Process> =
        SERVICES.iter().map(|service| guarded.start(service, &[&[*service], &trace[..]].concat())).collect();
    oracle.issue(6);
    let desk = &guarded.desk;
    desk.until("a version that is published", Duration::from_secs(240), &mut processes, async || {
        let stored: i64 =
            sqlx::query_scalar("SELECT count(*) FROM item_version").fetch_one(desk.db()).await?;
        let waiting: i64 = sqlx::query_scalar("SELECT count(*) FROM outbox").fetch_one(desk.db()).await?;
        Ok((stored == 0 || waiting > 0).then(|| format!("{stored} versions, {waiting} in the outbox")))
    })
    .await;
    let page = reqwest::Client::builder().no_proxy().build().unwrap();
    for path in ["/sources", "/v1/sources"] {
        let text = body(&page, format!("http://127.0.0.1:{}{path}", desk.api)).await;
        assert_none(&guarded, path, &text);
    }
    for process in &processes {
        assert_none(&guarded, "/metrics", &metrics(process).await);
    }
    for process in processes {
        let log = process.log.clone();
        process.stop(Duration::from_secs(30));
        let text = std::fs::read_to_string(&log).unwrap();
        assert!(text.contains("TRACE"), "{} is not at level trace", log.display());
        assert_none(&guarded, &log.display().to_string(), &text);
    }

    // It does not work: at each part a wrong password, then nobody there. The process may end or be stopped.
    let nobody = format!("postgres://desk:{}@127.0.0.1:9/desk?sslmode=require", OTHERS[0]);
    let wrong = postgres.url(&guarded.login("api"), OTHERS[0], &guarded.database());
    let failures: [&[(&str, &str)]; 4] = [
        &[("WIREDESK__DATABASE__URL", wrong.as_str()), ("WIREDESK__DATABASE__URL_FILE", "")],
        &[
            ("WIREDESK__DATABASE__URL", nobody.as_str()),
            ("WIREDESK__DATABASE__URL_FILE", ""),
            ("WIREDESK__DATABASE__WAIT_S", "1"),
        ],
        &[
            ("WIREDESK__BUS__KAFKA__SASL_PASSWORD", OTHERS[0]),
            ("WIREDESK__BUS__KAFKA__SASL_PASSWORD_FILE", ""),
        ],
        &[("WIREDESK__BUS__KAFKA__BOOTSTRAP_SERVERS", "127.0.0.1:9")],
    ];
    for service in SERVICES {
        for (n, failure) in failures.iter().enumerate() {
            let mut env = guarded.env(service);
            env.retain(|(name, _)| !failure.iter().any(|(other, value)| name == other && value.is_empty()));
            env.extend(
                failure.iter().filter(|f| !f.1.is_empty()).map(|(n, v)| ((*n).to_owned(), (*v).to_owned())),
            );
            let env: Vec<(&str, &str)> = env.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            let number = format!("shutdown_timeout_s={}", 20 + n);
            let mut process = desk.start_with(&[&[service, "--set", &number], &trace[..]].concat(), &env);
            for _ in 0..40 {
                if process.ended().is_some() {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            process.kill();
            let text = std::fs::read_to_string(&process.log).unwrap();
            assert!(
                text.contains("TRACE") || text.contains("wiredesk:"),
                "{service} {n} says nothing: {text}"
            );
            assert_none(&guarded, &format!("{service} with failure {n}"), &text);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_printed_configuration_and_its_errors_have_no_secret() {
    let (Some(postgres), Some(_)) = (servers::postgres(), wiredesk_tests::process::executable()) else {
        return;
    };
    let oracle = Oracle::serve(6, 3).await.unwrap();
    let guarded = Guarded::prepare(postgres, None, sources(&oracle)).await;
    let url = format!("postgres://desk:{}@localhost/desk", OTHERS[0]);
    let collector = format!("http://desk:{}@collector.example:4318", OTHERS[3]);
    let property = format!("{{ \"sasl.oauthbearer.client.secret\" = \"{}\" }}", OTHERS[2]);
    let plain = [
        ("DATABASE_URL", url.as_str()),
        ("WIREDESK__BUS__KAFKA__SASL_PASSWORD", OTHERS[0]),
        ("WIREDESK__BUS__KAFKA__SSL_KEY_PASSWORD", OTHERS[1]),
        ("WIREDESK__BUS__KAFKA__PROPERTIES", property.as_str()),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.as_str()),
    ];
    let (code, output) = guarded.desk.run_with(&["config"], &plain);
    assert!(code == 0 && output.contains("sasl_password = \"***\""), "{output}");
    assert_none(&guarded, "wiredesk config", &output);

    // The same by files, as container platforms hand them over: in force, and not shown.
    let files: Vec<(String, String)> = [
        ("DATABASE_URL_FILE", url.as_str()),
        ("WIREDESK__BUS__KAFKA__SASL_PASSWORD_FILE", OTHERS[0]),
        ("WIREDESK__BUS__KAFKA__SSL_KEY_PASSWORD_FILE", OTHERS[1]),
        ("OTEL_EXPORTER_OTLP_ENDPOINT_FILE", collector.as_str()),
    ]
    .into_iter()
    .map(|(name, secret)| (name.to_owned(), guarded.file(name, secret).display().to_string()))
    .collect();
    let mut env: Vec<(&str, &str)> = files.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    env.push(("DATABASE_URL", ""));
    let (code, output) = guarded.desk.run_with(&["config"], &env);
    assert_eq!(code, 0, "{output}");
    for line in ["postgres://desk:***@localhost/desk", "ssl_key_password = \"***\"", "sasl_password_file"] {
        assert!(output.contains(line), "{line}: {output}");
    }
    assert_none(&guarded, "wiredesk config", &output);

    // Mistakes beside a secret, each told without it.
    let list = format!("[\"{}\"]", OTHERS[0]);
    for (name, value) in [
        ("WIREDESK__BUS__KAFKA__SASL_PASSWORT", OTHERS[0]),
        ("WIREDESK__BUS__KAFKA__PROPERTIES", OTHERS[2]),
        ("WIREDESK__BUS__KAFKA__CLIENT_ID__X", list.as_str()),
        ("WIREDESK__FETCHER__SOURCES", list.as_str()),
        ("WIREDESK__BUS__KAFKA__SASL_PASSWORD_FILE__X", OTHERS[0]),
        ("WIREDESK__DATABASE", url.as_str()),
    ] {
        let (code, output) = guarded.desk.run_with(&["config"], &[(name, value)]);
        assert_eq!(code, 2, "{name}: {output}");
        assert_none(&guarded, name, &output);
    }
    for text in [
        format!("[bus.kafka]\nsasl_password = \"{}\" oops\n", OTHERS[0]),
        format!("[bus.kafka]\nsasl_password = [\"{}\"]\n", OTHERS[0]),
        format!("[database]\nurl = {{ a = \"{}\" }}\n", OTHERS[0]),
        format!(
            "[[fetcher.sources]]\nid = \"x\"\nurl = \"http://x.example\"\ncookie = [\"{}\"]\n",
            OTHERS[0]
        ),
        format!("[bus]\nkafka = \"{}\"\n", OTHERS[0]),
    ] {
        let file = guarded.file("wrong.toml", &text).display().to_string();
        let mut process =
            Process::start(&["config", "--config", &file], &[], &guarded.desk.folder().join("wrong.log"))
                .unwrap();
        while process.ended().is_none() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let output = std::fs::read_to_string(&process.log).unwrap();
        std::fs::remove_file(&process.log).unwrap();
        assert!(output.starts_with("wiredesk: "), "{text}: {output}");
        assert_none(&guarded, &text, &output);
    }
    // An address of a database that cannot be read at all.
    let unreadable = format!("postgres://desk:{}@[::1/desk", OTHERS[0]);
    let (code, output) = guarded.desk.run_with(&["export"], &[("DATABASE_URL", unreadable.as_str())]);
    assert!(code != 0 && output.contains("cannot be read"), "{output}");
    assert_none(&guarded, "an unreadable address", &output);
}
