//! Makes the folder of a release: by its own executable, on the Postgres bus.

use std::path::PathBuf;
use std::time::Duration;

use wiredesk_bus::Record;
use wiredesk_contract::time::wall_clock;
use wiredesk_oracle::Oracle;
use wiredesk_tests::{BusChoice, Desk, Process, topic};

use crate::{ENV, PATIENCE, PREFIX, shell};

/// Waits for all versions; and for the outbox to be empty, where there is a relay.
async fn settled(desk: &Desk, oracle: &mut Oracle, processes: &mut [Process], relay: bool) {
    let expected = oracle.versions() as i64;
    desk.until("all versions", PATIENCE, processes, async || {
        let (there, waiting, placed): (i64, i64, i64) = sqlx::query_as(
            "SELECT (SELECT count(*) FROM item_version), (SELECT count(*) FROM outbox), (SELECT count(*) FROM story_item s JOIN item i USING (item_id) WHERE s.version = i.version)",
        )
        .fetch_one(desk.db())
        .await?;
        let done = there >= expected && (!relay || (waiting == 0 && placed >= oracle.book().len() as i64));
        Ok((!done).then(|| format!("{there} of {expected} versions, {waiting} in the outbox, {placed} placed")))
    })
    .await;
    oracle.settled();
}

fn stop(processes: Vec<Process>) {
    for process in processes {
        assert!(process.stop(Duration::from_secs(30)).is_some_and(|s| s.success()), "no graceful stop");
    }
}

/// Not a test: `tests/upgrade/make.sh` runs it with the folder to fill in `WIREDESK_UPGRADE_MAKE`.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "makes the fixture of a release: tests/upgrade/make.sh"]
async fn make() {
    let folder = PathBuf::from(
        std::env::var_os("WIREDESK_UPGRADE_MAKE").expect("tests/upgrade/make.sh names the folder"),
    );
    let _ = rustls::crypto::ring::default_provider().install_default();
    std::fs::create_dir_all(&folder).unwrap();
    let mut oracle = Oracle::serve(26, 3).await.unwrap();
    let sources = oracle.source_tables();
    let urls: Vec<(String, String)> = sources
        .iter()
        .map(|table| (table["id"].as_str().unwrap().to_owned(), table["url"].as_str().unwrap().to_owned()))
        .collect();
    let mut desk = Desk::prepare(BusChoice::Postgres, sources).await.expect("Postgres and the executable");
    desk.prefix = PREFIX.to_owned();
    let mut processes = vec![desk.start_with(&["run"], ENV)];
    oracle.issue(12);
    settled(&desk, &mut oracle, &mut processes, true).await;
    oracle.correct();
    oracle.repeat();
    settled(&desk, &mut oracle, &mut processes, true).await;
    // What no stage can read.
    let record = Record {
        topic: format!("{PREFIX}.raw.v1"),
        key: "broken".to_owned(),
        payload: "{\"schema_version\":".into(),
        headers: Vec::new(),
        timestamp: wall_clock(),
    };
    let bus = desk.bus().await;
    bus.producer().await.unwrap().send(vec![record]).await.unwrap();
    while topic::read_all(&desk, "dead.v1").await.is_empty() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    stop(processes);
    let (code, said) = desk.run_with(&["token", "create", "--name", "reader"], ENV);
    assert_eq!(code, 0, "{said}");
    sqlx::query(
        "INSERT INTO alert (id, name, query, filter, url, host, secret, actor, created, active, tx, change_seq, next_try)
         VALUES ('alr_1', 'queso', '{}', '{}', 'https://example.org/hook', 'example.org', 'AAAA', 'reader', now(), false, '1', 0, now())",
    )
    .execute(desk.db())
    .await
    .unwrap();
    // Without a relay what is new waits in the outbox.
    let mut processes: Vec<Process> =
        ["fetcher", "cleaner", "processor"].map(|stage| desk.start_with(&[stage], ENV)).into();
    oracle.issue(4);
    settled(&desk, &mut oracle, &mut processes, false).await;
    stop(processes);
    for (name, url) in urls {
        let mut answer =
            reqwest::Client::builder().no_proxy().build().unwrap().get(&url).send().await.unwrap();
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.unwrap() {
            body.extend_from_slice(&chunk);
        }
        std::fs::write(folder.join(format!("{name}.xml")), body).unwrap();
    }
    let url = desk.postgres.url();
    shell(
        "pg_dump --no-owner --no-privileges \"$URL\" | gzip -9n >\"$FILE\"",
        url,
        &folder.join("ledger.sql.gz"),
    );
    let records = "SELECT json_build_object('topic', t.name, 'key', convert_from(r.key, 'UTF8'), 'headers', r.headers, \
                   'payload', convert_from(r.payload, 'UTF8')) FROM bus_record r JOIN bus_topic t ON t.id = r.topic \
                   ORDER BY t.name, r.partition, r.\\\"offset\\\"";
    let line = format!("psql -At \"$URL\" -c \"{records}\" | gzip -9n >\"$FILE\"");
    shell(&line, url, &folder.join("messages.jsonl.gz"));
}
