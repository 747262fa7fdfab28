//! What processes, servers and topics have taken so far, from the kernel, from Postgres and from the brokers' folders.
//!
//! CPU time is the measure: on a machine that others use as well, the clock tells how long one had to wait, CPU time what it cost.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use sqlx::PgPool;

/// Clock ticks of `/proc` are hundredths of a second on Linux.
const TICKS: f64 = 100.0;

/// Fields of `/proc/PID/stat` after the name, from the state on.
fn stat(pid: u32) -> Option<Vec<f64>> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, rest) = text.rsplit_once(')')?;
    Some(rest.split_whitespace().map(|field| field.parse().unwrap_or_default()).collect())
}

/// CPU seconds of a process, user and system; 0 where it is gone.
pub fn cpu(pid: u32) -> f64 {
    stat(pid).map_or(0.0, |fields| (fields[11] + fields[12]) / TICKS)
}

/// CPU seconds of its children that have ended.
fn cpu_of_ended(pid: u32) -> f64 {
    stat(pid).map_or(0.0, |fields| (fields[13] + fields[14]) / TICKS)
}

fn parent(pid: u32) -> Option<u32> {
    stat(pid).map(|fields| fields[1] as u32)
}

fn children(of: u32) -> Vec<u32> {
    let all = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = all.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(|pid| parent(*pid) == Some(of)).collect()
}

/// The postmaster of a server on this machine.
pub async fn postmaster(db: &PgPool) -> u32 {
    let backend: i32 = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(db).await.unwrap_or_default();
    parent(backend as u32).unwrap_or_default()
}

/// CPU seconds of a Postgres server: by the login of its sessions, `server` for its own processes, `ended` for sessions that are over.
pub fn postgres(postmaster: u32) -> BTreeMap<String, f64> {
    let mut by_login = BTreeMap::from([("ended".to_owned(), cpu_of_ended(postmaster))]);
    for pid in children(postmaster) {
        let title = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let title = String::from_utf8_lossy(&title).into_owned();
        // A session: `postgres: LOGIN DATABASE ADDRESS(PORT) STATE`.
        let words: Vec<&str> = title.trim_end_matches('\0').split(' ').collect();
        let session = words.len() > 3 && words[3].contains('(');
        let login = if session { words[1] } else { "server" };
        *by_login.entry(login.to_owned()).or_default() += cpu(pid);
    }
    by_login
}

/// Bytes that a Postgres server has written ahead.
pub async fn written_ahead(db: &PgPool) -> f64 {
    let sql = "SELECT (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::float8";
    sqlx::query_scalar(sql).fetch_one(db).await.unwrap_or_default()
}

/// Bytes of each table with its indexes and long values.
pub async fn tables(db: &PgPool) -> BTreeMap<String, f64> {
    let sql = "SELECT relname::text, pg_total_relation_size(oid)::float8 FROM pg_class
               WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace";
    let rows: Vec<(String, f64)> = sqlx::query_as(sql).fetch_all(db).await.unwrap_or_default();
    rows.into_iter().collect()
}

/// Bytes of each topic in these folders of brokers, all copies together, names without the prefix.
pub fn topics(brokers: &[impl AsRef<Path>], prefix: &str) -> BTreeMap<String, f64> {
    let mut sizes = BTreeMap::new();
    for broker in brokers {
        let partitions = fs::read_dir(broker.as_ref().join("data")).into_iter().flatten().flatten();
        for partition in partitions {
            let name = partition.file_name().to_string_lossy().into_owned();
            let Some((topic, _)) = name.rsplit_once('-') else { continue };
            let Some(topic) = topic.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('.')) else {
                continue;
            };
            let files = fs::read_dir(partition.path()).into_iter().flatten().flatten();
            let logs = files.filter(|file| file.path().extension().is_some_and(|e| e == "log"));
            let bytes: u64 = logs.filter_map(|file| file.metadata().ok()).map(|data| data.len()).sum();
            *sizes.entry(topic.to_owned()).or_default() += bytes as f64;
        }
    }
    sizes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_this_process_takes_is_told() {
        let own = std::process::id();
        let before = cpu(own);
        let mut sum = 0_u64;
        // More than a tick, whatever the machine.
        while cpu(own) < before + 0.05 {
            sum = std::hint::black_box(sum.wrapping_add(1));
        }
        let above = parent(own).unwrap();
        assert!(children(above).contains(&own), "{own} is not among the children of {above}");
        assert_eq!(cpu(u32::MAX), 0.0);
    }

    #[test]
    fn topics_are_summed_over_brokers_and_partitions() {
        let folder = std::env::temp_dir().join(format!("wiredesk-usage-{}", std::process::id()));
        for (broker, partition) in
            [("1", "p.items.v1-0"), ("1", "p.items.v1-11"), ("2", "p.items.v1-0"), ("2", "q.raw.v1-0")]
        {
            let place = folder.join(broker).join("data").join(partition);
            fs::create_dir_all(&place).unwrap();
            fs::write(place.join("0.log"), [0; 100]).unwrap();
            fs::write(place.join("0.index"), [0; 1_000]).unwrap();
        }
        let sizes = topics(&[folder.join("1"), folder.join("2")], "p");
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(sizes, BTreeMap::from([("items.v1".to_owned(), 300.0)]));
    }
}
