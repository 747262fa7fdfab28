//! Clocks that are wrong: an hour back, a day ahead, and jumping. Only the time of day is false; a machine's clock that counts
//! seconds from its start goes on as it does.

use std::path::PathBuf;
use std::time::Duration;

use wiredesk_contract::Timestamp;
use wiredesk_contract::time::wall_clock;
use wiredesk_tests::BusChoice;

use crate::report::Report;
use crate::stand::{Servers, Stand};

/// What must be seen to happen.
pub const SEEN: &[&str] = &["false clocks"];

/// libfaketime, where Debian puts it.
fn library() -> Option<PathBuf> {
    let found = std::fs::read_dir("/usr/lib")
        .ok()?
        .flatten()
        .map(|entry| entry.path().join("faketime/libfaketimeMT.so.1"));
    let found = found.into_iter().find(|path| path.is_file());
    if found.is_none() {
        wiredesk_testkit::skip_here(
            "libfaketime is not installed (on Debian or Ubuntu: apt-get install faketime)",
        );
    }
    found
}

/// Is the time of the last line of this log more than ten minutes from ours?
fn is_false(log: &str) -> bool {
    let line = log.lines().last().unwrap_or_default();
    let time = line.split_once("\"timestamp\":\"").and_then(|(_, rest)| rest.split_once('"'));
    let time: Option<Timestamp> = time.and_then(|(time, _)| time.parse().ok());
    time.is_some_and(|time| (time - wall_clock()).num_minutes().abs() > 10)
}

/// One run: the process is started again under each clock. False where a part is missing.
pub async fn run(bus: BusChoice, seed: u64, report: &mut Report) -> bool {
    let Some(library) = library() else { return false };
    let Some(mut stand) = Stand::begin(bus, seed, Servers::default(), &["run"]).await else { return false };
    let file = stand.life.desk.folder().join("clock");
    std::fs::write(&file, "+0").unwrap();
    stand.set_env("LD_PRELOAD", &library.to_string_lossy());
    stand.set_env("FAKETIME_TIMESTAMP_FILE", &file.to_string_lossy());
    stand.set_env("FAKETIME_NO_CACHE", "1");
    stand.set_env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    let clocks: [(&'static str, &[&str]); 3] = [
        ("clock: an hour back", &["-1h"]),
        ("clock: a day ahead", &["+1d"]),
        ("clock: jumping", &["+0", "+2h", "-30m", "+1d", "-1d", "+0"]),
    ];
    for (name, jumps) in clocks {
        std::fs::write(&file, jumps[0]).unwrap();
        stand.processes[0].kill();
        stand.processes[0] = stand.start("run");
        let began = std::time::Instant::now();
        for jump in jumps {
            std::fs::write(&file, jump).unwrap();
            stand.work();
            if jumps.len() > 1 {
                tokio::time::sleep(Duration::from_millis(1_500)).await;
            }
            stand.settled().await;
            report.saw("false clocks", u64::from(is_false(&stand.processes[0].tail())));
        }
        report.recovered(name, began.elapsed());
    }
    stand.processes[0].kill();
    for name in ["LD_PRELOAD", "FAKETIME_TIMESTAMP_FILE", "FAKETIME_NO_CACHE", "FAKETIME_DONT_FAKE_MONOTONIC"]
    {
        stand.unset_env(name);
    }
    stand.processes[0] = stand.start("run");
    stand.work();
    stand.settled().await;
    stand.finish(report).await;
    true
}
