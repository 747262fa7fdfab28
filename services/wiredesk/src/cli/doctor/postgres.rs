//! Postgres: version, settings, migrations, clock, transactions, connections.

use chrono::TimeDelta;
use sqlx::PgPool;
use wiredesk_contract::time::wall_clock;
use wiredesk_runtime::database::DatabaseConfig;
use wiredesk_store::condition::{self, Migrated, Open, Server};

use super::finding::{Finding, count};

const ABOUT: &str = "postgres";
/// The oldest major version that the statements are tried on.
const OLDEST: i32 = 14;
/// A transaction that is open for longer holds the outbox up for everybody to notice.
const LONG_SECONDS: f64 = 60.0;
/// A clock that differs by more makes times look odd …
const SKEW_SECONDS: i64 = 5;
/// … and by more than this, leases, embargoes and learning go wrong.
const SKEW_WRONG_SECONDS: i64 = 60;

pub(super) async fn look(db: &PgPool, config: &DatabaseConfig) -> Vec<Finding> {
    let before = wall_clock();
    let looked = async {
        let server = condition::server(db).await?;
        // Half of the way there and back.
        let here = before + (wall_clock() - before) / 2;
        let migrated = condition::migrated(db).await?;
        let open = condition::long_transactions(db, LONG_SECONDS).await?;
        Ok::<_, sqlx::Error>((server, here, migrated, open))
    };
    match looked.await {
        Err(error) => {
            vec![Finding::ill(ABOUT, format!("Postgres does not say how it is: {error}"), "see its log")]
        }
        Ok((server, here, migrated, open)) => {
            let mut findings = judge_server(&server, config.max_connections);
            findings.push(judge_clock(server.now - here));
            findings.extend(judge_migrations(&migrated));
            findings.extend(judge_open(&open));
            findings
        }
    }
}

fn judge_server(server: &Server, wanted: u32) -> Vec<Finding> {
    let mut findings = Vec::new();
    let setting = |name: &str| server.settings.get(name).map(String::as_str).unwrap_or_default();
    if server.version < OLDEST {
        findings.push(Finding::ill(
            ABOUT,
            format!("it is version {}", server.version),
            format!("upgrade it to {OLDEST} or newer"),
        ));
    }
    if server.standby {
        findings.push(Finding::ill(
            ABOUT,
            "it is a standby, which takes no writes",
            "let [database] url name the primary (target_session_attrs=read-write with several hosts)",
        ));
    }
    for name in ["fsync", "full_page_writes"] {
        if setting(name) == "off" {
            findings.push(Finding::ill(
                ABOUT,
                format!("{name} is off: a power cut can ruin the whole cluster"),
                format!("ALTER SYSTEM SET {name} = on; SELECT pg_reload_conf()"),
            ));
        }
    }
    if ["off", "local"].contains(&setting("synchronous_commit")) {
        findings.push(Finding::weak(
            ABOUT,
            format!(
                "synchronous_commit is {}: a crash or failover takes the latest transactions back, and they are made again",
                setting("synchronous_commit")
            ),
            "ALTER SYSTEM SET synchronous_commit = on; SELECT pg_reload_conf()",
        ));
    }
    if setting("idle_in_transaction_session_timeout") == "0" {
        findings.push(Finding::weak(
            ABOUT,
            "a forgotten transaction may hold the outbox up for ever",
            "ALTER SYSTEM SET idle_in_transaction_session_timeout = '60s'; SELECT pg_reload_conf()",
        ));
    }
    let room: u32 = setting("max_connections").parse().unwrap_or(u32::MAX);
    if wanted.saturating_add(3) > room {
        findings.push(Finding::ill(
            ABOUT,
            format!("one process may open {wanted} connections, and the server takes {room} in all"),
            "lower [database] max_connections, or raise the server's",
        ));
    }
    if findings.is_empty() {
        let size = server.bytes / 1_000_000;
        findings.push(Finding::well(
            ABOUT,
            format!("version {}, {size} MB, settings as they should be", server.version),
        ));
    }
    findings
}

fn judge_clock(ahead: TimeDelta) -> Finding {
    let seconds = ahead.num_seconds();
    let apart = format!(
        "its clock and this machine's are {} s apart, its is {}",
        seconds.abs(),
        if seconds > 0 { "ahead" } else { "behind" }
    );
    let todo = "let both follow a time server (chrony, systemd-timesyncd)";
    match seconds.abs() {
        n if n > SKEW_WRONG_SECONDS => Finding::ill("clock", apart, todo),
        n if n > SKEW_SECONDS => Finding::weak("clock", apart, todo),
        _ => Finding::well("clock", "as the database's"),
    }
}

