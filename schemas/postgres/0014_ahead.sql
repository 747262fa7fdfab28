-- Records that the relay saw in a topic though neither outbox nor ledger knows them: they were published before this database went
-- back to an older state (a failover to a replica that lacked the latest, a restored backup). When the ledger comes to them again,
-- their rows leave the outbox unsent.
CREATE TABLE outbox_ahead (
    kind         text        NOT NULL,
    -- CloudEvents id, as in the outbox.
    event_id     text        NOT NULL,
    -- SHA-256 of the payload as it was published; the version takes it over, for the audit.
    digest       bytea       NOT NULL,
    -- Hash of the words: a version of other words is published all the same. NULL where the message has none.
    content_hash text,
    seen         timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (kind, event_id)
);
