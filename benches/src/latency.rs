//! From the bytes' arrival to readable in topic and API.

use std::collections::HashSet;
use std::time::Duration;

use serde_json::Value;
use wiredesk_bus::Record;
use wiredesk_contract::message::Kind;
use wiredesk_contract::time::wall_clock;
use wiredesk_contract::{Item, Timestamp, decode};
use wiredesk_sample_wire::load_copy;

use crate::percentile::describe;
use crate::{Args, Rig, process};

fn since(at: Timestamp) -> f64 {
    (wall_clock() - at).num_microseconds().unwrap_or_default() as f64 / 1000.0
}

/// Sends raw items at a steady rate and watches topic and API.
pub async fn measure(rig: &Rig, args: &Args) {
    let mut processes = [rig.desk.start(&["run"])];
    let base = format!("http://127.0.0.1:{}", rig.desk.api);
    let http = reqwest::Client::builder().no_proxy().build().unwrap_or_default();
    let up = format!("{base}/v1/items");
    rig.desk
        .until("the API", Duration::from_secs(60), &mut processes, async || {
            let up = http.get(&up).send().await.is_ok_and(|r| r.status().is_success());
            Ok((!up).then(|| "no answer".to_owned()))
        })
        .await;

    let wanted = (args.rate * args.seconds) as usize;
    // Half a second of warm-up is left out: the first items wake every stage for the first time.
    let in_topic = watch_topic(rig, wanted).await;
    let in_api = tokio::spawn(watch_api(http, base, wanted));
    let producer = rig.bus.producer().await.unwrap_or_else(|e| panic!("{e}"));
    let mut tick = tokio::time::interval(Duration::from_secs_f64(1.0 / f64::from(args.rate)));
    for mut raw in load_copy(2, wanted).unwrap_or_else(|e| panic!("{e}")) {
        tick.tick().await;
        raw.fetched_at = wall_clock();
        let record = Record::of(&raw, &rig.topics, raw.fetched_at, None).unwrap_or_else(|e| panic!("{e}"));
        producer.send(vec![record]).await.unwrap_or_else(|e| panic!("{e}"));
    }
    let topic = tokio::time::timeout(Duration::from_secs(60), in_topic).await;
    let api = tokio::time::timeout(Duration::from_secs(60), in_api).await;
    let warm = args.rate as usize / 2;
    for (what, times) in [("topic", topic), ("API", api)] {
        match times {
            Ok(Ok(times)) => println!(
                "  latency at {}/s, bytes arrived to readable in {what}: {}",
                args.rate,
                describe(times.into_iter().skip(warm).collect())
            ),
            _ => println!("  latency to {what}: NOT ALL ITEMS ARRIVED within 60 s\n{}", processes[0].tail()),
        }
    }
    let (highest, present) = process::resident(processes[0].id());
    println!("  memory: {present} MiB resident, {highest} MiB at most");
    let [process] = processes;
    process.stop(Duration::from_secs(30));
    rig.audit();
}

async fn watch_topic(rig: &Rig, wanted: usize) -> tokio::task::JoinHandle<Vec<f64>> {
    let topic = rig.topics.name(Kind::Item);
    let mut reader = rig.bus.reader(topic, Default::default()).await.unwrap_or_else(|e| panic!("{e}"));
    tokio::spawn(async move {
        let mut times = Vec::new();
        while times.len() < wanted {
            for received in reader.next(Duration::from_secs(1)).await.unwrap_or_else(|e| panic!("{e}")) {
                if let Ok(item) = decode::<Item>(&received.record.payload) {
                    times.push(since(item.fetched_at));
                }
            }
        }
        times
    })
}

/// A client that follows `changed_after`, as an integration would.
async fn watch_api(http: reqwest::Client, base: String, wanted: usize) -> Vec<f64> {
    let mut times = Vec::new();
    let mut seen = HashSet::new();
    let mut after = String::new();
    loop {
        let answer = http.get(format!("{base}/v1/items?limit=200&changed_after={after}")).send().await;
        let Ok(mut answer) = answer else { continue };
        let mut body = Vec::new();
        while let Ok(Some(chunk)) = answer.chunk().await {
            body.extend_from_slice(&chunk);
        }
        let list: Value = serde_json::from_slice(&body).unwrap_or_default();
        after = list["next"].as_str().unwrap_or(&after).to_owned();
        for item in list["items"].as_array().into_iter().flatten() {
            let fetched = item["fetched_at"].as_str().and_then(|t| t.parse::<Timestamp>().ok());
            if let (Some(fetched), Some(id)) = (fetched, item["item_id"].as_str())
                && seen.insert(id.to_owned())
            {
                times.push(since(fetched));
            }
        }
        if times.len() >= wanted {
            return times;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
