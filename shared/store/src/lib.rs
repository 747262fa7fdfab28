//! Postgres: one file a table family, named as the migrations under `schemas/postgres` are.

pub mod alert;
pub mod audit;
pub mod audit_log;
pub mod condition;
pub mod dead;
pub mod ledger;
pub mod memory;
pub mod outbox;
pub mod push;
pub mod read;
pub mod register;
pub mod retention;
pub mod source;
pub mod story;
pub mod takedown;
pub mod token;
pub mod verdict;

/// The migrations, in order; run by `wiredesk migrate`.
pub static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("../../schemas/postgres");

/// May the same statement succeed later? Connections lost, pool busy, serialisation failures, shutdowns and full disks
/// (SQLSTATE classes 08, 40, 53, 57 and 55P03) go away, and so does an answer that makes no sense: a connection that is cut while TLS is
/// asked for is told as one. Anything else is a fault of ours.
pub fn is_transient(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(db) => db.code().is_some_and(|code| {
            ["08", "40", "53", "57"].iter().any(|class| code.starts_with(class)) || code == "55P03"
        }),
        _ => false,
    }
}

/// What went wrong in words: Postgres's own, and for a right that is missing what to do about it.
pub fn explained(error: &sqlx::Error) -> String {
    // insufficient_privilege
    let forbidden = matches!(error, sqlx::Error::Database(db) if db.code().as_deref() == Some("42501"));
    if forbidden {
        format!(
            "Postgres: {error}: this login lacks the rights of its service; `wiredesk migrate --roles` sets them, and \
             docs/security.md says which role to grant"
        )
    } else {
        format!("Postgres: {error}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_that_is_cut_goes_away_and_a_fault_of_ours_does_not() {
        let cut = "unexpected response from SSLRequest: 0x00".to_owned();
        assert!(is_transient(&sqlx::Error::Protocol(cut)) && is_transient(&sqlx::Error::PoolTimedOut));
        assert!(!is_transient(&sqlx::Error::RowNotFound));
    }
}
