//! `wiredesk takedown`: the words are gone from Postgres, readers are told, and the wire that still lists the dispatch brings nothing back.

use wiredesk_tests::{BusChoice, topic};

use crate::{desk_on, settled};

async fn taken_down(bus: BusChoice) {
    let Some((desk, mut oracle)) = desk_on(bus, 31).await else { return };
    let mut process = desk.start(&["run"]);
    oracle.issue(4);
    settled(&desk, &mut oracle, &mut process).await;
    let (item, mark) = {
        let (id, issued) = oracle.book().iter().next().unwrap();
        (id.to_string(), issued.marks[0].clone())
    };
    let (code, said) = desk.run(&["takedown", "add", &item, "--why", "court order 7-26", "--dry-run"]);
    assert!(code == 0 && said.contains(&format!("would be taken down: {item}")), "{said}");
    assert!(kept(&desk, &mark).await, "a dry run takes nothing down");
    let (code, said) = desk.run(&["takedown", "add", "nothing-of-that-name", "--why", "x"]);
    assert!(code == 1 && said.contains("there is no item nothing-of-that-name"), "{said}");

    let (code, said) = desk.run(&["takedown", "add", &item, "--why", "court order 7-26"]);
    assert!(code == 0 && said.contains(&format!("taken down: {item}")), "{said}");
    assert!(!kept(&desk, &mark).await, "its words are still in Postgres");
    // Its wire still lists it, its entries come again, and something new gets through.
    let (code, said) = desk.run(&["replay", "--from", "2020-01-01T00:00:00Z"]);
    assert_eq!(code, 0, "{said}");
    oracle.issue(1);
    let waited = desk.wait(
        "the version without words",
        crate::PATIENCE,
        std::slice::from_mut(&mut process),
        async || {
            let waiting: i64 = sqlx::query_scalar("SELECT count(*) FROM outbox").fetch_one(desk.db()).await?;
            let items: i64 = sqlx::query_scalar("SELECT count(*) FROM item").fetch_one(desk.db()).await?;
            Ok((waiting > 0 || items < 5).then(|| format!("{waiting} in the outbox, {items} items")))
        },
    );
    waited.await.unwrap_or_else(|left| panic!("{left}"));
    assert!(!kept(&desk, &mark).await, "the replay brought its words back");
    let published = topic::read_all(&desk, "items.v1").await;
    let last = published.iter().rfind(|seen| seen.payload["item_id"] == item.as_str()).unwrap();
    assert_eq!(last.payload["pubStatus"], "canceled");
    assert!(!last.payload.to_string().contains(&mark));
    let (_, said) = desk.run(&["takedown", "list"]);
    assert!(said.contains(&item) && said.contains("court order 7-26"), "{said}");
    let (code, said) = desk.run(&["audit"]);
    assert!(code == 0 && said.contains("equal"), "{said}");
    let (code, said) = desk.run(&["takedown", "lift", &item, "--why", "appeal"]);
    assert!(code == 0 && said.contains("lifted"), "{said}");
}

/// Does any table of the ledger, of the verdicts or of the fetcher still have these words?
async fn kept(desk: &wiredesk_tests::Desk, mark: &str) -> bool {
    let mut found = false;
    for table in ["item", "item_version", "outbox", "verdict", "seen_entry", "story", "story_item"] {
        let sql = format!(
            "SELECT EXISTS (SELECT FROM {table} t WHERE strpos(t::text, $1) > 0 OR strpos(t::text, encode(convert_to($1, 'UTF8'), 'hex')) > 0)"
        );
        let here: bool =
            sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).bind(mark).fetch_one(desk.db()).await.unwrap();
        found |= here;
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_takedown_on_the_postgres_bus() {
    taken_down(BusChoice::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_takedown_on_kafka() {
    taken_down(BusChoice::Kafka).await;
}