fn judge_migrations(migrated: &Migrated) -> Vec<Finding> {
    let Migrated { missing, unknown, differing } = migrated;
    let mut findings = Vec::new();
    if !missing.is_empty() {
        findings.push(Finding::ill(
            "schema",
            format!("{} of this build are missing: {missing:?}", count(missing.len() as i128, "migration")),
            "run `wiredesk migrate`",
        ));
    }
    if !unknown.is_empty() {
        findings.push(Finding::ill(
            "schema",
            format!("the database was brought up to date by a newer build (migrations {unknown:?})"),
            "use that build, or a newer one, for every service",
        ));
    }
    if !differing.is_empty() {
        findings.push(Finding::ill(
            "schema",
            format!("migrations {differing:?} have been changed since they were run"),
            "use the build that ran them; a migration is never edited",
        ));
    }
    if findings.is_empty() {
        findings.push(Finding::well("schema", "every migration has been run"));
    }
    findings
}

fn judge_open(open: &[Open]) -> Vec<Finding> {
    let told = |open: &Open| {
        let (what, todo) = match open.pid {
            Some(pid) => (
                format!("a transaction of {} (server process {pid})", open.whose),
                format!("end it in its program, or SELECT pg_terminate_backend({pid})"),
            ),
            None => (
                format!("the prepared transaction {}", open.whose),
                format!("COMMIT PREPARED or ROLLBACK PREPARED '{}'", open.whose),
            ),
        };
        let says = format!("{what} has been open for {:.0} s and holds the outbox up", open.seconds);
        Finding::ill(ABOUT, says, todo)
    };
    open.iter().map(told).collect()
}

#[cfg(test)]
mod tests {
    use super::super::finding::Grade;
    use super::*;

    fn server(settings: &[(&str, &str)]) -> Server {
        let mut all = vec![
            ("fsync", "on"),
            ("full_page_writes", "on"),
            ("synchronous_commit", "on"),
            ("idle_in_transaction_session_timeout", "1min"),
            ("max_connections", "100"),
        ];
        all.extend(settings);
        Server {
            version: 15,
            now: wall_clock(),
            settings: all.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            data_folder: None,
            bytes: 1,
            standby: false,
        }
    }

    fn grades(findings: &[Finding]) -> Vec<Grade> {
        findings.iter().map(|finding| finding.grade).collect()
    }

    #[test]
    fn a_server_is_judged_by_its_settings() {
        assert_eq!(grades(&judge_server(&server(&[]), 16)), [Grade::Well]);
        assert_eq!(grades(&judge_server(&server(&[("fsync", "off")]), 16)), [Grade::Ill]);
        assert_eq!(grades(&judge_server(&server(&[("synchronous_commit", "local")]), 16)), [Grade::Weak]);
        assert_eq!(
            grades(&judge_server(&server(&[("idle_in_transaction_session_timeout", "0")]), 16)),
            [Grade::Weak]
        );
        assert_eq!(grades(&judge_server(&server(&[]), 98)), [Grade::Ill]);
        assert_eq!(
            grades(&judge_server(&Server { version: 12, standby: true, ..server(&[]) }, 16)),
            [Grade::Ill; 2]
        );
    }

    #[test]
    fn a_clock_is_judged_in_both_directions() {
        for (seconds, grade) in [(0, Grade::Well), (-4, Grade::Well), (9, Grade::Weak), (-3_600, Grade::Ill)]
        {
            assert_eq!(judge_clock(TimeDelta::seconds(seconds)).grade, grade, "{seconds}");
        }
        assert!(judge_clock(TimeDelta::seconds(-3_600)).says.contains("3600 s apart, its is behind"));
    }

    #[test]
    fn migrations_and_transactions_are_named_with_what_to_do() {
        let migrated = Migrated { missing: vec![19], unknown: vec![20], differing: vec![3] };
        let findings = judge_migrations(&migrated);
        assert_eq!(grades(&findings), [Grade::Ill; 3]);
        assert!(findings[0].says.contains("1 migration of") && findings[0].says.contains("[19]"));
        let open = Open { pid: Some(7), whose: "psql, ana".to_owned(), seconds: 300.4 };
        let findings = judge_open(&[open, Open { pid: None, whose: "old".to_owned(), seconds: 1e6 }]);
        assert!(findings[0].todo.as_deref().unwrap().contains("pg_terminate_backend(7)"));
        assert!(findings[1].todo.as_deref().unwrap().contains("ROLLBACK PREPARED 'old'"));
    }
}
