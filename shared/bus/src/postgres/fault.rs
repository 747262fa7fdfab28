//! What a Postgres error means for the bus.

use crate::error::{BusError, PublishError};

/// A failed read, or a failed append that is sent again.
pub(super) fn bus(error: sqlx::Error) -> BusError {
    match &error {
        sqlx::Error::Database(db) => {
            let code = db.code().unwrap_or_default();
            let undefined = code == "42P01" || code == "42883";
            if undefined {
                BusError::Config(format!(
                    "its tables are not in the database ({error}); run `wiredesk migrate`"
                ))
            } else if code == "42501" {
                BusError::Config(format!(
                    "Postgres: {error}: this login lacks the rights of its service on the bus; `wiredesk migrate --roles` sets them"
                ))
            } else if goes_away(&code) {
                BusError::Unavailable(format!("Postgres: {error}"))
            } else {
                BusError::Config(format!("Postgres refuses ({error})"))
            }
        }
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) | sqlx::Error::Configuration(_) => {
            BusError::Config(format!("Postgres: {error}"))
        }
        _ => BusError::Unavailable(format!("Postgres: {error}")),
    }
}

/// A failed publication: one statement is one transaction, so what the server refused was not stored; where no answer
/// came, or one that says that the server is stopping, nobody knows.
pub(super) fn publish(error: sqlx::Error) -> PublishError {
    match &error {
        sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => PublishError::Bus(bus(error)),
        sqlx::Error::Database(db) => {
            let code = db.code().unwrap_or_default();
            let unclear =
                code == "40003" || ["08", "57", "58", "XX"].iter().any(|class| code.starts_with(class));
            if unclear { PublishError::Doubt(error.to_string()) } else { PublishError::Bus(bus(error)) }
        }
        _ => PublishError::Doubt(error.to_string()),
    }
}

/// SQLSTATE classes that go away: connection, rollback, resources, operator, system, and a lock that was not free.
fn goes_away(code: &str) -> bool {
    ["08", "40", "53", "57", "58"].iter().any(|class| code.starts_with(class)) || code == "55P03"
}
