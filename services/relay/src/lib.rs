//! Outbox to topic, fenced, read back before a row is deleted.
