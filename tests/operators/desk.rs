//! `wiredesk tail`, `search` and `status` on a deployment that runs.

use serde_json::Value;
use wiredesk_tests::BusChoice;

use crate::{desk_on, settled};

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_in_a_terminal() {
    let Some((desk, mut oracle)) = desk_on(BusChoice::Postgres, 41).await else { return };
    let mut process = desk.start(&["run"]);
    oracle.issue(5);
    settled(&desk, &mut oracle, &mut process).await;

    let (code, said) = desk.run(&["tail", "--no-follow", "-n", "3"]);
    assert_eq!((code, said.lines().count()), (0, 3), "{said}");
    let (_, said) = desk.run(&["tail", "--no-follow", "--json"]);
    let items: Vec<Value> = said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(items.len(), 5);
    let times: Vec<&str> = items.iter().map(|item| item["versionCreated"].as_str().unwrap()).collect();
    assert!(times.is_sorted(), "the newest comes last: {times:?}");
    let (_, said) = desk.run(&["tail", "--no-follow", "--source", "nobody"]);
    assert_eq!(said, "");

    // What comes while it runs is told, each version once, and nothing of before.
    let mut tail = desk.start(&["tail", "-n", "0", "--json"]);
    let log = tail.log.clone();
    let heard = || std::fs::read_to_string(&log).unwrap_or_default();
    let mut expected = 0;
    for _ in 0..3 {
        // The first may be issued before the tail has begun to listen: it is then one of before.
        oracle.issue(2);
        settled(&desk, &mut oracle, &mut process).await;
        expected += 2;
    }
    let waited = desk.wait(
        "the last item in the tail",
        crate::PATIENCE,
        std::slice::from_mut(&mut tail),
        async || {
            let newest: String =
                sqlx::query_scalar("SELECT item_id FROM item ORDER BY tx DESC, change_seq DESC LIMIT 1")
                    .fetch_one(desk.db())
                    .await?;
            Ok((!heard().contains(&newest)).then_some(newest))
        },
    );
    waited.await.unwrap_or_else(|left| panic!("{left}"));
    let told = heard();
    let lines: Vec<Value> = told.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let mut ids: Vec<&str> = lines.iter().filter_map(|item| item["uri"].as_str()).collect();
    let all = ids.len();
    ids.sort();
    ids.dedup();
    assert!(all == ids.len() && all <= expected, "{all} lines, {} items, {expected} issued", ids.len());

    let word = items[0]["headlines"][0]["value"]
        .as_str()
        .unwrap()
        .split(' ')
        .find(|word| word.len() > 6)
        .unwrap()
        .to_owned();
    let (code, said) = desk.run(&["search", &word, "--json"]);
    assert!(code == 0 && said.contains(items[0]["item_id"].as_str().unwrap()), "{word}: {said}");
    let (code, said) = desk.run(&["search", "zzzzunheardof"]);
    assert_eq!((code, said.as_str()), (1, ""));
    let (code, said) = desk.run(&["search", "x", "--since", "yesterday"]);
    assert!(code == 2 && said.contains("write it as 30m"), "{said}");

    let (code, said) = desk.run(&["status", "--json"]);
    let status: Value = serde_json::from_str(said.lines().last().unwrap()).unwrap();
    assert_eq!((code, status["items"].as_u64()), (0, Some(5 + expected as u64)), "{said}");
    assert_eq!(status["last_hour"], status["items"]);
    let (_, said) = desk.run(&["status"]);
    assert!(said.contains("wires      2 ok"), "{said}");
}
