//! What processes, servers and topics have taken so far, from the kernel, from Postgres and from the brokers' folders.
//!
//! CPU time is the measure: on a machine that others use as well, the clock tells how long one had to wait, CPU time what it cost.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use sqlx::PgPool;

use crate::process;

/// The postmaster of a server on this machine.
pub async fn postmaster(db: &PgPool) -> u32 {
    let backend: i32 = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(db).await.unwrap_or_default();
    process::parent(backend as u32)
}

/// CPU seconds of a Postgres server: by the login of its sessions, `server` for its own processes, `ended` for sessions that are over.
pub fn postgres(postmaster: u32) -> BTreeMap<String, f64> {
    let mut by_login = BTreeMap::from([("ended".to_owned(), process::processor_of_ended(postmaster))]);
    for pid in process::children(postmaster) {
        let title = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let title = String::from_utf8_lossy(&title).into_owned();
        // A session: `postgres: LOGIN DATABASE ADDRESS(PORT) STATE`.
        let words: Vec<&str> = title.trim_end_matches('\0').split(' ').collect();
        let session = words.len() > 3 && words[3].contains('(');
        let login = if session { words[1] } else { "server" };
        *by_login.entry(login.to_owned()).or_default() += process::processor(pid);
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
