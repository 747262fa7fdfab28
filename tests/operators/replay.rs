//! `wiredesk replay`: what the wires sent goes through the line again, and makes nothing new of what is known.

use wiredesk_contract::time::wall_clock;
use wiredesk_tests::{BusChoice, topic};

use crate::{desk_on, settled};

async fn again(bus: BusChoice) {
    let Some((desk, mut oracle)) = desk_on(bus, 21).await else { return };
    let mut process = desk.start(&["run"]);
    oracle.issue(6);
    settled(&desk, &mut oracle, &mut process).await;
    oracle.correct();
    oracle.repeat();
    settled(&desk, &mut oracle, &mut process).await;
    let raw = topic::read_all(&desk, "raw.v1").await.len();
    let before = topic::read_all(&desk, "items.v1").await;

    let (code, said) = desk.run(&["replay", "--from", "2020-01-01T00:00:00Z", "--dry-run"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains(&format!("{raw} raw items were looked at; {raw} would be sent again")), "{said}");
    assert_eq!(topic::read_all(&desk, "raw.v1").await.len(), raw, "a dry run sends nothing");

    // A time in which nothing was fetched, and a wire that there is none of.
    let later = (wall_clock() + std::time::Duration::from_secs(3_600)).to_rfc3339();
    let (_, said) = desk.run(&["replay", "--from", &later]);
    assert!(said.contains("; 0 were sent again"), "{said}");
    let (_, said) = desk.run(&["replay", "--from", "2020-01-01T00:00:00Z", "--source", "nobody"]);
    assert!(said.contains("; 0 were sent again"), "{said}");
    let (code, said) = desk.run(&["replay", "--from", &later, "--to", "2020-01-01T00:00:00Z"]);
    assert!(code == 2 && said.contains("nothing lies between"), "{said}");

    // Everything, as if the ledger had lost half of it: what is known stays, what is missing comes.
    let lost: Vec<String> = sqlx::query_scalar(
        "WITH gone AS (SELECT item_id FROM item ORDER BY item_id LIMIT 2), e AS (
             DELETE FROM item_entity WHERE item_id IN (SELECT item_id FROM gone)
         ), v AS (
             DELETE FROM item_version WHERE item_id IN (SELECT item_id FROM gone)
         ) DELETE FROM item WHERE item_id IN (SELECT item_id FROM gone) RETURNING item_id",
    )
    .fetch_all(desk.db())
    .await
    .unwrap();
    let (code, said) = desk.run(&["replay", "--from", "2020-01-01T00:00:00Z"]);
    assert_eq!(code, 0, "{said}");
    let waited =
        desk.wait("what was lost", crate::PATIENCE, std::slice::from_mut(&mut process), async || {
            let there: i64 = sqlx::query_scalar("SELECT count(*) FROM item WHERE item_id = ANY($1)")
                .bind(&lost)
                .fetch_one(desk.db())
                .await?;
            Ok((there < lost.len() as i64).then(|| format!("{there} of {}", lost.len())))
        });
    waited.await.unwrap_or_else(|left| panic!("{left}"));
    oracle.issue(1);
    settled(&desk, &mut oracle, &mut process).await;
    // Of what was never lost nothing was said twice.
    let after = topic::read_all(&desk, "items.v1").await;
    let kept = |seen: &&topic::Seen| !lost.iter().any(|id| seen.payload["item_id"] == id.as_str());
    assert_eq!(after.iter().filter(kept).count(), before.iter().filter(kept).count() + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_on_the_postgres_bus() {
    again(BusChoice::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_on_kafka() {
    again(BusChoice::Kafka).await;
}
